import { CodedError } from '../../shared/error/coded.ts';
import type { Labels } from '../../shared/model/metric.ts';
import type { Matcher } from './metric-api.ts';
import { compileMatchers, type LabelTest, labelOf } from './metric-matcher.ts';

export interface IndexedSeries {
  readonly ref: number;
  readonly labels: Labels;
}

/** Which series there are, and which of them some matchers select; remembers its answers while series only come. */
export interface SeriesIndex {
  add(series: IndexedSeries): void;
  find(matchers: readonly Matcher[]): readonly IndexedSeries[];
  all(): readonly IndexedSeries[];
  clear(): void;
}

/** Dashboards and objectives ask the same again and again; somebody who types asks something else each time. */
const ANSWERS_MAX = 500;

interface Answer {
  readonly test: LabelTest;
  readonly name: string | undefined;
  readonly found: IndexedSeries[];
  /** How many of the series of this name were looked at. */
  looked: number;
}

export function createSeriesIndex(): SeriesIndex {
  let all: IndexedSeries[] = [];
  const byName = new Map<string, IndexedSeries[]>();
  const answers = new Map<string, Answer>();

  const answerOf = (matchers: readonly Matcher[]): Answer => {
    const key = JSON.stringify(matchers.map(({ name, op, value }) => [name, op, value]));
    const known = answers.get(key);
    if (known) {
      answers.delete(key);
      answers.set(key, known);
      return known;
    }
    if (matchers.every((matcher) => matcher.op === '=' && matcher.value === ''))
      throw new CodedError(
        'selects-everything',
        'A selector must have at least one matcher that is not empty.',
      );
    const name = matchers.find((matcher) => matcher.name === '__name__' && matcher.op === '=')?.value;
    const answer: Answer = { test: compileMatchers(matchers), name, found: [], looked: 0 };
    answers.set(key, answer);
    const [oldest] = answers.keys();
    if (answers.size > ANSWERS_MAX && oldest !== undefined) answers.delete(oldest);
    return answer;
  };

  return {
    add(series) {
      all.push(series);
      const name = labelOf(series.labels, '__name__');
      const same = byName.get(name);
      if (same) same.push(series);
      else byName.set(name, [series]);
    },
    find(matchers) {
      const answer = answerOf(matchers);
      const candidates = answer.name === undefined ? all : (byName.get(answer.name) ?? []);
      for (; answer.looked < candidates.length; answer.looked += 1) {
        const series = candidates[answer.looked];
        if (series && answer.test(series.labels)) answer.found.push(series);
      }
      return answer.found;
    },
    all: () => all,
    clear() {
      all = [];
      byName.clear();
      answers.clear();
    },
  };
}

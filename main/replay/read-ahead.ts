import { ok, type Result } from '../../shared/error/result.ts';
import type {
  InstantValue,
  QueryError,
  QueryTarget,
  RangeWindow,
  Series,
} from '../../shared/model/metric.ts';

/** A source answers at most 11 000 points a series. */
const STEPS_MAX = 7_200;
/** Points of all series that one answer may have: an expression over a whole fleet is asked for in shorter parts. */
const POINTS_MAX = 4_000_000;
const GROWTH = 8;
/** Each target has questions of its own; the oldest of so many are forgotten. */
const EXPRESSIONS_MAX = 2_000;

interface Answered {
  readonly fromAt: number;
  readonly toAt: number;
  readonly steps: number;
  readonly isScalar: boolean;
  readonly series: readonly Series[];
  /** The next sample of each series. */
  readonly places: Uint32Array;
  readonly error: QueryError | null;
}

/** A target whose instants are answered from ranges that are asked for ahead of them. */
export interface ReadAhead extends QueryTarget {
  /** Asks for a whole stretch of one expression, and answers later instants from it. */
  load(expression: string, window: RangeWindow): Promise<Result<readonly Series[], QueryError>>;
}

/**
 * Lets code that asks instant by instant run over history: what is asked a second time is asked for as a range, and each
 * further range is longer, so that a month of minutes costs tens of queries. PromQL answers the same either way.
 */
export function createReadAhead(target: QueryTarget, stepMs: number, endAt: number): ReadAhead {
  const answers = new Map<string, Answered>();
  const keep = (expression: string, answered: Answered) => {
    answers.delete(expression);
    answers.set(expression, answered);
    for (const oldest of answers.keys()) {
      if (answers.size <= EXPRESSIONS_MAX) break;
      answers.delete(oldest);
    }
  };
  const askInstant: QueryTarget['instant'] = async (expression, at, options) => {
    const answer = await target.instant(expression, at, options);
    const isScalar = answer.ok && answer.value.kind === 'scalar';
    keep(expression, {
      fromAt: at,
      toAt: at,
      steps: 1,
      isScalar,
      series: [],
      places: new Uint32Array(0),
      error: null,
    });
    return answer;
  };
  const load = async (expression: string, window: RangeWindow, isScalar: boolean) => {
    const answer = await target.range(expression, window);
    const { fromAt, toAt } = window;
    const series = answer.ok ? answer.value : [];
    keep(expression, {
      fromAt,
      toAt,
      steps: Math.floor((toAt - fromAt) / stepMs) + 1,
      isScalar,
      series,
      places: new Uint32Array(series.length),
      error: answer.ok ? null : answer.error,
    });
    return answer;
  };
  return {
    id: target.id,
    async instant(expression, at, options) {
      const known = answers.get(expression);
      if (!known) return askInstant(expression, at, options);
      const isOnGrid = (at - known.fromAt) % stepMs === 0;
      if (known.steps > 1 && isOnGrid && at >= known.fromAt && at <= known.toAt)
        return known.error ? { ok: false, error: known.error } : ok(valueAt(known, at));
      if (!isOnGrid) return target.instant(expression, at, options);
      const steps = nextSteps(known, at, stepMs, endAt);
      if (steps < 2) return askInstant(expression, at, options);
      const answer = await load(
        expression,
        { fromAt: at, toAt: at + (steps - 1) * stepMs, stepMs },
        known.isScalar,
      );
      const loaded = answers.get(expression);
      // What is too much for a range may be little for an instant.
      if (!answer.ok || !loaded) return askInstant(expression, at, options);
      return ok(valueAt(loaded, at));
    },
    range: (expression, window, options) => target.range(expression, window, options),
    load: (expression, window) => load(expression, window, answers.get(expression)?.isScalar ?? false),
  };
}

/** Longer each time, unless it is asked for only now and then. */
function nextSteps(known: Answered, at: number, stepMs: number, endAt: number): number {
  const left = Math.floor((endAt - at) / stepMs) + 1;
  const isSparse = at - known.toAt > known.steps * GROWTH * stepMs || at < known.fromAt;
  const wanted = isSparse || known.error ? 1 : known.steps * GROWTH;
  const bearable = Math.floor(POINTS_MAX / Math.max(1, known.series.length));
  return Math.min(wanted, STEPS_MAX, bearable, left);
}

function valueAt({ series, places, isScalar }: Answered, at: number): InstantValue {
  const samples: { labels: Series['labels']; at: number; value: number }[] = [];
  series.forEach(({ labels, times, values }, index) => {
    let place = places[index] ?? 0;
    if (place > 0 && (times[place - 1] ?? 0) >= at) place = 0;
    while (place < times.length && (times[place] as number) < at) place += 1;
    places[index] = place;
    if (times[place] === at) samples.push({ labels, at, value: values[place] as number });
  });
  if (isScalar) return { kind: 'scalar', at, value: samples[0]?.value ?? Number.NaN };
  return { kind: 'vector', samples };
}

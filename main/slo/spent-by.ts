import { CodedError } from '../../shared/error/coded.ts';
import type { InstantValue, QueryTarget } from '../../shared/model/metric.ts';
import type { Objective } from '../../shared/model/objective.ts';
import type { SpentBy } from '../../shared/model/objective-history.ts';
import { promDuration, SECOND_MS } from '../../shared/unit/time.ts';
import { type Counter, readCounter } from './build-query.ts';
import type { HistoryRange } from './history.ts';
import { type PastWatch, watchedTarget } from './watched-target.ts';

const PARTS_MAX = 50;
/** So many labels are compared where none was asked for. */
const LABELS_MAX = 8;
const TIMEOUT_MS = 60 * SECOND_MS;
const NOT_TOLD = new Set(['__name__', 'le', 'job']);

/**
 * Who spent the budget of a stretch, by one label of the counters. Without a label asked for, the one whose values differ
 * most in what they spent. Rejects where the indicator is an expression that hides its series.
 */
export async function spentBy(
  objective: Objective,
  target: QueryTarget,
  range: HistoryRange,
  wanted: string | undefined,
  watch: PastWatch = {},
): Promise<SpentBy> {
  const { indicator } = objective;
  const total = selectorOf(indicator.total);
  const part = selectorOf(indicator.bad ?? indicator.good ?? '');
  if (objective.slices || objective.components || total === null || part === null)
    throw new CodedError(
      'labels-hidden',
      'This objective counts by an expression (or by slices or components), so its labels are not known here. Write plain counter selectors to see who spent the budget.',
    );
  const { signal } = watch;
  const labels = await labelsOf(watchedTarget(target, { signal }, 1), total, range.toAt);
  const asked = (wanted === undefined ? labels : [wanted]).slice(0, LABELS_MAX);
  // Two questions a label: all events, and those that count.
  const watched = watchedTarget(target, watch, 2 * asked.length);
  let best: SpentBy | null = null;
  for (const label of asked) {
    const found = await byLabel(objective, watched, range, { label, labels, total, part });
    if (!best || spread(found) > spread(best)) best = found;
  }
  if (best) return best;
  throw new CodedError(
    'no-labels',
    'The series of this objective carry no label that could tell who spent the budget.',
  );
}

interface Asked {
  readonly label: string;
  readonly labels: readonly string[];
  readonly total: string;
  readonly part: string;
}

async function byLabel(
  objective: Objective,
  target: QueryTarget,
  range: HistoryRange,
  { label, labels, total, part }: Asked,
): Promise<SpentBy> {
  const window = promDuration(Math.max(SECOND_MS, range.toAt - range.fromAt));
  const sum = (selector: string) => `sum by (${label}) (increase(${selector}[${window}]))`;
  const [totals, parts] = [
    await ask(target, sum(total), range.toAt),
    await ask(target, sum(part), range.toAt),
  ];
  const isBad = objective.indicator.bad !== undefined;
  const values = new Set([...totals.keys(), ...parts.keys()]);
  const all = [...values].map((value) => {
    const events = totals.get(value) ?? 0;
    const counted = parts.get(value) ?? 0;
    const bad = isBad ? counted : Math.max(0, events - counted);
    return { value, bad, total: Math.max(events, bad) };
  });
  const bad = all.reduce((sum_, one) => sum_ + one.bad, 0);
  return {
    objectiveId: objective.id,
    label,
    labels: [...labels],
    ...range,
    bad,
    total: all.reduce((sum_, one) => sum_ + one.total, 0),
    parts: all
      .map((one) => ({ ...one, share: bad > 0 ? one.bad / bad : 0 }))
      .sort((a, b) => b.bad - a.bad || b.total - a.total)
      .slice(0, PARTS_MAX),
  };
}

/** How far the largest share is above an even one: a label with one value tells nothing. */
function spread({ parts }: SpentBy): number {
  return parts.length < 2 ? 0 : (parts[0]?.share ?? 0) - 1 / parts.length;
}

async function labelsOf(target: QueryTarget, selector: string, at: number): Promise<string[]> {
  const answer = await target.instant(selector, at, { timeoutMs: TIMEOUT_MS });
  if (!answer.ok) throw unanswered(answer.error.message);
  const values = new Map<string, Set<string>>();
  for (const { labels } of answer.value.kind === 'vector' ? answer.value.samples : [])
    for (const [name, value] of Object.entries(labels)) {
      if (NOT_TOLD.has(name)) continue;
      const known = values.get(name) ?? new Set();
      values.set(name, known.add(value));
    }
  return [...values].filter(([, all]) => all.size > 1).map(([name]) => name);
}

async function ask(target: QueryTarget, expression: string, at: number): Promise<Map<string, number>> {
  const answer = await target.instant(expression, at, { timeoutMs: TIMEOUT_MS });
  if (!answer.ok) throw unanswered(answer.error.message);
  const samples: Extract<InstantValue, { kind: 'vector' }>['samples'] =
    answer.value.kind === 'vector' ? answer.value.samples : [];
  return new Map(samples.map(({ labels, value }) => [Object.values(labels)[0] ?? '', Math.max(0, value)]));
}

function selectorOf(text: string): string | null {
  const counter = readCounter(text);
  if (!counter.ok) return null;
  const read: Counter = counter.value;
  return read.kind === 'selector' ? read.selector : null;
}

function unanswered(message: string): CodedError {
  return new CodedError('history-unanswered', `The past could not be asked for: ${message}`, {
    retryable: true,
  });
}

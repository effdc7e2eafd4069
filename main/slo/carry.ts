import { err, ok, type Result } from '../../shared/error/result.ts';
import type { CarriedSum, QueryTarget } from '../../shared/model/metric.ts';
import type { Objective } from '../../shared/model/objective.ts';
import type { Counter } from './build-query.ts';
import { weigh } from './composite.ts';
import {
  type Asking,
  type Carry,
  type Count,
  type Counters,
  combine,
  countWindow,
  type Problem,
  problemOf,
} from './count.ts';
import { selectorsIn, sumOf } from './summable.ts';

type Answer = (found: Result<CarriedSum, Problem>) => void;

interface Batch {
  readonly at: number;
  readonly lane: string;
  readonly windows: { selector: string; span: number; answer: Answer }[];
}

/**
 * Gathers what all objectives ask of a target at one poll into one question: a hundred objectives of six windows would
 * otherwise cross to the thread twelve hundred times a second.
 */
export function createCarrier() {
  const open = new Map<QueryTarget, Map<string, Batch>>();

  const send = async (target: QueryTarget, batch: Batch) => {
    const { at, lane, windows } = batch;
    const answer = await target.carried?.({
      at,
      lane,
      build: false,
      windows: windows.map(({ selector, span }) => ({ selector, span })),
    });
    windows.forEach((window, place) => {
      if (!answer) window.answer(ok('never'));
      else window.answer(answer.ok ? ok(answer.value[place] ?? null) : err(problemOf(answer.error)));
    });
  };
  const batchOf = (target: QueryTarget, lane: string, at: number): Batch => {
    const batches = open.get(target) ?? new Map<string, Batch>();
    open.set(target, batches);
    const key = `${at}|${lane}`;
    const known = batches.get(key);
    if (known) return known;
    const batch: Batch = { at, lane, windows: [] };
    batches.set(key, batch);
    queueMicrotask(() => {
      batches.delete(key);
      send(target, batch).catch((thrown: unknown) => {
        const message = thrown instanceof Error ? thrown.message : String(thrown);
        for (const window of batch.windows) window.answer(err({ kind: 'blind', message }));
      });
    });
    return batch;
  };
  /** How one objective asks at one poll; null where the target carries nothing. */
  return (target: QueryTarget, lane: string, at: number): Carry | null =>
    target.carried
      ? (selector, span) =>
          new Promise((answer) => batchOf(target, lane, at).windows.push({ selector, span, answer }))
      : null;
}

/** Who asks of one source at one distance behind the present moves on together. */
export function laneOf({
  source,
  evaluationDelayMs,
}: Pick<Objective, 'source' | 'evaluationDelayMs'>): string {
  return `${source}|${evaluationDelayMs ?? 0}`;
}

/** Whether all that an objective counts are sums of plain counters: only those can be carried. */
export function isCarried(counters: Counters): boolean {
  return (counters.components ?? [counters]).every(
    ({ part, total }) => carriedSelectors(part) !== null && carriedSelectors(total) !== null,
  );
}

/** The plain selectors of which a counter is made; null where it is more than a sum of such. */
function carriedSelectors(counter: Counter): readonly string[] | null {
  if (counter.kind === 'selector') return [counter.selector];
  return counter.sum && selectorsIn(counter.sum);
}

/** One window from what is carried; a word where it has to be counted otherwise. */
export async function countCarried(
  carry: Carry,
  counters: Counters,
  span: number,
): Promise<Result<Count | 'building' | 'never', Problem>> {
  const parts = counters.components ?? [counters];
  const sums = await Promise.all(
    parts.flatMap(({ part, total }) => [carryCounter(carry, part, span), carryCounter(carry, total, span)]),
  );
  const values: (number | null)[] = [];
  for (const sum of sums) {
    if (!sum.ok) return sum;
    if (typeof sum.value === 'string') return ok(sum.value);
    values.push(sum.value);
  }
  const counts = parts.map(({ partIs }, place) =>
    combine(partIs, values[2 * place] ?? null, values[2 * place + 1] ?? null),
  );
  const [only] = counts;
  if (counters.components) return ok(weigh(counters.components, counts));
  return ok(only ?? { bad: null, total: null });
}

/** A `rate` times its window is the increase, so one sum serves both. */
async function carryCounter(
  carry: Carry,
  counter: Counter,
  span: number,
): Promise<Result<CarriedSum, Problem>> {
  if (counter.kind === 'selector') return carry(counter.selector, span);
  const { sum } = counter;
  if (!sum) return ok('never');
  const increases = new Map<string, number | null>();
  const selectors = [...new Set(selectorsIn(sum))];
  const answers = await Promise.all(selectors.map((selector) => carry(selector, span)));
  for (const [place, answer] of answers.entries()) {
    if (!answer.ok || typeof answer.value === 'string') return answer;
    increases.set(selectors[place] ?? '', answer.value);
  }
  const value = sumOf(sum, (selector) => increases.get(selector) ?? null);
  return ok(value === null || !Number.isFinite(value) ? null : Math.max(0, value));
}

/** One window that ends now, carried where that can be. */
export async function countNow(
  asking: Asking,
  counters: Counters,
  windowMs: number,
  at: number,
): Promise<Result<Count, Problem>> {
  const carried = asking.carry ? await countCarried(asking.carry, counters, windowMs) : ok('never' as const);
  if (!carried.ok) return carried;
  return typeof carried.value === 'string' ? countWindow(asking, counters, windowMs, at) : ok(carried.value);
}

/** Reads on in the past of the long windows until they are carried; whether they are, or why that is not to be had. */
export async function buildCarried(
  target: QueryTarget,
  lane: string,
  counters: Counters,
  spans: readonly number[],
  at: number,
): Promise<Result<'ready' | 'never', Problem>> {
  const selectors = (counters.components ?? [counters]).flatMap(({ part, total }) =>
    [part, total].flatMap((one) => carriedSelectors(one) ?? []),
  );
  const windows = selectors.flatMap((selector) => spans.map((span) => ({ selector, span })));
  for (;;) {
    const answer = await target.carried?.({ at, lane, build: true, windows });
    if (!answer || !isCarried(counters)) return ok('never');
    if (!answer.ok) return err(problemOf(answer.error));
    if (answer.value.includes('never')) return ok('never');
    if (!answer.value.includes('building')) return ok('ready');
  }
}

import { assertNever } from '../../shared/error/result.ts';
import type { Indicator } from '../../shared/model/objective.ts';
import { formatPercent, formatSignificant } from '../../shared/unit/number.ts';
import { type Counter, fillWindow, increaseQuery, readCounter } from './build-query.ts';

export type ThresholdOperator = 'lte' | 'gte' | 'lt' | 'gt';

/** What makes a slice good, as the objective's author states it. */
export type SliceRule =
  /** The metric compares so with the value; with several series the worst decides. */
  | {
      readonly kind: 'threshold';
      readonly query: string;
      readonly op: ThresholdOperator;
      readonly value: number;
    }
  /** At least this share of the slice's events is good. */
  | { readonly kind: 'share'; readonly indicator: Indicator; readonly least: number }
  /** At least so many events a second are served, or nearly all of what was offered where that is less. */
  | { readonly kind: 'rate'; readonly indicator: Indicator; readonly least: number };

/** Demand below the minimum is no failure of the service while it serves nearly all of it. Domain terms, section 2. */
const LOW_DEMAND_SHARE = 0.99;

const BAD_WHEN = { lte: '>', gte: '<', lt: '>=', gt: '<=' } as const;
const WORDS = { lte: 'at most', gte: 'at least', lt: 'under', gt: 'over' } as const;

/**
 * PromQL that answers 1 for a bad slice and 0 for a good one at the slice's end, and nothing where there were no data.
 * The same text is counted here and exported, so that both say the same.
 */
export function badSliceQuery(rule: SliceRule, lengthMs: number): string {
  switch (rule.kind) {
    case 'threshold':
      return `max((${fillWindow(rule.query, lengthMs)}) ${BAD_WHEN[rule.op]} bool ${rule.value})`;
    case 'share': {
      const { good, total } = countsOf(rule.indicator, lengthMs);
      return `((${good} / ${total}) < bool ${rule.least}) and (${total} > 0)`;
    }
    case 'rate': {
      const { good, total } = countsOf(rule.indicator, lengthMs);
      const least = (rule.least * lengthMs) / 1_000;
      const lowDemand = `(${total} < bool ${least}) * (${good} >= bool (${LOW_DEMAND_SHARE} * ${total}))`;
      return `(${good} < bool ${least}) * (1 - (${lowDemand}))`;
    }
    default:
      return assertNever(rule);
  }
}

/** What a good slice is, for reasons and screens. */
export function sliceCondition(rule: SliceRule): string {
  switch (rule.kind) {
    case 'threshold':
      return `${WORDS[rule.op]} ${formatSignificant(rule.value, 4)}`;
    case 'share':
      return `at least ${formatPercent(rule.least, 5)} good`;
    case 'rate':
      return `at least ${formatSignificant(rule.least, 4)}/s served, or 99 % of a lower demand`;
    default:
      return assertNever(rule);
  }
}

function countsOf(indicator: Indicator, lengthMs: number): { good: string; total: string } {
  const total = increaseQuery(counterOf(indicator.total), lengthMs);
  const part = increaseQuery(counterOf(indicator.bad ?? indicator.good ?? ''), lengthMs);
  // A series that is created with its first event is absent before it: none, where the total counts.
  const counted = `(${part} or ${total} * 0)`;
  return { good: indicator.bad === undefined ? counted : `(${total} - ${counted})`, total };
}

/** An indicator that cannot be read is told by the check; here its text goes to the source as it is, which refuses it. */
function counterOf(text: string): Counter {
  const read = readCounter(text);
  return read.ok ? read.value : { kind: 'selector', selector: text };
}

import type { PolicyRow } from '../../../shared/model/objective.ts';
import { formatDuration } from '../../../shared/unit/time.ts';
import { type Burn, windowOf } from './burn.ts';
import type { ObjectivePlan } from './plan.ts';

/** Fewer bad slices than these in the long window start no alert. Domain terms, section 2. */
const MINIMUM_BAD_SLICES = 3;

/**
 * Why a row that holds must not start an alert: too few failures, or too few events of which most succeeded.
 * Null where the minimums are met. One failed request at three in the morning is not an outage.
 */
export function minimumNotMet(plan: ObjectivePlan, row: PolicyRow, burns: readonly Burn[]): string | null {
  const long = windowOf(burns, row.longMs);
  const short = windowOf(burns, row.shortMs);
  if (plan.unit === 'slices') {
    const bad = Math.round(long?.bad ?? 0);
    return bad >= MINIMUM_BAD_SLICES
      ? null
      : `Held back: ${bad} bad ${bad === 1 ? 'slice' : 'slices'} in ${formatDuration(row.longMs)}, fewer than ${MINIMUM_BAD_SLICES}.`;
  }
  // `increase` extrapolates: 2.97 of a window are three events.
  const failures = Math.round(long?.bad ?? 0);
  if (failures < plan.minimumFailures) {
    return `Held back: ${failures} ${failures === 1 ? 'failure' : 'failures'} in ${formatDuration(row.longMs)}, fewer than minimum_failures ${plan.minimumFailures}.`;
  }
  const events = Math.round(short?.total ?? 0);
  const share = short?.total ? (short.bad ?? 0) / short.total : 0;
  if (events < plan.minimumEvents && share < 0.5) {
    return `Held back: ${events} events in ${formatDuration(row.shortMs)}, fewer than minimum_events ${plan.minimumEvents}, and fewer than half of them failed.`;
  }
  return null;
}

import { formatDuration } from '../../../shared/unit/time.ts';
import type { HoldStage } from './hold-stage.ts';
import { memoryOf, moreUrgent } from './memory.ts';
import { isAhead } from './validate.ts';

/**
 * Holds an alert that comes and goes: people know, and each further page would only wear them out. It is said again once
 * it fires without a break, or gets more urgent than it was said to be.
 */
export const flapping: HoldStage = {
  name: 'flapping',
  decide(alert, { now, flapping: { firings: limit, within, steady } }) {
    const { firings, notifiedAt, notifiedPriority } = memoryOf(alert);
    const recent = firings.filter((at) => at > now - within && !isAhead(at, now)).length;
    const times = `${recent} ${recent === 1 ? 'time' : 'times'} in ${formatDuration(within)}`;
    const pass = (reason: string) => ({ hold: null, reason, definedAt: null });
    if (recent < limit) return pass(`Fired ${times}: it does not flap.`);
    const until = `it fires for ${formatDuration(steady)} without a break or gets more urgent`;
    if (recent === limit)
      return pass(`Fired ${times}: it flaps. From here on it is said only when ${until}.`);
    if (notifiedPriority === null || moreUrgent(notifiedPriority, alert.priority) !== notifiedPriority)
      return pass(`It flaps, but was not said as ${alert.priority} yet.`);
    // Each firing begins unsaid: to hold one that people have heard would stop its chain and free its effects.
    if (notifiedAt !== null) return pass('It flaps, and was said this time.');
    if (alert.firedAt !== null && now - alert.firedAt >= steady)
      return pass(`It flapped, and now fires without a break for ${formatDuration(steady)}.`);
    const reason = `Flaps: fired ${times}, over ${limit}. It is said when ${until}.`;
    return { hold: { by: 'flapping', reason, causeId: null, covers: false }, reason, definedAt: null };
  },
};

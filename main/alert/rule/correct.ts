import type { Alert } from '../../../shared/model/alert.ts';
import { formatDuration } from '../../../shared/unit/time.ts';
import type { DispatchStage } from './dispatch-stage.ts';
import { isAudible, memoryOf } from './memory.ts';
import { CORRECTION_MS } from './suppress.ts';
import { isAhead } from './validate.ts';

/** An effect whose page went out before its cause was known. */
export function wasJustSaid(alert: Alert, now: number): boolean {
  const { notifiedAt } = memoryOf(alert);
  return (
    isAudible(alert) && notifiedAt !== null && !isAhead(notifiedAt, now) && now - notifiedAt <= CORRECTION_MS
  );
}

/**
 * Whoever was just woken by an effect is told of its cause, and not woken again. Somebody who was not told then, or
 * without sound, is woken as usual.
 */
export const correct: DispatchStage = {
  name: 'suppress',
  decide(outgoing, { now, foldedBy }) {
    const { addressing, dispatch } = outgoing;
    const folded = dispatch.fresh.flatMap((one) => foldedBy(one));
    const [first] = folded;
    if (!first || !addressing?.sound) return { outgoing, reason: null };
    const woken = new Set(folded.filter(wasLoud).flatMap((one) => one.receivers));
    const asleep = addressing.receivers.filter((one) => !woken.has(one));
    const saidMs = now - (memoryOf(first).notifiedAt ?? now);
    const what = `${first.service}: ${first.title}, said ${formatDuration(saidMs)} ago`;
    if (asleep.length > 0) {
      return {
        outgoing,
        reason: `It explains ${what}; ${asleep.join(', ')} ${asleep.length === 1 ? 'was' : 'were'} not woken by that.`,
      };
    }
    return {
      outgoing: { ...outgoing, addressing: { ...addressing, sound: false } },
      reason: `It explains ${what} to the same people: they are told without a second sound.`,
    };
  },
};

function wasLoud(alert: Alert): boolean {
  const { notifications, notifiedAt } = memoryOf(alert);
  return notifications.some((one) => one.at === notifiedAt && one.sound === true);
}

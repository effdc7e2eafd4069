import { stormOf } from '../../../shared/model/storm.ts';
import { formatDuration } from '../../../shared/unit/time.ts';
import type { DispatchStage } from './dispatch-stage.ts';

/**
 * A bound on how often one service speaks. What overflows is one summary, and after it waits for the window to free;
 * a first P0 is never held, whatever went before.
 */
export const rateLimit: DispatchStage = {
  name: 'rate-limit',
  decide(outgoing, { now, routing, ...context }) {
    if (stormOf(outgoing.dispatch.groupKey)) return { outgoing, reason: null };
    const recent = context.recent();
    const { notifications: limit, per } = routing.rate_limit;
    const { dispatch } = outgoing;
    const rule = `${limit} notifications in ${formatDuration(per)} for ${dispatch.service}`;
    const usual = recent.filter((one) => !one.summary);
    if (usual.length < limit) {
      return { outgoing, reason: `${usual.length + 1} of ${rule}.` };
    }
    if (dispatch.firstP0) {
      return { outgoing, reason: `Over ${rule}, but a first P0 is never held.` };
    }
    if (!recent.some((one) => one.summary)) {
      const summary = { ...dispatch, summary: true, silent: false };
      return {
        outgoing: { ...outgoing, dispatch: summary },
        reason: `Over ${rule}: this is the one summary of what overflows.`,
      };
    }
    const freeAt = (usual[0]?.at ?? now) + per;
    return {
      outgoing: null,
      reason: `Over ${rule}: held for ${formatDuration(Math.max(0, freeAt - now))}, after the summary was sent.`,
    };
  },
};

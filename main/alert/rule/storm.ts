import type { Alert, StageVerdict } from '../../../shared/model/alert.ts';
import { stormKey, stormOf } from '../../../shared/model/storm.ts';
import { formatInstant, SECOND_MS } from '../../../shared/unit/time.ts';
import { isAlerting, isAudible, memoryOf, remember } from './memory.ts';
import type { ServiceGraph } from './service-graph.ts';
import { verdictOf } from './stage.ts';
import { isAhead } from './validate.ts';

/** New groups of one receiver are counted over this long. */
export const STORM_WINDOW_MS = 10 * SECOND_MS;

export interface BrakeContext {
  readonly now: number;
  /** `storm_limit`: new groups for one receiver within the window that are still said each by itself. */
  readonly limit: number;
  readonly receiversOf: (alert: Alert) => readonly string[];
  readonly graph: ServiceGraph;
}

export interface Admission {
  readonly alerts: readonly Alert[];
  readonly verdict: StageVerdict;
}

/** Lets new groups of alerts pass, or has them join the storm; what it decided is remembered with each alert. */
export interface StormBrake {
  /** The alerts of one group that are new, with the group that they belong to from now on; null where none is. */
  admit(alerts: readonly Alert[]): Admission | null;
}

/** Counts from what the alerts remember, so that a restart in a storm goes on in it. */
export function createStormBrake(all: readonly Alert[], context: BrakeContext): StormBrake {
  const { now, limit } = context;
  const begun = new Map<string, Set<string>>();
  const count = (receiver: string, group: string) => {
    const groups = begun.get(receiver) ?? new Set();
    begun.set(receiver, groups.add(group));
  };
  let startedAt: number | null = null;
  const alerting = new Set<string>();
  for (const alert of all) {
    if (!isAlerting(alert)) continue;
    alerting.add(alert.service);
    const storm = stormOf(alert.groupKey);
    if (storm && !isAhead(storm.startedAt, now)) startedAt = Math.max(startedAt ?? 0, storm.startedAt);
    const { admitted } = memoryOf(alert);
    if (!admitted || admitted.groupAt <= now - STORM_WINDOW_MS || isAhead(admitted.groupAt, now)) continue;
    for (const receiver of context.receiversOf(alert)) count(receiver, admitted.group);
  }
  return {
    admit(alerts) {
      const audible = alerts.filter(isAudible);
      const [first, ...others] = audible.filter((one) => memoryOf(one).admitted?.firedAt !== one.firedAt);
      if (!first) return null;
      const fresh = [first, ...others];
      const group = first.groupKey;
      const known = audible.find((one) => memoryOf(one).admitted?.firedAt === one.firedAt);
      const groupAt = known ? (memoryOf(known).admitted?.groupAt ?? now) : now;
      const admitted = fresh.map((one) =>
        remember(one, { admitted: { firedAt: one.firedAt, groupAt, group } }),
      );
      const pass = (reason: string) => verdictOf('storm', 'pass', reason, now);
      if (known) return { alerts: admitted, verdict: pass('Its group was said already: no new one.') };
      const receivers = [...new Set(fresh.flatMap(context.receiversOf))];
      const full = receivers.filter((one) => (begun.get(one)?.size ?? 0) >= limit);
      for (const receiver of receivers) count(receiver, group);
      if (full.length === 0)
        return {
          alerts: admitted,
          verdict: pass(`At most ${limit} new groups in 10 s for each receiver: no storm.`),
        };
      startedAt ??= now;
      const cause = causeBehind(first.service, alerting, context.graph);
      const key = stormKey({ startedAt, cause });
      const behind = cause === null ? '' : ` behind ${cause}`;
      return {
        alerts: admitted.map((one) => ({ ...one, groupKey: key })),
        verdict: pass(
          `Joins the storm${behind} since ${formatInstant(startedAt)}: over ${limit} new groups in 10 s for ${full.join(', ')}.`,
        ),
      };
    },
  };
}

/** The deepest service below this one that has an alert, or itself where others above it have one. */
function causeBehind(service: string, alerting: ReadonlySet<string>, graph: ServiceGraph): string | null {
  const below = [...graph.dependencies(service)].filter((one) => alerting.has(one));
  below.sort((a, b) => graph.height(a) - graph.height(b) || (a < b ? -1 : 1));
  if (below[0] !== undefined) return below[0];
  return [...alerting].some((one) => one !== service && graph.dependencies(one).has(service))
    ? service
    : null;
}

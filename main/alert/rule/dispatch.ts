import type { Alert, StageVerdict } from '../../../shared/model/alert.ts';
import type { NotificationRequest } from '../../../shared/model/notification-request.ts';
import { stormOf } from '../../../shared/model/storm.ts';
import { correct } from './correct.ts';
import type { DispatchContext, DispatchStage, Outgoing } from './dispatch-stage.ts';
import { decideGroup } from './group.ts';
import { memoryOf, remember } from './memory.ts';
import { requestOf } from './notify.ts';
import { rateLimit } from './rate-limit.ts';
import { route } from './route.ts';
import { verdictOf } from './stage.ts';
import { STORM_WINDOW_MS } from './storm.ts';
import { isAhead } from './validate.ts';

/** What a group that is due passes on its way to the notifier, in order. A stage is added by a line here. */
const DISPATCH: readonly DispatchStage[] = [rateLimit, route, correct];

export interface DispatchResult {
  /** Alerts of the group that changed. */
  readonly alerts: readonly Alert[];
  readonly verdicts: readonly { readonly alertId: string; readonly verdict: StageVerdict }[];
  readonly request: NotificationRequest | null;
}

const NOTHING: DispatchResult = { alerts: [], verdicts: [], request: null };

/** Takes one group from its alerts to at most one notification, with the verdict of each stage on each alert it is about. */
export function dispatchGroup(alerts: readonly Alert[], context: DispatchContext): DispatchResult {
  const { now, routing } = context;
  const isStorm = stormOf(alerts[0]?.groupKey ?? null) !== null;
  const timing = {
    groupWaitMs: isStorm ? 0 : routing.group_wait,
    groupIntervalMs: isStorm ? STORM_WINDOW_MS : routing.group_interval,
    overIntervalMs: routing.group_interval,
    repeatIntervalMs: routing.repeat_interval,
  };
  const answer = decideGroup(alerts, timing, now);
  if (answer === null) return NOTHING;
  if (answer.kind === 'wait') return { ...NOTHING, verdicts: onEach(answer.alerts, answer.verdict) };

  const about = [...answer.dispatch.fresh, ...answer.dispatch.over];
  const verdicts = onEach(about, answer.verdict);
  let outgoing: Outgoing = { dispatch: answer.dispatch, addressing: null };
  const reasons = [answer.dispatch.why];
  for (const stage of DISPATCH) {
    const decided = stage.decide(outgoing, context);
    const outcome = decided.outgoing === null ? 'held' : 'pass';
    const definedAt = stage.name === 'route' ? context.routingDefinedAt : null;
    if (decided.reason !== null) {
      verdicts.push(...onEach(about, verdictOf(stage.name, outcome, decided.reason, now, definedAt)));
      reasons.push(decided.reason);
    }
    if (decided.outgoing === null) return { ...NOTHING, verdicts };
    outgoing = decided.outgoing;
  }
  return send(outgoing, reasons, about, verdicts, context);
}

function send(
  outgoing: Outgoing,
  reasons: readonly string[],
  about: readonly Alert[],
  verdicts: readonly { readonly alertId: string; readonly verdict: StageVerdict }[],
  context: DispatchContext,
): DispatchResult {
  const receivers = outgoing.addressing?.receivers ?? [];
  const nobody = receivers.length === 0;
  const said = nobody
    ? 'Not sent: no receiver is named for it. Name one under routes to be told.'
    : `Handed to the notifier for ${receivers.join(', ')}.`;
  const verdict = verdictOf('notify', nobody ? 'held' : 'pass', said, context.now, context.routingDefinedAt);
  return {
    alerts: about.map((alert) => marked(alert, outgoing, nobody, context)),
    verdicts: [...verdicts, ...onEach(about, verdict)],
    request: nobody ? null : requestOf(outgoing, sentence(reasons)),
  };
}

/** What was said is remembered with the alert, so that a restart neither repeats nor forgets it. */
function marked(alert: Alert, outgoing: Outgoing, nobody: boolean, { now, routing }: DispatchContext): Alert {
  const memory = memoryOf(alert);
  const { dispatch, addressing } = outgoing;
  const fresh = dispatch.fresh.includes(alert);
  const kept = memory.notifications.filter(
    (one) => one.at > now - Math.max(routing.rate_limit.per, routing.group_interval) && !isAhead(one.at, now),
  );
  // Whoever heard of it hears of its acknowledgement and its end, whomever a reminder goes to at another hour.
  const before = memory.notifiedAt !== null || memory.resolutionOwed ? alert.receivers : [];
  const receivers = [...new Set([...before, ...(addressing?.receivers ?? [])])];
  return remember(fresh ? { ...alert, receivers } : alert, {
    // A storm is one notification that is brought up to date: it takes nothing from what a service may say.
    notifications:
      nobody || stormOf(dispatch.groupKey)
        ? kept
        : [...kept, { at: now, summary: dispatch.summary, sound: addressing?.sound ?? false }],
    ...(fresh
      ? { notifiedAt: now, notifiedPriority: alert.priority, renotify: null, resolutionOwed: false }
      : { resolutionOwed: false, notifiedAt: null }),
    unsettledNotification: !nobody,
  });
}

/** Notifications of one service's alerts within the window, each counted once however many alerts it was about. */
export function recentNotifications(
  alerts: Iterable<Alert>,
  sinceAt: number,
  now: number,
): readonly { readonly at: number; readonly summary: boolean }[] {
  const seen = new Map<string, { at: number; summary: boolean }>();
  for (const alert of alerts) {
    for (const one of memoryOf(alert).notifications) {
      if (one.at > sinceAt && !isAhead(one.at, now)) seen.set(`${alert.groupKey}\n${one.at}`, one);
    }
  }
  return [...seen.values()].sort((a, b) => a.at - b.at);
}

function onEach(
  alerts: readonly Alert[],
  verdict: StageVerdict,
): { alertId: string; verdict: StageVerdict }[] {
  return alerts.map((alert) => ({ alertId: alert.id, verdict }));
}

function sentence(reasons: readonly string[]): string {
  return reasons.map((one) => (one.endsWith('.') ? one : `${one}.`)).join(' ');
}

import type { RoutingConfig } from '../../shared/config/routing.ts';
import type { Alert, StageVerdict } from '../../shared/model/alert.ts';
import type { NotificationRequest } from '../../shared/model/notification-request.ts';
import type { Service } from '../../shared/model/service.ts';
import { stormOf } from '../../shared/model/storm.ts';
import type { AlertBook } from './book.ts';
import { correctionOf, type Folded } from './correction.ts';
import { askOnCall } from './on-call.ts';
import { wasJustSaid } from './rule/correct.ts';
import { dispatchGroup, recentNotifications } from './rule/dispatch.ts';
import { escalateGroup } from './rule/escalate.ts';
import { judge } from './rule/hold.ts';
import type { ActiveSilence, HoldContext, OpenWindow, WakeFacts } from './rule/hold-stage.ts';
import { isAlerting, memoryOf } from './rule/memory.ts';
import { receiversOf } from './rule/route.ts';
import { type ServiceGraph, serviceGraph } from './rule/service-graph.ts';
import { createStormBrake, type StormBrake } from './rule/storm.ts';
import { type CauseIndex, causeIndex, startOf } from './rule/suppress.ts';

/** What decides who hears of an alert; all of it may change with a reload. */
export interface DispatchDeps {
  readonly services: () => readonly Service[];
  readonly routing: () => RoutingConfig;
  /** `file:line` of the routing, for verdicts. */
  readonly routingDefinedAt: string;
  readonly inBusinessHours: (at: number) => boolean;
  /** Silences in force at that instant. */
  readonly silences: (at: number) => readonly ActiveSilence[];
  /** Budget and hours of an alert whose pages may wait; null where every page wakes. */
  readonly wakeOf: (alert: Alert, at: number) => WakeFacts | null;
  /** Maintenance windows that are open at that instant. */
  readonly windows: (at: number) => readonly OpenWindow[];
}

/** What a pass over all groups works with. */
interface Pass {
  readonly book: AlertBook;
  readonly deps: DispatchDeps;
  readonly now: number;
  readonly graph: ServiceGraph;
  readonly causes: CauseIndex;
  readonly holding: HoldContext;
  /** What was said so shortly ago that its cause may still fold it, by service. */
  readonly justSaid: ReadonlyMap<string, readonly Alert[]>;
  readonly ofService: ReadonlyMap<string, readonly string[]>;
}

/**
 * Decides of each group whether its alerts may be told, and what is told now. Groups are taken from the bottom of the
 * service graph up, so that what was said of a cause holds its effects in the same pass.
 */
export async function dispatchAll(
  book: AlertBook,
  deps: DispatchDeps,
  now: number,
  breathe: () => Promise<void> | null,
): Promise<NotificationRequest[]> {
  const graph = graphOf(deps);
  const causes = causeIndex(graph, deps.routing().causal_window);
  const groups = new Map<string, Alert[]>();
  const storms = new Map<string, string[]>();
  const ofService = new Map<string, string[]>();
  const justSaid = new Map<string, Alert[]>();
  for (const alert of book.all()) {
    collect(ofService, alert.service, alert.id);
    causes.put(alert);
    if (wasJustSaid(alert, now)) collect(justSaid, alert.service, alert);
    const { resolutionOwed, hold } = memoryOf(alert);
    if (!isAlerting(alert) && !resolutionOwed && hold === null && alert.resolvedAt === null) continue;
    if (stormOf(alert.groupKey)) collect(storms, alert.groupKey, alert.id);
    else collect(groups, alert.groupKey, alert);
  }
  const windows = deps.windows(now);
  const silences = deps.silences(now);
  const { flapping } = deps.routing();
  const causeOf = (alert: Alert) => causes.causeOf(alert);
  const wakeOf = (alert: Alert) => deps.wakeOf(alert, now);
  const holding: HoldContext = { now, windows, silences, causeOf, wakeOf, flapping };
  const pass: Pass = { book, deps, now, graph, causes, holding, justSaid, ofService };
  const brake = brakeOf(pass, graph);
  const say = (alerts: readonly string[], folded: readonly Folded[]) => {
    const request = dispatchOne(pass, alerts);
    const escalated = escalate(pass, alerts);
    return [...[request, escalated].filter((one) => one !== null), ...correctionOf(book, folded, now)];
  };
  const requests: NotificationRequest[] = [];
  for (const alerts of causesFirst(groups, graph)) {
    // Within the round nothing else is decided; only what others ask for and are told gets through.
    const pause = breathe();
    if (pause) await pause;
    const folded = holdGroup(pass, alerts);
    const joined = brakeGroup(pass, brake, alerts);
    for (const { id, key } of joined) collect(storms, key, id);
    const gone = new Set(joined.map((one) => one.id));
    requests.push(...say(gone.size === 0 ? alerts : alerts.filter((id) => !gone.has(id)), folded));
  }
  for (const alerts of storms.values()) requests.push(...say(alerts, holdGroup(pass, alerts)));
  return requests;
}

function brakeOf({ book, deps, now }: Pass, graph: ServiceGraph): StormBrake {
  const routing = deps.routing();
  const inHours = deps.inBusinessHours(now);
  return createStormBrake(book.all(), {
    now,
    limit: routing.storm_limit,
    receiversOf: ({ priority }) => receiversOf(priority, routing, inHours),
    graph,
  });
}

/** Asks of the new alerts of one group whether they may be said by themselves. Answers those that join a storm. */
function brakeGroup(
  { book, causes }: Pass,
  brake: StormBrake,
  ids: readonly string[],
): { readonly id: string; readonly key: string }[] {
  const answer = brake.admit(ids.flatMap((id) => book.get(id) ?? []));
  for (const alert of answer?.alerts ?? []) {
    if (answer) book.put(alert, [answer.verdict]);
    causes.put(alert);
  }
  return (answer?.alerts ?? []).flatMap(({ id, groupKey }) =>
    stormOf(groupKey) ? [{ id, key: groupKey }] : [],
  );
}

const graphs = new WeakMap<object, ServiceGraph>();

/** Made once a configuration, not at each tick. */
function graphOf({ services }: DispatchDeps): ServiceGraph {
  const all = services();
  const known = graphs.get(all) ?? serviceGraph(all);
  graphs.set(all, known);
  return known;
}

function causesFirst(groups: ReadonlyMap<string, readonly Alert[]>, graph: ServiceGraph): string[][] {
  return [...groups]
    .map(([key, alerts]) => {
      const alerting = alerts.filter(isAlerting);
      return {
        key,
        ids: alerts.map((one) => one.id),
        height: alerting.reduce((highest, one) => Math.max(highest, graph.height(one.service)), 0),
        startAt: alerting.reduce((first, one) => Math.min(first, startOf(one)), Number.POSITIVE_INFINITY),
      };
    })
    .sort((a, b) => a.height - b.height || compare(a.startAt, b.startAt) || (a.key < b.key ? -1 : 1))
    .map(({ ids }) => ids);
}

/** Subtraction would make *not a number* of two that never began. */
function compare(a: number, b: number): number {
  return a < b ? -1 : Number(a > b);
}

/** Asks what may hold the alerts of one group. Answers those whose page went out before their cause was known. */
function holdGroup({ book, causes, holding, now }: Pass, ids: readonly string[]): Folded[] {
  const folded: Folded[] = [];
  for (const id of ids) {
    const alert = book.get(id);
    const judged = alert ? judge(alert, holding) : null;
    if (!alert || !judged) continue;
    const causeId = memoryOf(judged.alert).hold?.causeId ?? null;
    const cause = causeId === null ? null : book.get(causeId);
    const isCorrected = cause !== null && wasJustSaid(alert, now);
    if (isCorrected) folded.push({ effectId: id, cause });
    book.put(judged.alert, judged.verdicts);
    causes.put(judged.alert);
  }
  return folded;
}

function dispatchOne(pass: Pass, ids: readonly string[]): NotificationRequest | null {
  const { book, deps, now, causes, justSaid, ofService, graph } = pass;
  const alerts = ids.flatMap((id) => book.get(id) ?? []);
  const service = alerts.find(isAlerting)?.service ?? alerts[0]?.service ?? '';
  const routing = deps.routing();
  const result = dispatchGroup(alerts, {
    now,
    routing,
    routingDefinedAt: deps.routingDefinedAt,
    inBusinessHours: deps.inBusinessHours(now),
    recent: () => {
      const same = (ofService.get(service) ?? []).flatMap((id) => book.get(id) ?? []);
      return recentNotifications(same, now - routing.rate_limit.per, now);
    },
    onCall: askOnCall(routing, now),
    foldedBy: (cause) =>
      [...justSaid]
        .filter(([effect]) => graph.dependencies(effect).has(cause.service))
        .flatMap(([, said]) => said.filter((one) => causes.wouldExplain(cause, one))),
  });
  const marked = new Map(result.alerts.map((one) => [one.id, one]));
  const verdicts = Map.groupBy(result.verdicts, (one) => one.alertId);
  for (const alert of alerts) {
    const said = (verdicts.get(alert.id) ?? []).map((one) => one.verdict);
    const next = marked.get(alert.id);
    if (!next && said.every((one) => isSaid(alert, one))) continue;
    book.put(next ?? alert, said);
    causes.put(next ?? alert);
  }
  return result.request;
}

/** After the page: what was said in this very pass begins its time only now. */
function escalate({ book, deps, now }: Pass, ids: readonly string[]): NotificationRequest | null {
  const routing = deps.routing();
  const group = ids.flatMap((id) => book.get(id) ?? []);
  const { routingDefinedAt } = deps;
  const found = escalateGroup(group, { now, routing, routingDefinedAt, onCall: askOnCall(routing, now) });
  if (!found) return null;
  for (const alert of found.alerts) book.put(alert, [found.verdict]);
  return found.request;
}

/** The very same words are on the alert already: to put them there again each second would be work for nothing. */
function isSaid(alert: Alert, verdict: StageVerdict): boolean {
  const last = alert.verdicts.find((one) => one.stage === verdict.stage);
  return last?.outcome === verdict.outcome && last.reason === verdict.reason;
}

function collect<T>(into: Map<string, T[]>, key: string, value: T): void {
  const known = into.get(key);
  if (known) known.push(value);
  else into.set(key, [value]);
}

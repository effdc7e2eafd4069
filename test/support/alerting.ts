import { type AlertLog, type AlertOutcome, type Alerts, createAlerts } from '../../main/alert/index.ts';
import type { ActiveSilence, OpenWindow, WakeFacts } from '../../main/alert/rule/hold-stage.ts';
import { createBusinessHours } from '../../main/calendar/index.ts';
import { silentLogger, VirtualClock } from '../../main/platform/index.ts';
import type { LogApi, VerdictRecord } from '../../main/store/index.ts';
import { RoutingConfig } from '../../shared/config/routing.ts';
import type { Alert } from '../../shared/model/alert.ts';
import type { Delivery } from '../../shared/model/notification.ts';
import type { Finding, Observation } from '../../shared/model/observation.ts';
import type { Service } from '../../shared/model/service.ts';
import { type Silence, silenceState } from '../../shared/model/silence.ts';
import type { SourceStatus } from '../../shared/model/source.ts';

/** A Wednesday at 10:00 UTC: within business hours. */
export const WORKDAY_AT = Date.parse('2026-01-14T10:00:00Z');
export const NIGHT_AT = Date.parse('2026-01-14T23:00:00Z');

export const FINDING = {
  holds: (value = 20): Finding => ({ kind: 'holds', value, threshold: 13.44, reason: `burn ${value}×` }),
  heldBack: (): Finding => ({ kind: 'held-back', value: 20, threshold: 13.44, reason: 'only 2 failures' }),
  between: (): Finding => ({
    kind: 'between',
    value: 5,
    threshold: 13.44,
    reason: 'the short window is clean',
  }),
  clear: (): Finding => ({ kind: 'clear', value: 0, threshold: 13.44, reason: 'no failures' }),
  noData: (): Finding => ({ kind: 'no-data', reason: 'no requests were seen' }),
  error: (): Finding => ({ kind: 'error', reason: 'many-to-many matching' }),
  blind: (): Finding => ({ kind: 'blind', reason: 'the worker died' }),
};

export function observationOf(change: Partial<Observation> = {}): Observation {
  const service = change.service ?? 'gateway';
  const ruleId = change.ruleId ?? `${service}-availability`;
  return {
    ruleId,
    kind: 'burn',
    labels: { alertname: 'ObjectiveBurns', objective: ruleId },
    service,
    priority: 'P0',
    title: 'availability burns',
    definedAt: 'slos/gateway.yaml:14',
    at: WORKDAY_AT,
    finding: FINDING.holds(),
    forMs: 0,
    keepFiringForMs: 0,
    onNoData: 'alert',
    onError: 'alert',
    failingShare: 0.5,
    objectiveId: ruleId,
    ...change,
  };
}

export function serviceOf(id: string, tier = 2, dependsOn: string[] = []): Service {
  return { id, title: id, owner: `team-${id}`, tier, dependsOn, links: {} };
}

export function sourceOf(id: string, change: Partial<SourceStatus> = {}): SourceStatus {
  return {
    id,
    kind: 'prometheus',
    address: 'http://metrics.example',
    condition: 'ok',
    sinceAt: WORKDAY_AT,
    lastOkAt: WORKDAY_AT,
    lastTryAt: WORKDAY_AT,
    nextTryAt: null,
    latencyMs: 5,
    problem: null,
    pollEveryMs: 1_000,
    polls: 1,
    missedTicks: 0,
    seriesCount: 1,
    targets: [],
    sender: null,
    leftOut: [],
    decisionDelay: null,
    blinds: [],
    ...change,
  };
}

/** Alerts and deliveries in memory, with the copy that a disk makes; `fail` makes each write fail as a full disk does. */
export class MemoryLog {
  readonly alerts = new Map<string, string>();
  readonly verdictRows: VerdictRecord[] = [];
  readonly deliveries = new Map<string, string>();
  fail: string | null = null;
  writes = 0;

  async saveAlerts(alerts: readonly Alert[], verdicts: readonly VerdictRecord[]): Promise<void> {
    this.mayWrite();
    for (const alert of alerts) this.alerts.set(alert.id, JSON.stringify(alert));
    this.verdictRows.push(...verdicts);
  }

  async loadAlerts(resolvedSinceAt: number): Promise<Alert[]> {
    return [...this.alerts.values()]
      .map((one) => JSON.parse(one) as Alert)
      .filter(
        (one) =>
          (one.phase !== 'inactive' && one.phase !== 'resolved') ||
          (one.resolvedAt !== null && one.resolvedAt >= resolvedSinceAt),
      );
  }

  async verdicts(alertId: string, limit: number): Promise<VerdictRecord[]> {
    return this.verdictRows
      .filter((one) => one.alertId === alertId)
      .reverse()
      .slice(0, limit);
  }

  async saveDeliveries(deliveries: readonly Delivery[]): Promise<void> {
    this.mayWrite();
    for (const one of deliveries) this.deliveries.set(one.id, JSON.stringify(one));
  }

  async pendingDeliveries(): Promise<Delivery[]> {
    return this.all().filter((one) => one.state === 'queued');
  }

  async recentDeliveries(limit: number): Promise<Delivery[]> {
    return this.all().reverse().slice(0, limit);
  }

  private all(): Delivery[] {
    return [...this.deliveries.values()].map((one) => JSON.parse(one) as Delivery);
  }

  private mayWrite(): void {
    this.writes += 1;
    if (this.fail !== null) throw new Error(this.fail);
  }
}

// What the memory log answers is what the real one answers.
({}) as MemoryLog satisfies Pick<
  { [Name in keyof LogApi]: (...args: Parameters<LogApi[Name]>) => Promise<ReturnType<LogApi[Name]>> },
  'saveAlerts' | 'loadAlerts' | 'verdicts' | 'saveDeliveries' | 'pendingDeliveries' | 'recentDeliveries'
>;

export interface Watch {
  readonly clock: VirtualClock;
  readonly log: AlertLog;
  readonly alerts: Alerts;
  services: Service[];
  sources: SourceStatus[];
  serviceOfRule: Record<string, string>;
  silences: ActiveSilence[];
  windows: OpenWindow[];
  /** What decides whether a page may wait; every page wakes unless a test says otherwise. */
  wake: (alert: Alert) => WakeFacts | null;
  readonly routing: RoutingConfig;
  /** One observation or several at the present time, a second after the last; taken over at once. */
  see(...observations: Partial<Observation>[]): Promise<AlertOutcome>;
  /** Lets time pass with a tick each step. Answers what was said meanwhile. */
  wait(durationMs: number, stepMs?: number): Promise<AlertOutcome[]>;
  /** The same pipeline after a restart, from what is stored. */
  restart(): Promise<AlertOutcome>;
  one(): Alert;
}

/** The alert pipeline on a virtual clock; polls each second. */
export function watch(config: { routing?: object; log?: AlertLog; startAt?: number } = {}): Watch {
  const clock = new VirtualClock(config.startAt ?? WORKDAY_AT);
  const log = config.log ?? new MemoryLog();
  // Chains have tests of their own; here a minute more or less must not bring another page.
  const escalation = { P0: [], P1: [], P2: [], P3: [] };
  const routing = RoutingConfig.parse({ escalation, ...config.routing });
  const hours = createBusinessHours(routing.business_hours);
  const create = () =>
    createAlerts({
      clock,
      log,
      logger: silentLogger(),
      services: () => it.services,
      sources: () => it.sources,
      serviceOfRule: (ruleId) => it.serviceOfRule[ruleId] ?? null,
      pollEveryMs: () => 1_000,
      routing: () => routing,
      routingDefinedAt: 'midwatch.yaml:20',
      inBusinessHours: (at) => hours.inBusinessHours(at),
      silences: (at) => it.silences.filter((one) => silenceState(one.silence, at) === 'active'),
      windows: (at) => it.windows.filter((one) => one.startsAt <= at && at < one.endsAt),
      wakeOf: (alert) => it.wake(alert),
    });
  let alerts: Alerts;
  const it: Watch = {
    clock,
    log,
    get alerts() {
      return alerts;
    },
    services: [serviceOf('gateway', 1), serviceOf('ranking')],
    sources: [],
    serviceOfRule: {},
    silences: [],
    windows: [],
    wake: () => null,
    routing,
    async see(...observations) {
      await clock.advance(1_000);
      const seen = observations.map((one) => observationOf({ at: clock.now(), ...one }));
      const outcome = await alerts.process(seen, clock.now());
      await alerts.settle(outcome);
      return outcome;
    },
    async wait(durationMs, stepMs = 1_000) {
      const outcomes: AlertOutcome[] = [];
      for (let passed = 0; passed < durationMs; passed += stepMs) {
        await clock.advance(stepMs);
        const outcome = await alerts.tick(clock.now());
        await alerts.settle(outcome);
        outcomes.push(outcome);
      }
      return outcomes;
    },
    async restart() {
      alerts = create();
      return alerts.load();
    },
    one() {
      const all = alerts.list();
      if (all.length !== 1 || !all[0]) throw new Error(`There are ${all.length} alerts, not one.`);
      return all[0];
    },
  };
  alerts = create();
  return it;
}

export function requestsOf(outcomes: readonly AlertOutcome[]) {
  return outcomes.flatMap((one) => one.notifications);
}

/** A silence on one service, from the given time on. */
export function silenceOf(
  service: string,
  startsAt: number,
  endsAt: number,
  change: Partial<Silence> = {},
): ActiveSilence {
  const silence: Silence = {
    id: `silence-${service}-${startsAt}`,
    matchers: [{ name: 'service', op: '=', value: service }],
    comment: 'known, being worked on',
    author: 'anna',
    createdAt: startsAt,
    startsAt,
    endsAt,
    expiredAt: null,
    expiredBy: null,
    renewals: [],
    origin: null,
    sharing: [],
    revision: 1,
    ...change,
  };
  return { silence, matches: (labels) => labels.service === service };
}

export function windowOf(
  service: string,
  startsAt: number,
  endsAt: number,
  includeDependents = false,
): OpenWindow {
  return {
    id: `work-${service}`,
    title: `work on ${service}`,
    services: [service],
    matches: () => true,
    includeDependents,
    startsAt,
    endsAt,
    definedAt: 'midwatch.yaml:30',
  };
}

import type { Health } from '../../../shared/model/health.ts';
import type { ChangeEvent, Service } from '../../../shared/model/service.ts';
import type { SourceStatus } from '../../../shared/model/source.ts';
import type { Unwatched } from '../../../shared/model/watch.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../shared/unit/time.ts';
import { ramp, sampled } from './curves.ts';
import { FakeState } from './fake-state.ts';
import {
  alert,
  burnOf,
  evidenceOf,
  incident,
  responseEntries,
  type Story,
  storyOf,
  timelineOf,
  verdict,
} from './fleet-incident.ts';
import { fleetObjectives } from './fleet-objectives.ts';
import { modelDegraded, runAtRollback } from './fleet-playbook.ts';
import { postmortemOf } from './fleet-postmortem.ts';
import { deliveries, receivers } from './fleet-receiver.ts';
import { fleetSpans } from './fleet-spans.ts';

export type FleetScene = 'page' | 'response' | 'quiet' | 'empty' | 'after';

/** A fleet of model servers at a chosen moment of one bad night. */
export function fleetState(scene: FleetScene, now: () => number = Date.now): FakeState {
  const state = new FakeState(now);
  const at = now();
  if (scene === 'empty') {
    state.put('health', health(at));
    return state;
  }
  putWatched(state, at);
  state.spans.push(...fleetSpans(at));
  const objectives = fleetObjectives(at);
  state.put('health', health(at));
  state.put('services', ...services());
  state.put('sources', ...sources(at, scene !== 'quiet'));
  if (scene === 'quiet') {
    state.put('objectives', ...objectives.filter((one) => one.state === 'ok'));
    return state;
  }
  const story = storyOf(
    at,
    scene === 'page' ? 3.5 * MINUTE_MS : scene === 'response' ? 21.6 * MINUTE_MS : 80 * MINUTE_MS,
  );
  state.put('objectives', ...objectives);
  state.put('playbooks', modelDegraded);
  state.put('changes', ...changes(story));
  putAlerts(state, story, scene);
  putIncidents(state, story, scene);
  state.put('receivers', ...receivers);
  state.put('deliveries', ...deliveries(story, INCIDENT_ID));
  state.put('detectors', ...detectors(story));
  putHistories(state, story);
  return state;
}

export const INCIDENT_ID = 'incident-0147';

function putIncidents(state: FakeState, story: Story, scene: FleetScene): void {
  const { openedAt, now, deployAt } = story;
  const entries = responseEntries(story);
  const shown = scene === 'page' ? entries.slice(0, 6) : entries;
  const main = incident({
    id: INCIDENT_ID,
    name: 'INC-0147',
    title: 'ranking-model slow since v42: 42,896 of 120,000 requests over 100 ms',
    service: 'ranking-model',
    services: ['ranking-model', 'gateway'],
    openedAt,
    startedAt: deployAt + 2 * MINUTE_MS,
    alertIds: ['ranking-latency'],
    objectiveIds: ['ranking-latency'],
    playbookId: 'model-degraded',
    timelineSeq: shown.length,
    evidenceCount: 5,
    ...(scene === 'response'
      ? {
          phase: 'mitigating',
          acknowledgedAt: openedAt + 259_000,
          acknowledgedBy: 'You',
          severityConfirmedAt: openedAt + 290_000,
          runId: 'run-31',
          revision: 6,
        }
      : {}),
    ...(scene === 'after'
      ? {
          phase: 'postmortem',
          acknowledgedAt: openedAt + 259_000,
          acknowledgedBy: 'You',
          mitigatedAt: openedAt + 26.3 * MINUTE_MS,
          recoveredAt: openedAt + 28 * MINUTE_MS,
          resolvedAt: openedAt + 30.3 * MINUTE_MS,
          severityConfirmedAt: openedAt + 290_000,
          runId: 'run-31',
        }
      : {}),
  });
  state.timelines.set(INCIDENT_ID, timelineOf(INCIDENT_ID, shown));
  state.evidence.set(INCIDENT_ID, evidenceOf(INCIDENT_ID, story));
  state.postmortems.set(INCIDENT_ID, postmortemOf(INCIDENT_ID, story));
  if (scene !== 'page') state.put('runs', runAtRollback(now, INCIDENT_ID));
  state.put(
    'incidents',
    main,
    incident({
      id: 'incident-0146',
      name: 'INC-0146',
      title: 'feature-store reads slow',
      service: 'feature-store',
      openedAt: now - 136 * MINUTE_MS,
      severity: 'SEV-3',
      priority: 'P2',
      phase: 'responding',
      suggestion: {
        severity: 'SEV-3',
        arithmetic: 'feature-store-latency at 1.12× over 3 d; notice row 0.93×; P2 → SEV-3.',
      },
      acknowledgedAt: now - 26 * MINUTE_MS,
      acknowledgedBy: 'Operations',
      respondByAt: now - 16 * MINUTE_MS,
      resolveByAt: now + 21.7 * HOUR_MS,
      objectiveIds: ['feature-store-latency'],
      playbookId: null,
    }),
    ...[4, 9, 13].map((days, index) =>
      incident({
        id: `incident-01${40 + index}`,
        name: `INC-01${40 + index}`,
        title: ['gateway P99 above 300 ms', 'embedding out of memory', 'session-model drift'][index] ?? '',
        service: 'gateway',
        openedAt: now - days * DAY_MS,
        phase: 'closed',
        severity: 'SEV-3',
        acknowledgedAt: now - days * DAY_MS + MINUTE_MS,
        resolvedAt: now - days * DAY_MS + 34 * MINUTE_MS,
        closedAt: now - days * DAY_MS + HOUR_MS,
        synthetic: true,
      }),
    ),
  );
}

function putAlerts(state: FakeState, { now, openedAt }: Story, scene: FleetScene): void {
  const acknowledgement = scene === 'response' ? { by: 'You', at: openedAt + 259_000, untilAt: null } : null;
  state.put(
    'alerts',
    alert(
      {
        id: 'ranking-latency',
        title: 'ranking-latency burns at 35.7×',
        service: 'ranking-model',
        priority: 'P0',
        phase: 'firing',
        reason: 'ranking-latency burns at 35.7×; page threshold 13.44×',
        firedAt: openedAt,
        incidentId: INCIDENT_ID,
        acknowledgement,
        value: 35.7,
        threshold: 13.44,
        receivers: ['on_call_engineer', 'backup_engineer', 'desktop'],
        verdicts: [verdict('route', 'pass', 'P0, group_wait 0 s', openedAt, 'midwatch.yaml:42')],
      },
      now,
    ),
    alert(
      {
        id: 'gateway-availability',
        title: 'gateway-availability burns at 34.6×',
        service: 'gateway',
        priority: 'P0',
        phase: 'firing',
        reason: '415 of 120,000 failed, 34.6× budget',
        firedAt: openedAt + 2.5 * MINUTE_MS,
        incidentId: INCIDENT_ID,
        value: 34.6,
        threshold: 13.44,
        verdicts: [
          verdict(
            'suppress',
            'suppressed',
            'Depends on ranking-model, whose P0 fires since before this one. Folded, no second sound.',
            openedAt + 2.5 * MINUTE_MS,
          ),
        ],
      },
      now,
    ),
    alert(
      {
        id: 'embedding-p99',
        kind: 'rule',
        title: 'embedding P99 above 250 ms',
        service: 'embedding',
        priority: 'P1',
        phase: 'firing',
        reason: 'P99 262 ms',
        firedAt: now - 41 * MINUTE_MS,
        verdicts: [
          verdict(
            'silence',
            'suppressed',
            'Maintenance window “driver update”, eu-2 only, ends 04:00 UTC.',
            now - 41 * MINUTE_MS,
            'midwatch.yaml:61',
          ),
        ],
      },
      now,
    ),
    alert(
      {
        id: 'gpu-gone',
        kind: 'absence',
        title: 'GPU availability has no data',
        service: 'embedding',
        priority: 'P3',
        phase: 'no_data',
        reason: 'Series gone after dcgm-exporter 3.3 → 4.0. Likely new name dcgm_fi_dev_gpu_util.',
        firedAt: now - 85 * MINUTE_MS,
      },
      now,
    ),
    alert(
      {
        id: 'gateway-p99',
        kind: 'rule',
        title: 'gateway P99 above 300 ms',
        service: 'gateway',
        priority: 'P1',
        phase: 'resolved',
        reason: 'P99 271 ms',
        firedAt: now - 4 * HOUR_MS,
        resolvedAt: now - 4 * HOUR_MS + 7 * MINUTE_MS,
      },
      now,
    ),
    alert(
      {
        id: 'session-drift',
        kind: 'detector',
        title: 'session-model drift, PSI 0.27',
        service: 'session-model',
        priority: 'P2',
        phase: 'resolved',
        reason: 'PSI 0.08',
        firedAt: now - 5 * HOUR_MS,
        resolvedAt: now - 5 * HOUR_MS + 34 * MINUTE_MS,
      },
      now,
    ),
  );
}

function putHistories(state: FakeState, { deployAt, now }: Story): void {
  const slow = (at: number) => 0.0031 + ramp(at, deployAt, deployAt + 8 * MINUTE_MS) * 0.357;
  state.burn.set('ranking-latency', burnOf(slow, 0.01));
  state.burn.set(
    'feature-store-latency',
    burnOf(() => 0.0072, 0.005),
  );
  for (const status of state.collections.objectives.values()) {
    const remaining = status.budgetRemaining ?? 1;
    const fromAt = now - 28 * DAY_MS;
    state.budget.set(status.objective.id, [
      sampled({ objective: status.objective.id }, fromAt, now, 2 * HOUR_MS, (at) => {
        const day = (at - fromAt) / DAY_MS;
        const lost = [4, 9, 16, 22].reduce((sum, one) => sum + ramp(day, one, one + 0.3), 0) / 4;
        return day > 18.4 && day < 19.2 ? null : 1 - (1 - remaining) * (0.9 * lost + (0.1 * day) / 28);
      }),
    ]);
  }
}

function health(now: number): Health {
  return {
    id: 'core',
    startedAt: now - 6 * HOUR_MS,
    version: '0.1.0',
    workspace: { name: 'ml-serving', path: '/srv/oncall/ml-serving', demo: true, problems: [] },
    blind: null,
    loopDelayP99Ms: 11.2,
    loopDelayMaxMs: 31,
    loopDelayMinuteP99Ms: 6.4,
    workers: ['log', 'metrics', 'query', 'slo', 'detect', 'scrape'].map((name, index) => ({
      name,
      condition: 'ok',
      restarts: index === 4 ? 1 : 0,
      pending: index,
      longestWaitMs: index === 0 ? null : 3 * index,
      lastProblem:
        index === 4 ? 'Ran out of memory on a window of 2 016 points; started again at 00:12 UTC.' : null,
    })),
    pollingLagMs: 18,
    missedTicks: 0,
    drops: [
      { reason: 'over the limit of series', count: 1_204 },
      { reason: 'twice for one instant', count: 36 },
      { reason: 'a time of its own more than 60 min before the scrape', count: 7 },
    ],
    logBytes: 4_210_688,
    metricBytes: 186_646_528,
    seriesCount: 2_014,
    notifierProblem: null,
  };
}

function services(): Service[] {
  const one = (id: string, tier: number, dependsOn: string[]): Service => ({
    id,
    title: id,
    owner: 'ml-platform',
    tier,
    dependsOn,
    links: {},
  });
  return [
    one('gateway', 1, ['ranking-model']),
    one('ranking-model', 1, ['feature-store', 'embedding']),
    one('feature-store', 2, []),
    one('embedding', 2, []),
    one('session-model', 3, []),
    one('fraud-model', 2, []),
  ];
}

function decided(p95Ms: number): SourceStatus['decisionDelay'] {
  return { p50Ms: p95Ms / 2, p95Ms, decisions: 21_600, freshness: 'real-time' };
}

/** A night's ledger: a sleep that was backfilled, an outage that goes on, a source that is new. */
function putWatched(state: FakeState, at: number): void {
  const hours = (count: number) => at - count * HOUR_MS;
  const gap = (fromAt: number, toAt: number, change: Partial<Unwatched>): Unwatched => ({
    fromAt,
    toAt,
    causes: ['asleep'],
    filledAt: null,
    ...change,
  });
  const sleep = gap(hours(20), hours(13), { filledAt: hours(12.9) });
  state.watched.push(
    { sourceId: 'prom-eu-west', recordedSinceAt: hours(400), unwatched: [sleep] },
    {
      sourceId: 'prom-us',
      recordedSinceAt: hours(400),
      unwatched: [sleep, gap(at - 12 * MINUTE_MS, at, { causes: ['failing'] })],
    },
    {
      sourceId: 'fleet',
      recordedSinceAt: hours(6),
      unwatched: [gap(hours(24), hours(6), { causes: ['unrecorded'] })],
    },
    { sourceId: 'prom-eu-north', recordedSinceAt: hours(400), unwatched: [] },
  );
}

function sources(now: number, oneDown: boolean): SourceStatus[] {
  const one = (id: string, over: Partial<SourceStatus> = {}): SourceStatus => ({
    id,
    kind: 'prometheus',
    address: `https://${id}.internal:9090`,
    condition: 'ok',
    sinceAt: now - 6 * HOUR_MS,
    lastOkAt: now - 800,
    lastTryAt: now - 800,
    nextTryAt: now + 200,
    latencyMs: 24,
    problem: null,
    pollEveryMs: 1_000,
    polls: 21_600,
    missedTicks: 0,
    seriesCount: 512,
    targets: [],
    sender: null,
    leftOut: [],
    decisionDelay: null,
    blinds: [],
    ...over,
  });
  return [
    one('prom-eu-west', { decisionDelay: decided(34) }),
    one('prom-eu-north', { latencyMs: 61, decisionDelay: decided(88) }),
    one('fleet', {
      kind: 'exposition',
      address: 'http://127.0.0.1:9100/metrics',
      targets: [{ id: '127.0.0.1:9100', up: true, lastOkAt: now - 500, problem: null }],
    }),
    ...(oneDown
      ? [
          one('prom-us', {
            condition: 'unreachable',
            sinceAt: now - 12 * MINUTE_MS,
            lastOkAt: now - 12 * MINUTE_MS,
            nextTryAt: now + 18_000,
            latencyMs: null,
            missedTicks: 3,
            blinds: ['session-latency'],
            problem:
              'prom-us.internal:9090 did not answer within 5 s. What reads from it is unwatched. Check the VPN, then press Try now.',
          }),
        ]
      : []),
  ];
}

function changes({ deployAt, now }: Story): ChangeEvent[] {
  return [
    {
      id: 'c1',
      at: deployAt,
      service: 'ranking-model',
      what: 'all 8 pods within 8 m; model-promoter, PR 3318',
      from: 'v41',
      to: 'v42',
    },
    {
      id: 'c0',
      at: now - 19 * DAY_MS,
      service: 'ranking-model',
      what: 'model-promoter',
      from: 'v40',
      to: 'v41',
    },
  ];
}

function detectors({ deployAt }: Story) {
  const detector = {
    id: 'feature-hits',
    title: 'feature-store hit ratio 98.1 % → 37.2 %',
    service: 'feature-store',
    source: 'prom-eu-west',
    query: 'feature_hit_ratio',
    unit: '%',
    algorithm: 'zscore' as const,
    window: 20,
    threshold: 3,
    persistence: { flagged: 3, of: 5 },
    rebaseAfter: 20,
    priority: 'P2' as const,
    definedAt: 'detectors/features.yaml:3',
  };
  const verdictAt = {
    labels: {},
    at: deployAt + MINUTE_MS,
    actual: 37.2,
    expected: 98.1,
    lower: 96,
    upper: 100,
    score: 41,
    flagged: true,
    anomalous: true,
    levelChange: false,
    reason: 'expected 98.1, bounds 96 to 100, z = 41',
  };
  const queue = { ...detector, id: 'gpu-queue', title: 'embedding GPU queue 6 → 156', service: 'embedding' };
  return [
    { detector, state: 'anomalous' as const, reason: '', evaluatedAt: deployAt, verdicts: [verdictAt] },
    {
      detector: queue,
      state: 'anomalous' as const,
      reason: '',
      evaluatedAt: deployAt,
      verdicts: [
        { ...verdictAt, at: deployAt + 3 * MINUTE_MS, reason: 'expected 6, bounds 0 to 14, z = 52' },
      ],
    },
  ];
}

import type { ObjectiveStatus, PolicyRow, WindowBurn } from '../../../shared/model/objective.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../shared/unit/time.ts';
import { seeded } from './curves.ts';

const WINDOWS_MS = [5 * MINUTE_MS, 30 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS, 3 * DAY_MS];

function rowsFor(target: number): PolicyRow[] {
  const row = (
    name: string,
    priority: PolicyRow['priority'],
    longMs: number,
    shortMs: number,
    budgetFraction: number,
  ): PolicyRow => {
    const threshold = (budgetFraction * 28 * DAY_MS) / longMs;
    const ceiling = 1 / (1 - target);
    const detect = (errors: number) => {
      const ms = ((threshold * (1 - target)) / errors) * longMs;
      return ms < longMs ? ms : null;
    };
    const leftOut = threshold > ceiling ? `${name} needs more than ${threshold.toFixed(2)}×.` : null;
    return {
      name,
      priority,
      longMs,
      shortMs,
      budgetFraction,
      threshold,
      raisedToOne: false,
      leftOut,
      detectionMs: { all: detect(1), tenth: detect(0.1), hundredth: detect(0.01) },
    };
  };
  return [
    row('page', 'P0', HOUR_MS, 5 * MINUTE_MS, 0.02),
    row('ticket', 'P1', 6 * HOUR_MS, 30 * MINUTE_MS, 0.05),
    row('notice', 'P2', 3 * DAY_MS, 6 * HOUR_MS, 0.1),
  ];
}

interface Spec {
  readonly id: string;
  readonly service: string;
  readonly kind: ObjectiveStatus['objective']['kind'];
  readonly target: number;
  readonly thresholdMs?: number;
  readonly state: ObjectiveStatus['state'];
  /** Burn over 5 m, 30 m, 1 h, 6 h, 3 d; null is no data. */
  readonly burn: readonly (number | null)[];
  readonly remaining: number | null;
  readonly exhaustionMs: number | null;
  readonly holding: string | null;
  readonly reason: string;
}

const SPECS: readonly Spec[] = [
  {
    id: 'ranking-latency',
    service: 'ranking-model',
    kind: 'latency',
    target: 0.99,
    thresholdMs: 100,
    state: 'burning',
    burn: [35.7, 29.4, 16.1, 3.9, 0.74],
    remaining: 0.596,
    exhaustionMs: 11 * HOUR_MS + 13 * MINUTE_MS,
    holding: 'page',
    reason: '42,896 of 120,000 over 100 ms in 5 m, 35.7 %, 35.7× budget; both windows over 13.44×.',
  },
  {
    id: 'gateway-availability',
    service: 'gateway',
    kind: 'availability',
    target: 0.9999,
    state: 'burning',
    burn: [34.6, 30.2, 15.2, 4.1, 0.69],
    remaining: 0.773,
    exhaustionMs: 15 * HOUR_MS,
    holding: 'page',
    reason: '415 of 120,000 failed in 5 m, 0.346 %, 34.6× budget.',
  },
  {
    id: 'ranking-accuracy',
    service: 'ranking-model',
    kind: 'accuracy',
    target: 0.9,
    state: 'burning',
    burn: [10, 9.8, 7.83, 1.31, 0.42],
    remaining: 0.426,
    exhaustionMs: 28 * HOUR_MS,
    holding: null,
    reason: 'Every slice since 01:28 is bad: the burn stands at its ceiling, 10×.',
  },
  {
    id: 'feature-store-latency',
    service: 'feature-store',
    kind: 'latency',
    target: 0.995,
    thresholdMs: 20,
    state: 'burning',
    burn: [1.4, 1.45, 1.48, 1.61, 1.12],
    remaining: 0.34,
    exhaustionMs: 6.8 * DAY_MS,
    holding: 'notice',
    reason: '0.56 % over 20 ms in 3 d, 1.12× budget; notice row 0.93×.',
  },
  {
    id: 'fraud-accuracy',
    service: 'fraud-model',
    kind: 'accuracy',
    target: 0.95,
    state: 'ok',
    burn: [0.6, 0.55, 0.52, 0.71, 0.83],
    remaining: 0.41,
    exhaustionMs: 19.1 * DAY_MS,
    holding: null,
    reason: 'Every window is under its row.',
  },
  {
    id: 'embedding-throughput',
    service: 'embedding',
    kind: 'throughput',
    target: 0.99,
    state: 'ok',
    burn: [0, 0, 0, 0.28, 0.64],
    remaining: 0.542,
    exhaustionMs: -1,
    holding: null,
    reason: 'Every window is under its row.',
  },
  {
    id: 'feature-store-availability',
    service: 'feature-store',
    kind: 'availability',
    target: 0.9995,
    state: 'ok',
    burn: [0.2, 0.14, 0.11, 0.3, 0.42],
    remaining: 0.88,
    exhaustionMs: 123 * DAY_MS,
    holding: null,
    reason: 'Every window is under its row.',
  },
  {
    id: 'embedding-gpu-availability',
    service: 'embedding',
    kind: 'availability',
    target: 0.995,
    state: 'no-data',
    burn: [null, null, null, null, null],
    remaining: 0.661,
    exhaustionMs: null,
    holding: null,
    reason: 'The series is gone since 00:31 UTC, after dcgm-exporter 3.3 → 4.0.',
  },
  {
    id: 'session-latency',
    service: 'session-model',
    kind: 'latency',
    target: 0.99,
    thresholdMs: 80,
    state: 'blind',
    burn: [null, null, null, 0.37, 0.45],
    remaining: 0.718,
    exhaustionMs: null,
    holding: null,
    reason: 'prom-us does not answer since 12 m.',
  },
];

/** Nine objectives of a fleet in trouble. */
export function fleetObjectives(now: number): ObjectiveStatus[] {
  return SPECS.map((spec, index) => statusOf(spec, index, now));
}

function statusOf(spec: Spec, index: number, now: number): ObjectiveStatus {
  const next = seeded(40 + index);
  const windows = WINDOWS_MS.map((windowMs, at): WindowBurn => {
    const burnRate = spec.burn[at] ?? null;
    const total = burnRate === null ? null : Math.round((windowMs / MINUTE_MS) * 24_000);
    const bad = burnRate === null || total === null ? null : burnRate * (1 - spec.target) * total;
    return { windowMs, bad, total, burnRate, seenFraction: 1, anchoredAt: null };
  });
  const lift = spec.burn[2] ?? 0;
  const trend = Array.from({ length: 96 }, (_, at) => {
    if (spec.state === 'no-data' && at > 89) return null;
    if (spec.state === 'blind' && at > 93) return null;
    const base = (spec.burn[4] ?? 0.5) * (0.7 + 0.6 * next());
    return lift > 3 && at > 91 ? (lift * (at - 91)) / 4 : base;
  });
  const { id, service, kind, target, state, reason, holding } = spec;
  return {
    objective: {
      id,
      title: id,
      service,
      source: state === 'blind' ? 'prom-us' : 'prom-eu-west',
      kind,
      target,
      indicator: { bad: `bad_total{service="${service}"}`, total: `requests_total{service="${service}"}` },
      ...(spec.thresholdMs === undefined ? {} : { thresholdMs: spec.thresholdMs }),
      periodMs: 28 * DAY_MS,
      policy: 'midwatch',
      definedAt: `slos/${id}.yaml:14`,
    },
    state,
    reason,
    evaluatedAt: state === 'blind' ? now - 12 * MINUTE_MS : now - 1_000,
    rows: rowsFor(target),
    windows,
    holding,
    heldBack: null,
    budgetConsumed: spec.remaining === null ? null : 1 - spec.remaining,
    budgetRemaining: spec.remaining,
    timeToExhaustionMs: spec.exhaustionMs,
    trend,
    trendStepMs: 15 * MINUTE_MS,
    pollErrorRate: (spec.burn[0] ?? 0) * (1 - target),
    pollTotal: 400,
  };
}

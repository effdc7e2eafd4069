import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { expositionText } from '../../../main/app/exposition-text.ts';
import { healthOf } from '../../../main/app/health.ts';
import { type OwnFacts, ownMetrics } from '../../../main/app/own-metrics.ts';
import { parseExposition } from '../../../main/source/exposition/parse.ts';
import { sourceOf } from '../../support/alerting.ts';
import { reportAt } from '../../support/window/fake-health.ts';

const AT = Date.UTC(2026, 10, 1);
const hostile = 'a "b"\\ \n{c="d"} 1';

function facts(change: Partial<OwnFacts> = {}): OwnFacts {
  const sources = [
    sourceOf('shop', {
      polls: 12,
      missedTicks: 3,
      latencyMs: 250,
      lastOkAt: AT,
      decisionDelay: { p50Ms: 5, p95Ms: 40, decisions: 11, freshness: 'real-time' },
      leftOut: [{ reason: 'also pushed', count: 4 }],
    }),
    sourceOf(hostile, { condition: 'unreachable', latencyMs: null }),
  ];
  const loop = {
    p99Ms: 2,
    maxMs: 9,
    sumMs: 1_500,
    count: 300,
    minute: { p50Ms: 0, p90Ms: 1, p99Ms: 2 },
  };
  return {
    host: 'node',
    sources,
    health: healthOf({
      startedAt: AT,
      version: '0.1.0',
      workspace: { name: 'shop', path: '/w', demo: false, problems: [] },
      sources,
      workers: [
        {
          name: 'slo',
          condition: 'dead',
          restarts: 2,
          pending: 5,
          longestWaitMs: 1_500,
          lastProblem: 'killed',
        },
      ],
      loop,
      pollingLagMs: null,
      drops: [{ reason: hostile, count: 7 }],
      logBytes: 1,
      metrics: { bytes: 2, series: 3 },
      notifierProblem: null,
      storeNotices: [],
      chainProblem: null,
    }),
    report: reportAt(AT),
    loop,
    samplesKept: 1_000,
    cpuSeconds: 1.5,
    openIncidents: 1,
    firingAlerts: 2,
    ...change,
  };
}

/** As Midwatch itself would scrape them. */
function read(text: string): Map<string, number> {
  const parsed = parseExposition(text, 'text');
  if (!parsed.ok) throw new Error(`line ${parsed.error.line}: ${parsed.error.message}`);
  return new Map(
    parsed.value.map(({ labels: { __name__: name = '', ...labels }, value }) => [
      Object.keys(labels).length === 0 ? name : `${name} ${JSON.stringify(labels)}`,
      value,
    ]),
  );
}

const promtool = spawnSync('promtool', ['--version']).error === undefined;
if (!promtool) console.log('Skipping "promtool finds no fault": promtool is not installed.');

describe('Midwatch’s own metrics', () => {
  it('say in base units what Health shows', () => {
    const seen = read(ownMetrics(facts()));
    expect(seen.get('midwatch_source_ticks_total {"source":"shop","kind":"prometheus"}')).toBe(12);
    expect(seen.get('midwatch_source_missed_ticks_total {"source":"shop","kind":"prometheus"}')).toBe(3);
    expect(seen.get('midwatch_source_latency_seconds {"source":"shop","kind":"prometheus"}')).toBe(0.25);
    expect(seen.get('midwatch_source_decision_delay_p95_seconds {"source":"shop","kind":"prometheus"}')).toBe(
      0.04,
    );
    expect(seen.get('midwatch_source_left_out_total {"source":"shop","reason":"also pushed"}')).toBe(4);
    expect(seen.get('midwatch_samples_stored_total')).toBe(1_000);
    expect(seen.get('midwatch_worker_up {"worker":"slo"}')).toBe(0);
    expect(seen.get('midwatch_worker_queue_length {"worker":"slo"}')).toBe(5);
    expect(seen.get('midwatch_worker_longest_wait_seconds {"worker":"slo"}')).toBe(1.5);
    expect(seen.get('midwatch_event_loop_delay_seconds {"quantile":"0.99"}')).toBe(0.002);
    expect(seen.get('midwatch_event_loop_delay_seconds_sum')).toBe(1.5);
    expect(seen.get('midwatch_event_loop_delay_seconds_count')).toBe(300);
    expect(seen.get('midwatch_store_bytes {"store":"metrics"}')).toBe(178 * 1024 * 1024);
    expect(seen.get('midwatch_store_full_timestamp_seconds')).toBe(AT / 1_000 + 35 * 86_400);
    expect(seen.get('midwatch_blind')).toBe(1);
    expect(seen.get('midwatch_alerts_firing')).toBe(2);
  });

  it('carry names and reasons that are hostile text as one value', () => {
    const seen = read(ownMetrics(facts()));
    expect(seen.get(`midwatch_drops_total ${JSON.stringify({ reason: hostile })}`)).toBe(7);
    expect(
      seen.get(`midwatch_source_watching ${JSON.stringify({ source: hostile, kind: 'prometheus' })}`),
    ).toBe(0);
  });

  it('leave out what is not known instead of calling it 0', () => {
    const text = ownMetrics(facts());
    expect(text).not.toContain('midwatch_polling_lag_seconds');
    expect(read(text).has(`midwatch_source_latency_seconds {"source":"x"}`)).toBe(false);
    const never = { ...reportAt(AT), receivers: null };
    const unknown = ownMetrics(
      facts({ report: { ...never, metrics: { ...never.metrics, fullAt: null, rawBytesPerDay: null } } }),
    );
    expect(unknown).not.toContain('full_timestamp');
    expect(unknown).not.toContain('kind="raw"} null');
    expect(unknown).not.toContain('receiver_');
  });

  it('still say who is down where the stores cannot be asked', () => {
    const seen = read(ownMetrics(facts({ report: null })));
    expect(seen.get('midwatch_worker_up {"worker":"slo"}')).toBe(0);
    expect(seen.has('midwatch_store_samples')).toBe(false);
  });

  it.skipIf(!promtool)('promtool finds no fault with them', () => {
    const checked = spawnSync('promtool', ['check', 'metrics'], { input: ownMetrics(facts()) });
    expect({ status: checked.status, said: checked.stderr.toString() }).toEqual({ status: 0, said: '' });
  });
});

describe('an exposition', () => {
  it('writes infinities, and no family that has no sample', () => {
    const one = (value: number | null) => ({
      name: 'm',
      help: 'h\\ \n',
      type: 'gauge' as const,
      samples: [{ value }],
    });
    expect(expositionText([one(Number.POSITIVE_INFINITY)])).toBe(
      '# HELP m h\\\\ \\n\n# TYPE m gauge\nm +Inf\n',
    );
    expect(expositionText([one(Number.NEGATIVE_INFINITY)])).toContain('m -Inf\n');
    expect(expositionText([one(null)])).toBe('');
  });
});

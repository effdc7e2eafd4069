import type { Health, HealthReport } from '../../shared/model/health.ts';
import { isWatching, SourceCondition, type SourceStatus } from '../../shared/model/source.ts';
import { SECOND_MS } from '../../shared/unit/time.ts';
import { expositionText, type MetricFamily, type MetricSample } from './exposition-text.ts';
import type { LoopDelayFigures } from './loop-delay.ts';

/** All that Midwatch tells another Prometheus of itself. */
export interface OwnFacts {
  readonly host: string;
  readonly health: Health;
  readonly sources: readonly SourceStatus[];
  /** Null where a store cannot be asked: then nothing is said of it. */
  readonly report: HealthReport | null;
  readonly loop: LoopDelayFigures;
  readonly samplesKept: number;
  readonly cpuSeconds: number;
  readonly openIncidents: number;
  readonly firingAlerts: number;
}

/**
 * Midwatch's own metrics as exposition. Names follow Prometheus' conventions: base units, `_total` for counters.
 * Source: https://prometheus.io/docs/practices/naming/
 */
export function ownMetrics(facts: OwnFacts): string {
  return expositionText([
    ...stateFamilies(facts),
    ...flowFamilies(facts),
    ...sourceStates(facts.sources),
    ...sourceDecisions(facts.sources),
    ...workerFamilies(facts),
    ...storeFamilies(facts),
    ...processFamilies(facts),
  ]);
}

function family(
  type: MetricFamily['type'],
  name: string,
  help: string,
  samples: readonly MetricSample[] | number | null,
): MetricFamily {
  return { type, name, help, samples: Array.isArray(samples) ? samples : [{ value: samples as number }] };
}

const seconds = (ms: number | null) => (ms === null ? null : ms / SECOND_MS);

function stateFamilies({ host, health, openIncidents, firingAlerts }: OwnFacts): MetricFamily[] {
  return [
    family('gauge', 'midwatch_build_info', 'Which Midwatch runs, and in which host. Always 1.', [
      { labels: { version: health.version, host }, value: 1 },
    ]),
    family('gauge', 'midwatch_start_time_seconds', 'When it was started.', seconds(health.startedAt)),
    family(
      'gauge',
      'midwatch_blind',
      '1 while it cannot watch: no source answers, a worker is down, or decisions reach nobody.',
      health.blind === null ? 0 : 1,
    ),
    family(
      'gauge',
      'midwatch_configuration_problems',
      'Problems of the workspace and its databases.',
      health.workspace.problems.length,
    ),
    family(
      'gauge',
      'midwatch_notifier_up',
      '0 while messages do not go out.',
      health.notifierProblem === null ? 1 : 0,
    ),
    family('gauge', 'midwatch_incidents_open', 'Incidents that are not closed.', openIncidents),
    family('gauge', 'midwatch_alerts_firing', 'Alerts that fire.', firingAlerts),
  ];
}

function flowFamilies({ health, samplesKept, loop }: OwnFacts): MetricFamily[] {
  const quantile = (name: string, ms: number | undefined): MetricSample => ({
    labels: { quantile: name },
    value: seconds(ms ?? null),
  });
  return [
    family('counter', 'midwatch_samples_stored_total', 'Samples that the store took.', samplesKept),
    family(
      'counter',
      'midwatch_drops_total',
      'What was received and not kept, by reason.',
      health.drops.map(({ reason, count }) => ({ labels: { reason }, value: count })),
    ),
    family(
      'gauge',
      'midwatch_polling_lag_seconds',
      'How late the latest polls began, the largest over all sources.',
      seconds(health.pollingLagMs),
    ),
    family(
      'summary',
      'midwatch_event_loop_delay_seconds',
      'How long the main thread kept others waiting; quantiles over the latest whole minute.',
      [
        quantile('0.5', loop.minute?.p50Ms),
        quantile('0.9', loop.minute?.p90Ms),
        quantile('0.99', loop.minute?.p99Ms),
        { suffix: '_sum', value: seconds(loop.sumMs) },
        { suffix: '_count', value: loop.count },
      ],
    ),
    family(
      'gauge',
      'midwatch_event_loop_delay_max_seconds',
      'The longest delay since the start.',
      seconds(loop.maxMs),
    ),
  ];
}

function ofEach(sources: readonly SourceStatus[]) {
  return (value: (source: SourceStatus) => number | null): MetricSample[] =>
    sources.map((source) => ({ labels: { source: source.id, kind: source.kind }, value: value(source) }));
}

function sourceStates(sources: readonly SourceStatus[]): MetricFamily[] {
  const each = ofEach(sources);
  return [
    family(
      'gauge',
      'midwatch_source_watching',
      '1 while what the source shows can be decided on.',
      each((one) => (isWatching(one.condition) ? 1 : 0)),
    ),
    family(
      'gauge',
      'midwatch_source_condition',
      '1 for the condition that the source is in.',
      sources.flatMap(({ id, condition }) =>
        SourceCondition.options.map((name) => ({
          labels: { source: id, condition: name },
          value: name === condition ? 1 : 0,
        })),
      ),
    ),
    family(
      'counter',
      'midwatch_source_ticks_total',
      'Polls that took place.',
      each((one) => one.polls),
    ),
    family(
      'counter',
      'midwatch_source_missed_ticks_total',
      'Polls that were due and did not take place.',
      each((one) => one.missedTicks),
    ),
    family(
      'gauge',
      'midwatch_source_latency_seconds',
      'How long the latest answer took.',
      each((one) => seconds(one.latencyMs)),
    ),
    family(
      'gauge',
      'midwatch_source_last_answer_timestamp_seconds',
      'When the source last answered as it should.',
      each((one) => seconds(one.lastOkAt)),
    ),
    family(
      'gauge',
      'midwatch_source_series',
      'Series of the source.',
      each((one) => one.seriesCount),
    ),
  ];
}

function sourceDecisions(sources: readonly SourceStatus[]): MetricFamily[] {
  const each = ofEach(sources);
  return [
    family(
      'gauge',
      'midwatch_source_decision_delay_p95_seconds',
      'From the receipt of a sample to the decision that rests on it, 95th percentile of the latest 256.',
      each((one) => seconds(one.decisionDelay?.p95Ms ?? null)),
    ),
    family(
      'counter',
      'midwatch_source_decisions_total',
      'Decisions that rested on the source.',
      each((one) => one.decisionDelay?.decisions ?? 0),
    ),
    family(
      'counter',
      'midwatch_source_left_out_total',
      'Samples of the source that were not kept, by reason.',
      sources.flatMap(({ id, leftOut }) =>
        leftOut.map(({ reason, count }) => ({ labels: { source: id, reason }, value: count })),
      ),
    ),
  ];
}

function workerFamilies({ health, report }: OwnFacts): MetricFamily[] {
  const each = (value: (worker: Health['workers'][number]) => number | null): MetricSample[] =>
    health.workers.map((worker) => ({ labels: { worker: worker.name }, value: value(worker) }));
  return [
    family(
      'gauge',
      'midwatch_worker_up',
      '0 while the thread is down.',
      each((one) => (one.condition === 'dead' ? 0 : 1)),
    ),
    family(
      'counter',
      'midwatch_worker_restarts_total',
      'How often the thread was started again.',
      each((one) => one.restarts),
    ),
    family(
      'gauge',
      'midwatch_worker_queue_length',
      'Calls that wait for their answer.',
      each((one) => one.pending),
    ),
    family(
      'gauge',
      'midwatch_worker_longest_wait_seconds',
      'How long the oldest of them has waited.',
      each((one) => seconds(one.longestWaitMs ?? 0)),
    ),
    family(
      'gauge',
      'midwatch_thread_heap_bytes',
      'Heap in use, by thread.',
      (report?.memory.threads ?? []).map(({ name, usedBytes }) => ({
        labels: { thread: name },
        value: usedBytes,
      })),
    ),
    family(
      'gauge',
      'midwatch_receiver_queue_length',
      'Received requests that wait to be stored.',
      report?.receivers?.waiting ?? null,
    ),
    family(
      'counter',
      'midwatch_receiver_refused_requests_total',
      'Requests that the receivers refused.',
      report?.receivers?.refusedRequests ?? null,
    ),
  ];
}

function storeFamilies({ report }: OwnFacts): MetricFamily[] {
  if (!report) return [];
  const { metrics, spans, log } = report;
  return [
    family('gauge', 'midwatch_store_bytes', 'Bytes of each database that are in use.', [
      { labels: { store: 'metrics' }, value: metrics.bytes },
      { labels: { store: 'traces' }, value: spans.bytes },
      { labels: { store: 'log' }, value: log.bytes },
    ]),
    family('gauge', 'midwatch_store_limit_bytes', 'Over this, the oldest gives way.', [
      { labels: { store: 'metrics' }, value: metrics.bytesMax },
      { labels: { store: 'traces' }, value: spans.bytesMax },
    ]),
    family('gauge', 'midwatch_store_metrics_bytes', 'What the metric store holds, by kind.', [
      { labels: { kind: 'raw' }, value: metrics.rawBytes },
      { labels: { kind: 'rollup' }, value: metrics.rollupBytes },
      { labels: { kind: 'waiting' }, value: metrics.waitingBytes },
    ]),
    family('gauge', 'midwatch_store_growth_bytes_per_day', 'Written per day, by kind.', [
      { labels: { kind: 'raw' }, value: metrics.rawBytesPerDay },
      { labels: { kind: 'rollup' }, value: metrics.rollupBytesPerDay },
    ]),
    family(
      'gauge',
      'midwatch_store_full_timestamp_seconds',
      'When the metric store is full at this rate; absent where it never is, or is not known yet.',
      seconds(metrics.fullAt),
    ),
    family('gauge', 'midwatch_store_series', 'Series in the metric store.', metrics.series),
    family('gauge', 'midwatch_store_series_limit', 'More series are refused by name.', metrics.seriesMax),
    family('gauge', 'midwatch_store_samples', 'Raw samples in the metric store.', metrics.samples),
    family('gauge', 'midwatch_store_spans', 'Spans that are kept.', spans.spans),
  ];
}

function processFamilies({ cpuSeconds, health, report }: OwnFacts): MetricFamily[] {
  return [
    family('counter', 'process_cpu_seconds_total', 'User and system time of the process.', cpuSeconds),
    family(
      'gauge',
      'process_resident_memory_bytes',
      'Memory of the process, shared pages in full.',
      report?.memory.residentBytes ?? null,
    ),
    family(
      'gauge',
      'midwatch_proportional_memory_bytes',
      'Memory of the process, shared pages in part (Linux).',
      report?.memory.proportionalBytes ?? null,
    ),
    family('gauge', 'process_start_time_seconds', 'When the process began.', seconds(health.startedAt)),
  ];
}

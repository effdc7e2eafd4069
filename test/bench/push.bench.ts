import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Incident } from '../../shared/model/incident.ts';
import type { SourceStatus } from '../../shared/model/source.ts';
import { startTestCore, type TestCore } from '../support/core.ts';
import type { Benchmark, Figure, Measured, Options } from './support/benchmark.ts';

/** The promise: from a pushed sample to its incident, and to the decision that rests on it while samples keep coming. */
const INCIDENT_P95_MAX_MS = 250;
const DECISION_MAX_MS = 1_000;
const TOKEN = 'a-token-for-one-benchmark-only';
const WAIT_MS = 15_000;

export const benchmark: Benchmark = {
  about: 'a pushed sample until its incident stands, over real HTTP, threads and databases',
  options: {
    rounds: { kind: 'number', about: 'samples that cross a threshold', default: 20, min: 5, max: 500 },
    series: {
      kind: 'number',
      about: 'series that are pushed each second beside',
      default: 2_000,
      min: 0,
      max: 100_000,
    },
  },
  run,
};

async function run(options: Options, say: (text: string) => void): Promise<Measured> {
  const folder = writeWorkspace();
  const core = await startTestCore({ workspace: folder });
  try {
    const address = await until(() => sourceOf(core)?.address || undefined);
    const sender = pushTo(address);
    await sender(gauges('queue_length', [['quiet', 1]]));
    const rounds = options.number('rounds');
    say(`${rounds} incidents while nothing else comes`);
    const quiet = await measure(core, sender, rounds, 'quiet');
    say(`${rounds} incidents among ${options.number('series')} series each second`);
    const background = startBackground(sender, options.number('series'));
    const busy = await measure(core, sender, rounds, 'busy');
    background.stop();
    const delay = sourceOf(core)?.decisionDelay;
    return {
      figures: [
        figure(
          'quietIncidentP50Ms',
          'after a pause: sample to incident, p50',
          quantile(quiet.incidents, 0.5),
        ),
        {
          ...figure(
            'quietIncidentP95Ms',
            'after a pause: sample to incident, p95',
            quantile(quiet.incidents, 0.95),
          ),
          atMost: INCIDENT_P95_MAX_MS,
        },
        figure('busyIncidentP50Ms', 'in a stream: sample to incident, p50', quantile(busy.incidents, 0.5)),
        {
          ...figure(
            'busyIncidentP95Ms',
            'in a stream: sample to incident, p95',
            quantile(busy.incidents, 0.95),
          ),
          atMost: DECISION_MAX_MS,
        },
        figure('answerP95Ms', 'sample to answer, p95', quantile([...quiet.answers, ...busy.answers], 0.95)),
        {
          ...figure('decisionP95Ms', 'received to decision, p95', delay?.p95Ms ?? null),
          atMost: DECISION_MAX_MS,
        },
      ],
      notes: [
        `${delay?.decisions ?? 0} requests decided on, freshness ${delay?.freshness ?? 'unknown'}; in a stream the rules are evaluated once a second (evaluate_every), and a sample waits for that.`,
      ],
    };
  } finally {
    await core.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(
  core: TestCore,
  send: (body: object) => Promise<void>,
  rounds: number,
  kind: string,
): Promise<{ incidents: number[]; answers: number[] }> {
  const incidents: number[] = [];
  const answers: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    // Longer than evaluate_every, and never in step with it.
    await sleep(1_100 + ((round * 137) % 400));
    const service = `${kind}-${round}`;
    const beganAt = performance.now();
    const stands = until(() => incidentOf(core, service));
    await send(gauges('queue_length', [[service, 500]]));
    answers.push(performance.now() - beganAt);
    await stands;
    incidents.push(performance.now() - beganAt);
  }
  return { incidents, answers };
}

function figure(name: string, label: string, value: number | null): Figure {
  return { name, label, value, unit: 'ms' };
}

function writeWorkspace(): string {
  process.env.MIDWATCH_BENCH_PUSH_TOKEN = TOKEN;
  const folder = mkdtempSync(join(tmpdir(), 'midwatch-push-bench-'));
  mkdirSync(join(folder, 'alerts'));
  writeFileSync(
    join(folder, 'midwatch.yaml'),
    `name: pushed
receive: { port: 0 }
sources:
  - { id: orders, kind: push, token: env:MIDWATCH_BENCH_PUSH_TOKEN, expect_every: 15s, series_limit: 200000 }
`,
  );
  writeFileSync(
    join(folder, 'alerts', 'queue.yaml'),
    `groups:
  - name: queue
    rules:
      - { alert: QueueLong, expr: queue_length > 100, labels: { priority: P0 } }
`,
  );
  return folder;
}

function sourceOf(core: TestCore): SourceStatus | undefined {
  return core.app.hub.get('sources').find((one) => one.id === 'orders');
}

function incidentOf(core: TestCore, service: string): Incident | undefined {
  return core.app.hub.get('incidents').find((one) => one.services.includes(service));
}

/** Looks each millisecond, which is what the figures are good for. */
async function until<T>(look: () => T | undefined): Promise<T> {
  const limitAt = performance.now() + WAIT_MS;
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    if (performance.now() > limitAt) throw new Error('It did not come within 15 s.');
    await sleep(1);
  }
}

function pushTo(address: string) {
  return async (body: object) => {
    const answer = await fetch(`${address}/v1/metrics`, {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`The receiver answered ${answer.status}: ${await answer.text()}`);
    await answer.arrayBuffer();
  };
}

function gauges(name: string, values: readonly (readonly [service: string, value: number])[]) {
  const timeUnixNano = `${Date.now()}000000`;
  const dataPoints = values.map(([service, asDouble]) => ({
    timeUnixNano,
    asDouble,
    attributes: [{ key: 'service', value: { stringValue: service } }],
  }));
  return { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name, gauge: { dataPoints } }] }] }] };
}

function startBackground(send: (body: object) => Promise<void>, series: number) {
  let stopped = false;
  const ended = (async () => {
    while (!stopped && series > 0) {
      await send(
        gauges(
          'other',
          Array.from({ length: series }, (_, i) => [`other-${i}`, Math.sin(i)] as const),
        ),
      );
      await sleep(1_000);
    }
  })();
  return {
    stop() {
      stopped = true;
      ended.catch((thrown: unknown) => console.error(thrown));
    },
  };
}

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

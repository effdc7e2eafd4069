import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Benchmark, Figure, Measured, Options } from './support/benchmark.ts';
import { launchAddress, openWindow, prepareCore, startCore } from './support/core-process.ts';
import { type MeasuredProcess, startMeasured, threadCpu } from './support/measured-process.ts';
import { memoryParts } from './support/memory-parts.ts';

/** 150 MB. */
const PSS_MAX_MIB = 150e6 / 2 ** 20;
const CPU_MAX_PERCENT = 1;
const POLL_S = 15;
const READINGS = 5;
/** The engine compiles what it runs and threads that the start needed end: neither is idling. */
const WARM_UP_S = 75;

export const benchmark: Benchmark = {
  about:
    'the core in the Node host while it watches many sources and nothing happens: processor and memory (PSS)',
  options: {
    sources: {
      kind: 'number',
      about: 'Prometheus sources, polled every 15 s',
      default: 50,
      min: 1,
      max: 500,
    },
    seconds: { kind: 'number', about: 'measured after the warm-up', default: 120, min: 5, max: 3_600 },
    'warm-up': { kind: 'number', about: 'seconds before it', default: WARM_UP_S, min: 5, max: 3_600 },
    source: { kind: 'flag', about: 'runs the sources instead of the bundles' },
  },
  run,
};

async function run(options: Options, say: (text: string) => void): Promise<Measured> {
  const fromSource = options.flag('source');
  await prepareCore(fromSource);
  const folder = mkdtempSync(join(tmpdir(), 'midwatch-bench-'));
  const backend = startMeasured({ args: [join(import.meta.dirname, 'support', 'many-sources.main.ts')] });
  try {
    const [{ port }] = (await once(backend.child, 'message')) as [{ port: number }];
    const workspace = join(folder, 'workspace');
    writeWorkspace(workspace, options.number('sources'), `http://127.0.0.1:${port}`);
    const command = ['serve', workspace, '--no-open', '--port', '0', '--data', join(folder, 'data')];
    const core = startCore({ fromSource, command });
    try {
      await launchAddress(core);
      say(`warming up for ${options.number('warm-up')} s`);
      await sleep(options.number('warm-up') * 1_000);
      say(`watched for ${options.number('seconds')} s`);
      return await measure(core, backend, options);
    } finally {
      await core.end();
    }
  } finally {
    await backend.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(core: MeasuredProcess, backend: MeasuredProcess, options: Options): Promise<Measured> {
  const seconds = options.number('seconds');
  const queriesBefore = await queriesOf(backend);
  const cpuBefore = core.cpuSeconds();
  const threadsBefore = threadCpu(core.child.pid ?? 0);
  await sleep(seconds * 1_000);
  const cpu = core.cpuSeconds();
  const threads = threadCpu(core.child.pid ?? 0);
  const polls = (options.number('sources') * seconds) / POLL_S;
  const queries = ((await queriesOf(backend)) - queriesBefore) / polls;
  const readings: number[] = [];
  for (let reading = 0; reading < READINGS; reading += 1) {
    readings.push(core.pssMiB() ?? Number.NaN);
    await sleep(500);
  }
  const pssMiB = readings.toSorted((a, b) => a - b)[READINGS >> 1] ?? null;
  const parts = memoryParts(core.child.pid ?? 0);
  const percent = cpu === null || cpuBefore === null ? null : (100 * (cpu - cpuBefore)) / seconds;
  const busiest = [...threads]
    .map(([name, used]) => ({ name, percent: (100 * (used - (threadsBefore.get(name) ?? 0))) / seconds }))
    .filter((one) => one.percent >= 0.01)
    .sort((a, b) => b.percent - a.percent)
    .map((one) => `${one.name} ${one.percent.toFixed(2)} %`);
  const window = await openWindow(core);
  const { memory } = await window.call.health.report();
  await window.close();
  const figures: Figure[] = [
    { name: 'pssMiB', label: 'core, PSS', value: pssMiB, unit: 'MiB', atMost: PSS_MAX_MIB },
    ...parts.map(({ name, label, mib }) => ({ name, label: `  ${label}`, value: mib, unit: 'MiB' })),
    ...memory.threads.map(({ name, usedBytes, totalBytes }) => ({
      name: `${name}HeapMiB`,
      label: `  heap of ${name} (${(usedBytes / 2 ** 20).toFixed(0)} MiB in use)`,
      value: totalBytes / 2 ** 20,
      unit: 'MiB',
    })),
    { name: 'cpuPercent', label: 'processor, of a core', value: percent, unit: '%', atMost: CPU_MAX_PERCENT },
    { name: 'queriesPerPoll', label: 'queries a source and poll', value: queries, unit: '' },
    { name: 'threads', label: 'threads', value: [...threads.keys()].length, unit: 'names' },
  ];
  return { figures, notes: [`By thread: ${busiest.join(', ')}.`] };
}

async function queriesOf(backend: MeasuredProcess): Promise<number> {
  const answer = once(backend.child, 'message') as Promise<[{ queries: number }]>;
  backend.child.send('queries');
  return (await answer)[0].queries;
}

/** Two rules a source, which are two queries at each poll. */
function writeWorkspace(folder: string, count: number, address: string): void {
  mkdirSync(join(folder, 'alerts'), { recursive: true });
  const ids = Array.from({ length: count }, (_, index) => `prom-${index + 1}`);
  const sources = ids.map((id) => ({
    id,
    kind: 'prometheus',
    url: `${address}/${id}`,
    poll_every: `${POLL_S}s`,
  }));
  const groups = ids.map((id) => ({ name: id, rules: rulesOf(id) }));
  // JSON is YAML.
  writeFileSync(join(folder, 'midwatch.yaml'), JSON.stringify({ name: 'idle', sources }));
  writeFileSync(join(folder, 'services.yaml'), JSON.stringify({ services: [{ id: 'shop', tier: 2 }] }));
  writeFileSync(join(folder, 'alerts', 'idle.yaml'), JSON.stringify({ groups }));
}

function rulesOf(source: string) {
  const rule = (alert: string, expr: string) => ({
    alert: `${alert} of ${source}`,
    expr,
    labels: { priority: 'P2', service: 'shop' },
    annotations: { source },
  });
  return [
    rule('Failures', 'sum by (instance) (rate(http_requests_total{code=~"5.."}[5m])) > 0.5'),
    rule(
      'Latency',
      'histogram_quantile(0.99, sum by (le, instance) (rate(http_request_duration_seconds_bucket[5m]))) > 1',
    ),
  ];
}

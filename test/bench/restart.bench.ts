import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'vite';
import { compress, HEADERS_1, type SentSeries, writeRequest } from '../support/remote-write.ts';
import { startRemoteWriteTarget } from '../support/remote-write-target.ts';
import { missingSenders } from '../support/remote-writing-prometheus.ts';
import { type Benchmark, type Measured, type Options, UsageError } from './support/benchmark.ts';
import { makeSamples, STEP_MS } from './support/made-samples.ts';

const HEAD_STEPS = (2 * 3_600_000) / STEP_MS;

export const benchmark: Benchmark = {
  about:
    'kill -9 with thirty days of samples: the first answer after it, beside Prometheus replaying its log of the same head',
  options: {
    series: { kind: 'number', about: 'series', default: 8_000, min: 20, max: 50_000 },
    runs: { kind: 'number', about: 'restarts; the median counts', default: 5, min: 1, max: 50 },
  },
  run,
};

interface Answer {
  readonly series: number;
  readonly samples: number;
  readonly notice: string | null;
  readonly openMs: number;
  readonly answerMs: number;
  readonly cpuMs: number;
  readonly wallMs: number;
}

async function run(options: Options, say: (text: string) => void): Promise<Measured> {
  const missing = missingSenders('prometheus');
  if (missing) throw new UsageError(`This needs a real Prometheus (${missing}).`);
  const series = options.number('series');
  const headFromAt = Math.floor((Date.now() - 2.5 * 3_600_000) / STEP_MS) * STEP_MS;
  const folder = mkdtempSync(join(tmpdir(), 'midwatch-restart-'));
  try {
    const path = join(folder, 'metrics.db');
    say(`filling a store with thirty days and a head of ${series * HEAD_STEPS} samples`);
    const entry = await bundled();
    const answers: Answer[] = [];
    for (let i = 0; i < options.number('runs'); i += 1) {
      if (i === 0) await killedAfterFill(path, [String(series), String(options.seed), String(headFromAt)]);
      answers.push(await firstAnswer(entry, path));
    }
    say('the same head into Prometheus');
    const { wallMs: replayMs, cpuMs: replayCpuMs } = await prometheusReplay(
      options.seed,
      series,
      headFromAt,
      options.number('runs'),
    );
    const wallMs = median(answers.map((one) => one.wallMs));
    const [first] = answers;
    return {
      figures: [
        { name: 'samples', label: 'samples in the store', value: first?.samples ?? null, unit: '' },
        { name: 'fileMB', label: 'metrics.db', value: statSync(path).size / 1e6, unit: 'MB' },
        {
          name: 'unanswered',
          label: 'restarts without an answer',
          value: answers.filter((one) => one.series === 0 || one.notice !== null).length,
          unit: '',
          atMost: 0,
        },
        {
          name: 'afterKillMs',
          label: 'first answer right after the kill',
          value: first?.wallMs ?? null,
          unit: 'ms',
          atMost: 1_000,
        },
        {
          name: 'answerMs',
          label: 'start of the process to the first answer',
          value: wallMs,
          unit: 'ms',
          atMost: 1_000,
        },
        {
          name: 'openMs',
          label: '  of it opening the store to write',
          value: median(answers.map((one) => one.openMs)),
          unit: 'ms',
        },
        {
          name: 'readMs',
          label: '  of it reading',
          value: median(answers.map((one) => one.answerMs)),
          unit: 'ms',
        },
        { name: 'prometheusMs', label: 'Prometheus: start to the first answer', value: replayMs, unit: 'ms' },
        { name: 'ratio', label: '  to it', value: wallMs / replayMs, unit: '×', atMost: 0.2 },
        {
          name: 'cpuMs',
          label: 'processor time to the first answer',
          value: median(answers.map((one) => one.cpuMs)),
          unit: 'ms',
        },
        { name: 'prometheusCpuMs', label: '  of Prometheus', value: replayCpuMs, unit: 'ms' },
      ],
      notes: [
        'Both are killed with SIGKILL after they answered for all samples, and started over the same files.',
        'Here: thirty days at 5 min (of 2 000 series at most) and two hours at 15 s. Prometheus: the two hours alone, in no block yet.',
      ],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

function entryOf(name: string): string {
  return new URL(`./support/${name}.main.ts`, import.meta.url).pathname;
}

/** One file, as the product is built: reading a hundred source files is no part of a restart. */
async function bundled(): Promise<string> {
  const outDir = new URL('../../out/bench/', import.meta.url).pathname;
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: entryOf('store-answer'),
      outDir,
      emptyOutDir: true,
      rolldownOptions: { external: ['better-sqlite3'], output: { entryFileNames: 'store-answer.mjs' } },
    },
    ssr: { noExternal: true, external: ['better-sqlite3'] },
  });
  return join(outDir, 'store-answer.mjs');
}

function start(entry: string, args: readonly string[]) {
  return spawn(process.execPath, [entry, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function killedAfterFill(path: string, args: readonly string[]): Promise<void> {
  const child = start(entryOf('store-fill'), [path, ...args]);
  const exited = once(child, 'exit');
  const said = once(createInterface({ input: child.stdout }), 'line');
  await Promise.race([
    said,
    exited.then(() => {
      throw new Error('The store could not be filled.');
    }),
  ]);
  // It appends meanwhile.
  await new Promise((resolve) => setTimeout(resolve, 500));
  child.kill('SIGKILL');
  await exited;
}

async function firstAnswer(entry: string, path: string): Promise<Answer> {
  const beganAt = performance.now();
  const child = start(entry, [path]);
  const exited = once(child, 'exit');
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const wallMs = performance.now() - beganAt;
  await exited;
  return { ...(JSON.parse(String(line)) as Omit<Answer, 'wallMs'>), wallMs };
}

async function prometheusReplay(
  seed: number,
  count: number,
  headFromAt: number,
  runs: number,
): Promise<{ wallMs: number; cpuMs: number }> {
  const { times, series } = makeSamples(seed, count, headFromAt, HEAD_STEPS);
  const labels = series.map((one) =>
    Object.entries({ __name__: one.name, ...one.labels }).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
  let target = await startRemoteWriteTarget();
  for (const [step, at] of times.entries()) {
    const all = series.map(
      ({ values }, i): SentSeries => ({ labels: labels[i] ?? [], samples: [[values[step] ?? 0, at]] }),
    );
    const answer = await fetch(`${target.url}/api/v1/write`, {
      method: 'POST',
      headers: HEADERS_1,
      body: compress(writeRequest(all)) as Uint8Array<ArrayBuffer>,
    });
    if (!answer.ok) throw new Error(`Prometheus answered ${answer.status}: ${await answer.text()}`);
  }
  const took: number[] = [];
  const cpu: number[] = [];
  for (let i = 0; i < runs; i += 1) {
    await target.kill();
    const beganAt = performance.now();
    target = await startRemoteWriteTarget(target.folder);
    const query = new URLSearchParams({
      query: 'count(made_events_total_0)',
      time: String((times.at(-1) ?? 0) / 1_000),
    });
    const answer = await fetch(`${target.url}/api/v1/query?${query}`);
    await answer.text();
    took.push(performance.now() - beganAt);
    cpu.push(target.cpuSeconds() * 1_000);
  }
  await target.stop();
  return { wallMs: median(took), cpuMs: median(cpu) };
}

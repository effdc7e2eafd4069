import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WindowClient } from '../../main/host/node/index.ts';
import type { SourceStatus } from '../../shared/model/source.ts';
import { answerBackends } from '../support/bad-backend/answer.ts';
import { type BadBackend, ruleOf, sourceOf, startBackend } from '../support/bad-backend/backend.ts';
import { bodyBackends } from '../support/bad-backend/body.ts';
import { connectionBackends } from '../support/bad-backend/connection.ts';
import { statusBackends } from '../support/bad-backend/status.ts';
import { type Certificates, makeCertificates } from '../support/certificates.ts';
import type { Benchmark, Measured, Options } from './support/benchmark.ts';
import { openWindow, prepareCore, startCore } from './support/core-process.ts';
import { type MeasuredProcess, startMeasured } from './support/measured-process.ts';

/** The promise: a bad source costs the others a tenth at most. */
const RATIO_MAX = 1.1;
const WELL_EVERY = '200ms';
const BAD_EVERY = '1s';
/** Over the ratio, a backend is measured again: noise of the machine is not there three times. */
const ATTEMPTS = 3;
const SHOWN_MS = 30_000;

const all: readonly BadBackend[] = [
  ...connectionBackends,
  ...statusBackends,
  ...bodyBackends,
  ...answerBackends,
];

export const benchmark: Benchmark = {
  about: 'a healthy source beside each bad backend: from due to answered, with the bad one and without',
  options: {
    seconds: { kind: 'number', about: 'each time is measured', default: 4, min: 2, max: 120 },
    backends: {
      kind: 'number',
      about: 'of the table, from its top',
      default: all.length,
      min: 1,
      max: all.length,
    },
    source: { kind: 'flag', about: 'runs the sources instead of the bundles' },
  },
  run,
};

interface Row {
  readonly name: string;
  readonly shown: string;
  readonly withoutMs: number;
  readonly withMs: number;
  readonly missed: number;
}

async function run(options: Options, say: (text: string) => void): Promise<Measured> {
  await prepareCore(options.flag('source'));
  const made = makeCertificates();
  const folder = mkdtempSync(join(tmpdir(), 'midwatch-backends-bench-'));
  const ends: (() => Promise<void>)[] = [async () => rmSync(folder, { recursive: true, force: true })];
  try {
    const well = startMeasured({ args: [join(import.meta.dirname, 'support', 'well-source.main.ts')] });
    ends.push(() => well.end());
    const [{ port }] = (await once(well.child, 'message')) as [{ port: number }];
    const scene: Scene = {
      workspace: workspaceIn(join(folder, 'workspace'), made, `http://127.0.0.1:${port}`),
      made,
      seconds: options.number('seconds'),
      samples: { with: [], without: [] },
    };
    scene.workspace.write(null);
    const core = startCore({
      fromSource: options.flag('source'),
      command: ['serve', join(folder, 'workspace'), '--port', '0', '--data', join(folder, 'data')],
    });
    ends.push(() => core.end());
    const window = await openWindow(core);
    ends.push(() => window.close());
    return await measureAll({ ...scene, window, core }, all.slice(0, options.number('backends')), say);
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

interface Scene {
  readonly workspace: ReturnType<typeof workspaceIn>;
  readonly made: Certificates;
  readonly seconds: number;
  readonly samples: { readonly with: number[]; readonly without: number[] };
}

interface RunningScene extends Scene {
  readonly window: WindowClient;
  readonly core: MeasuredProcess;
}

async function measureAll(
  scene: RunningScene,
  backends: readonly BadBackend[],
  say: (text: string) => void,
): Promise<Measured> {
  const watch = watchSources(scene.window);
  // The engine compiles what it runs; what is measured first must not pay for all.
  await watch.over(5_000);
  const beforeMiB = scene.core.pssMiB();
  let peakMiB = beforeMiB;
  const rows: Row[] = [];
  for (const backend of backends) {
    let row = await measureOne(scene, watch, backend);
    for (let i = 1; i < ATTEMPTS && (ratioOf(row) > RATIO_MAX || row.missed > 0); i += 1)
      row = await measureOne(scene, watch, backend);
    peakMiB = Math.max(peakMiB ?? 0, scene.core.pssMiB() ?? 0);
    rows.push(row);
    say(line(row));
  }
  watch.end();
  const pooled = (share: number) =>
    quantile(scene.samples.with, share) / quantile(scene.samples.without, share);
  const wrong = rows.filter((row) => row.shown !== 'as it must').map((row) => row.name);
  return {
    figures: [
      { name: 'backends', label: 'bad backends', value: rows.length, unit: '' },
      {
        name: 'wrongShown',
        label: '  of them not shown as they must be',
        value: wrong.length,
        unit: '',
        atMost: 0,
      },
      {
        name: 'p50Ms',
        label: 'healthy source alone: due to answered, p50',
        value: quantile(scene.samples.without, 0.5),
        unit: 'ms',
      },
      {
        name: 'p50Ratio',
        label: '  beside the bad ones, p50',
        value: pooled(0.5),
        unit: '×',
        atMost: RATIO_MAX,
      },
      {
        name: 'p95Ratio',
        label: '  beside the bad ones, p95',
        value: pooled(0.95),
        unit: '×',
      },
      {
        name: 'worstP50Ratio',
        label: '  beside the worst of them, p50',
        value: Math.max(...rows.map(ratioOf)),
        unit: '×',
        atMost: RATIO_MAX,
      },
      {
        name: 'missedTicks',
        label: 'polls of the healthy source that were missed',
        value: rows.reduce((sum, row) => sum + row.missed, 0),
        unit: '',
        atMost: 0,
      },
      {
        name: 'growthMB',
        label: "growth of the core's memory (PSS)",
        value: beforeMiB === null || peakMiB === null ? null : (peakMiB - beforeMiB) * 1.048576,
        unit: 'MB',
      },
    ],
    notes: [
      `The healthy one answers after 50 ms and is polled each ${WELL_EVERY}; each bad one each ${BAD_EVERY}, one after the other in one core.`,
      ...(wrong.length > 0 ? [`Not shown as they must be: ${wrong.join(', ')}`] : []),
    ],
  };
}

async function measureOne(scene: RunningScene, watch: Watch, backend: BadBackend): Promise<Row> {
  const { workspace, window, made } = scene;
  const durationMs = scene.seconds * 1_000;
  const started = await startBackend(backend, made);
  try {
    const before = await watch.over(durationMs / 2);
    workspace.write({ backend, url: started.url });
    const shown = await window
      .until(
        'sources',
        SHOWN_MS,
        'not shown',
        (one) => one.id === 'bad' && one.polls > 0 && fits(one, backend),
      )
      .then(
        () => 'as it must',
        () => 'otherwise',
      );
    const during = await watch.over(durationMs);
    workspace.write(null);
    await watch.gone('bad');
    const after = await watch.over(durationMs / 2);
    const without = [...before.delays, ...after.delays];
    scene.samples.with.push(...during.delays);
    scene.samples.without.push(...without);
    return {
      name: backend.name,
      shown,
      withoutMs: quantile(without, 0.5),
      withMs: quantile(during.delays, 0.5),
      missed: during.missed,
    };
  } finally {
    await started.close();
  }
}

function fits(status: SourceStatus, { shows }: BadBackend): boolean {
  if (status.condition !== shows.condition) return false;
  return (shows.problem ?? []).every((part) => status.problem?.includes(part));
}

function line(row: Row): string {
  const ms = (value: number) => value.toFixed(1).padStart(6);
  return `${row.name.padEnd(44)} ${ms(row.withoutMs)} ms alone ${ms(row.withMs)} ms beside it  ${ratioOf(row).toFixed(2)} ×  missed ${row.missed}  shown ${row.shown}`;
}

function ratioOf(row: Row): number {
  return row.withMs / row.withoutMs;
}

function workspaceIn(folder: string, made: Certificates, wellUrl: string) {
  mkdirSync(join(folder, 'alerts'), { recursive: true });
  writeFileSync(join(folder, 'ca.pem'), made.ca, { mode: 0o600 });
  const well = sourceOf({ kind: 'prometheus' }, 'well', wellUrl, WELL_EVERY);
  return {
    /** Takes over a workspace with the bad source beside the healthy one, or with the healthy one alone. */
    write(bad: { readonly backend: BadBackend; readonly url: string } | null) {
      const sources = bad ? [well, sourceOf(bad.backend, 'bad', bad.url, BAD_EVERY)] : [well];
      const rules = bad?.backend.kind === 'prometheus' ? [ruleOf('bad')] : [];
      // JSON is YAML.
      writeFileSync(join(folder, 'alerts', 'bad.yaml'), JSON.stringify({ groups: [{ name: 'bad', rules }] }));
      writeFileSync(
        join(folder, 'midwatch.yaml'),
        JSON.stringify({ name: 'hostile', sources }).replaceAll('file:CA', `file:${folder}/ca.pem`),
      );
    },
  };
}

interface Heard {
  /** From when a poll was due to when it was answered. */
  readonly delays: readonly number[];
  readonly missed: number;
}

interface Watch {
  over(durationMs: number): Promise<Heard>;
  gone(sourceId: string): Promise<void>;
  end(): void;
}

/** Reads the state as a window does: each answered poll of the healthy source, against when it was due. */
function watchSources(window: WindowClient): Watch {
  const ending = new AbortController();
  let delays: number[] = [];
  let last: SourceStatus | undefined;
  let known = new Set<string>();
  const hear = (status: SourceStatus) => {
    known.add(status.id);
    if (status.id !== 'well') return;
    const before = last;
    last = status;
    if (!before || status.polls !== before.polls + 1 || status.lastOkAt === null) return;
    if (before.nextTryAt !== null && status.lastOkAt !== before.lastOkAt)
      delays.push(status.lastOkAt - before.nextTryAt);
  };
  const reading = (async () => {
    for await (const frame of await window.call.state.watch(undefined, { signal: ending.signal })) {
      if (frame.kind === 'beat') continue;
      for (const change of frame.changes) {
        if (change.collection !== 'sources') continue;
        if (frame.kind === 'snapshot') known = new Set();
        for (const status of change.upsert) hear(status);
        for (const id of change.remove) known.delete(id);
      }
    }
  })();
  reading.catch((thrown: unknown) => {
    if (!ending.signal.aborted) throw thrown;
  });
  return {
    async over(durationMs) {
      delays = [];
      const missedBefore = last?.missedTicks ?? 0;
      await sleep(durationMs);
      return { delays, missed: (last?.missedTicks ?? 0) - missedBefore };
    },
    async gone(sourceId) {
      const limitAt = performance.now() + SHOWN_MS;
      while (known.has(sourceId)) {
        if (performance.now() > limitAt)
          throw new Error(`${sourceId} stayed in the state after it was taken out.`);
        await sleep(20);
      }
    },
    end: () => ending.abort(),
  };
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

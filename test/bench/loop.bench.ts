import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WindowClient } from '../../main/host/node/index.ts';
import { type Benchmark, type Figure, failed, type Measured, type Options } from './support/benchmark.ts';
import { openWindow, prepareCore, startCore } from './support/core-process.ts';
import type { LoopReading } from './support/loop-probe.ts';
import { type RunningMadeFleet, startMadeFleet } from './support/made-fleet-process.ts';
import { type MadeWorkspace, writeMadeWorkspace } from './support/made-workspace.ts';
import { type MeasuredProcess, startMeasured, threadCpu } from './support/measured-process.ts';

/** The promise: what the main thread may keep others waiting, as `monitorEventLoopDelay` reads at 10 ms resolution. */
const P99_MAX_MS = 20;
/**
 * Over this an idle process, too, waits for the machine: the run says more of the other programs than of Midwatch.
 * The last attempt counts whatever it shows, so a busy machine fails and never passes by being busy.
 */
const DISTURBED_MS = 15;
const CHART_EVERY_MS = 5_000;
const CHART_SPAN_MS = 30 * 60_000;
const CHART_STEP_MS = 10_000;

export const benchmark: Benchmark = {
  about: 'event-loop delay of the core’s main thread while it watches, decides, and opens an incident',
  options: {
    series: { kind: 'number', about: 'series scraped each second', default: 2_000, min: 1_500, max: 200_000 },
    seconds: {
      kind: 'number',
      about: 'measured time; the fault comes after a third',
      default: 60,
      min: 15,
      max: 3_600,
    },
    'warm-up': { kind: 'number', about: 'seconds before', default: 15, min: 5, max: 600 },
    attempts: {
      kind: 'number',
      about: 'runs at most, while other programs disturb the machine',
      default: 3,
      min: 1,
      max: 20,
    },
    source: { kind: 'flag', about: 'runs the sources instead of the bundles' },
    profile: { kind: 'path', about: 'writes CPU profiles of the core’s threads into this folder' },
  },
  run,
};

async function run(options: Options, say: (text: string) => void): Promise<Measured> {
  await prepareCore(options.flag('source'));
  for (let attempt = 1; ; attempt += 1) {
    const { idleP99Ms, ...measured } = await runOnce(options, say);
    const disturbed = idleP99Ms > DISTURBED_MS;
    const note = `Attempt ${attempt}: an idle process beside it waited ${idleP99Ms.toFixed(1)} ms (p99)`;
    // Noise only ever adds: what held in spite of it holds.
    if (!disturbed || !measured.figures.some(failed)) return measured;
    if (attempt >= options.number('attempts')) {
      const doubt = `${note}, so the machine was too busy for this figure to speak of Midwatch. Run it on a quiet machine.`;
      return { ...measured, notes: [...measured.notes, doubt] };
    }
    say(`${note}: too busy a machine, measuring again`);
  }
}

async function runOnce(
  options: Options,
  say: (text: string) => void,
): Promise<Measured & { readonly idleP99Ms: number }> {
  const fromSource = options.flag('source');
  const folder = mkdtempSync(join(tmpdir(), 'midwatch-bench-'));
  const ends: (() => Promise<void>)[] = [];
  try {
    const fleet = await startMadeFleet(options.number('series'), options.seed);
    ends.push(() => fleet.process.end());
    const workspace = writeMadeWorkspace(join(folder, 'workspace'), fleet.address);
    const profile = options.path('profile');
    const core = startCore({
      fromSource,
      command: ['serve', join(folder, 'workspace'), '--port', '0', '--data', join(folder, 'data')],
      probePath: join(folder, 'core-probe'),
      nodeArgs: profile === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', profile],
    });
    ends.push(() => core.end());
    const idle = startMeasured({
      args: [join(import.meta.dirname, 'support', 'idle.main.ts')],
      probePath: join(folder, 'idle-probe'),
    });
    ends.push(() => idle.end());
    const window = await openWindow(core);
    ends.push(() => window.close());
    const people = readAsPeopleDo(window, workspace);
    ends.push(async () => void people.end());
    return await measure({ options, say, fleet, core, idle, window, workspace, people });
  } finally {
    for (const end of ends.reverse()) await end();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Scene {
  readonly options: Options;
  readonly say: (text: string) => void;
  readonly fleet: RunningMadeFleet;
  readonly core: MeasuredProcess;
  readonly idle: MeasuredProcess;
  readonly window: WindowClient;
  readonly workspace: MadeWorkspace;
  readonly people: ReturnType<typeof readAsPeopleDo>;
}

async function measure(scene: Scene): Promise<Measured & { readonly idleP99Ms: number }> {
  const { options, say, fleet, core, idle, window, workspace, people } = scene;
  const seconds = options.number('seconds');
  const corePid = core.child.pid ?? 0;
  say(
    `${fleet.series} series, ${workspace.objectives} objectives, ${workspace.detectors} detectors, ${workspace.rules} rules, poll 1 s`,
  );
  await window.until(
    'objectives',
    30_000,
    'no objective was evaluated',
    (one) => one.objective.id === workspace.brokenObjective && one.evaluatedAt !== null,
  );
  say(`warming up for ${options.number('warm-up')} s`);
  await sleep(options.number('warm-up') * 1_000);
  await Promise.all([core.reading(), idle.reading()]);
  people.begin();
  const cpuBefore = core.cpuSeconds();
  const threadsBefore = threadCpu(corePid);
  const beganAt = performance.now();

  say(`measuring for ${seconds} s`);
  await sleep((seconds * 1_000) / 3);
  fleet.process.child.send('break');
  const brokenAt = Date.now();
  await window.until(
    'alerts',
    (seconds * 1_000) / 2,
    'no objective’s alert became an incident after the fault',
    (one) => one.kind === 'burn' && (one.firedAt ?? 0) >= brokenAt && one.incidentId !== null,
  );
  const incidentAfterMs = Date.now() - brokenAt;
  say(`the fault is an incident in the window after ${(incidentAfterMs / 1_000).toFixed(1)} s`);
  await sleep(Math.max(0, (seconds * 1_000) / 3 - (Date.now() - brokenAt)));
  fleet.process.child.send('mend');
  await sleep(Math.max(0, seconds * 1_000 - (performance.now() - beganAt)));

  const load = loadavg()[0] ?? Number.NaN;
  const threads = shares(threadsBefore, threadCpu(corePid), (performance.now() - beganAt) / 1_000);
  const cpuAfter = core.cpuSeconds();
  const elapsedS = (performance.now() - beganAt) / 1_000;
  const pssMiB = core.pssMiB();
  const [loop, quiet] = await Promise.all([core.reading(), idle.reading()]);
  const seen = people.end();
  const figures: Figure[] = [
    ...loopFigures(loop),
    ...idleFigures(quiet),
    {
      name: 'coreCpuShare',
      label: 'core, all threads',
      value: cpuBefore === null || cpuAfter === null ? null : (cpuAfter - cpuBefore) / elapsedS,
      unit: 'of a core',
    },
    { name: 'mainThreadShare', label: 'core, main thread', value: loop.mainThreadShare, unit: 'of a core' },
    { name: 'corePssMiB', label: 'core, memory (PSS)', value: pssMiB, unit: 'MiB' },
    {
      name: 'decisionP50Ms',
      label: 'poll begins → verdict in the window, median',
      value: seen.p50Ms,
      unit: 'ms',
    },
    {
      name: 'decisionP99Ms',
      label: 'poll begins → verdict in the window, p99',
      value: seen.p99Ms,
      unit: 'ms',
    },
    { name: 'incidentAfterMs', label: 'fault → incident in the window', value: incidentAfterMs, unit: 'ms' },
    { name: 'polls', label: 'evaluations seen by the window', value: seen.evaluations, unit: '' },
    {
      name: 'loadAverage',
      label: `load of the machine (1 min, ${availableParallelism()} cores)`,
      value: load,
      unit: '',
    },
  ];
  const notes = [
    'Delays are raw readings of monitorEventLoopDelay: a loop that does nothing reads its resolution, 10 ms.',
    `Threads, share of a core: ${threads}`,
    `Longest waits of the core: ${longest(loop, brokenAt)}`,
  ];
  return { figures, notes, idleP99Ms: quiet.p99Ms };
}

function loopFigures(loop: LoopReading): Figure[] {
  return [
    { name: 'p50Ms', label: 'core, main thread: delay, median', value: loop.p50Ms, unit: 'ms' },
    {
      name: 'p99Ms',
      label: 'core, main thread: delay, p99',
      value: loop.p99Ms,
      unit: 'ms',
      atMost: P99_MAX_MS,
    },
    { name: 'p999Ms', label: 'core, main thread: delay, p99.9', value: loop.p999Ms, unit: 'ms' },
    { name: 'maxMs', label: 'core, main thread: delay, maximum', value: loop.maxMs, unit: 'ms' },
    { name: 'cpuP99Ms', label: '  of it its own CPU time, p99', value: loop.cpuP99Ms, unit: 'ms' },
    { name: 'cpuMaxMs', label: '  of it its own CPU time, maximum', value: loop.cpuMaxMs, unit: 'ms' },
  ];
}

function idleFigures(idle: LoopReading): Figure[] {
  return [
    { name: 'idleP50Ms', label: 'idle process beside it: delay, median', value: idle.p50Ms, unit: 'ms' },
    { name: 'idleP99Ms', label: 'idle process beside it: delay, p99', value: idle.p99Ms, unit: 'ms' },
    { name: 'idleMaxMs', label: 'idle process beside it: delay, maximum', value: idle.maxMs, unit: 'ms' },
  ];
}

/** Looks at each verdict as it comes, and asks for an objective's chart now and then, as a person with it open does. */
function readAsPeopleDo(window: WindowClient, workspace: MadeWorkspace) {
  let ended = false;
  let latencies: number[] = [];
  let lastAt = 0;
  void window
    .until('objectives', 24 * 3_600_000, 'the bench did not end', (one) => {
      if (one.objective.id !== workspace.brokenObjective) return false;
      if (one.evaluatedAt !== null && one.evaluatedAt !== lastAt) {
        lastAt = one.evaluatedAt;
        latencies.push(Date.now() - one.evaluatedAt);
      }
      return ended;
    })
    .catch((thrown: unknown) => {
      if (!ended) console.error('the state could not be read:', thrown);
    });
  const chart = setInterval(() => {
    const toAt = Date.now();
    window.call.series
      .burn({
        objectiveId: workspace.brokenObjective,
        fromAt: toAt - CHART_SPAN_MS,
        toAt,
        stepMs: CHART_STEP_MS,
      })
      .catch((thrown: unknown) => {
        if (!ended) console.error('a chart could not be read:', thrown);
      });
  }, CHART_EVERY_MS);
  return {
    begin() {
      latencies = [];
    },
    end() {
      ended = true;
      clearInterval(chart);
      const sorted = latencies.sort((a, b) => a - b);
      const at = (share: number) => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
      return { evaluations: sorted.length, p50Ms: at(0.5), p99Ms: at(0.99) };
    },
  };
}

function shares(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
  elapsedS: number,
): string {
  return [...after]
    .map(([name, seconds]) => ({ name, share: (seconds - (before.get(name) ?? 0)) / elapsedS }))
    .filter((one) => one.share >= 0.005)
    .sort((a, b) => b.share - a.share)
    .map((one) => `${one.name} ${one.share.toFixed(2)}`)
    .join(', ');
}

function longest(loop: LoopReading, brokenAt: number): string {
  return loop.longest
    .slice(0, 8)
    .map(({ at, waitMs, cpuMs }) => {
      const afterS = ((at - brokenAt) / 1_000).toFixed(1);
      return `${waitMs.toFixed(0)} ms (CPU ${cpuMs.toFixed(0)}) ${at < brokenAt ? afterS : `+${afterS}`} s`;
    })
    .join(', ');
}

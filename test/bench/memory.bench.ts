import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Benchmark, Figure, Measured, Options } from './support/benchmark.ts';
import { openWindow, prepareCore, startCore } from './support/core-process.ts';
import { startMadeFleet } from './support/made-fleet-process.ts';
import { writeMadeWorkspace } from './support/made-workspace.ts';
import { type MeasuredProcess, startMeasured } from './support/measured-process.ts';

const READINGS = 5;
const LIVE_MS = 60_000;
const MIB = 1024 * 1024;

export const benchmark: Benchmark = {
  about: 'memory of the core in the Node host while it watches, by thread (PSS: shared pages count in part)',
  options: {
    series: { kind: 'number', about: 'series scraped each second', default: 2_000, min: 1_500, max: 200_000 },
    seconds: { kind: 'number', about: 'watched before memory is read', default: 60, min: 5, max: 3_600 },
    source: { kind: 'flag', about: 'runs the sources instead of the bundles' },
  },
  run,
};

async function run(options: Options, say: (text: string) => void): Promise<Measured> {
  const fromSource = options.flag('source');
  await prepareCore(fromSource);
  const folder = mkdtempSync(join(tmpdir(), 'midwatch-bench-'));
  const fleet = await startMadeFleet(options.number('series'), options.seed);
  try {
    const bare = await bareNode();
    const workspace = join(folder, 'workspace');
    writeMadeWorkspace(workspace, fleet.address);
    const command = ['serve', workspace, '--port', '0', '--data', join(folder, 'data')];
    const core = startCore({ fromSource, command });
    try {
      return await measureCore(core, bare, options.number('seconds'), say);
    } finally {
      await core.end();
    }
  } finally {
    await fleet.process.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureCore(
  core: MeasuredProcess,
  bareMiB: number | null,
  seconds: number,
  say: (text: string) => void,
): Promise<Measured> {
  const window = await openWindow(core);
  try {
    await window.until('sources', LIVE_MS, 'no source was polled', (one) => one.lastOkAt !== null);
    say(`watched for ${seconds} s`);
    await sleep(seconds * 1_000);
    const readings: (number | null)[] = [];
    for (let reading = 0; reading < READINGS; reading += 1) {
      readings.push(core.pssMiB());
      await sleep(1_000);
    }
    const { memory } = await window.call.health.report();
    const heaps = memory.threads.map(({ name, usedBytes, totalBytes }) => ({
      name,
      usedMiB: usedBytes / MIB,
      totalMiB: totalBytes / MIB,
    }));
    return measured(median(readings), bareMiB, memory.residentBytes / MIB, heaps);
  } finally {
    await window.close();
  }
}

function measured(
  pssMiB: number | null,
  bareMiB: number | null,
  residentMiB: number,
  heaps: readonly { readonly name: string; readonly usedMiB: number; readonly totalMiB: number }[],
): Measured {
  const reserved = heaps.reduce((sum, one) => sum + one.totalMiB, 0);
  const figures: Figure[] = [
    { name: 'pssMiB', label: 'core, PSS', value: pssMiB, unit: 'MiB' },
    { name: 'residentMiB', label: 'core, resident', value: residentMiB, unit: 'MiB' },
    { name: 'bareNodeMiB', label: 'Node alone, PSS', value: bareMiB, unit: 'MiB' },
    { name: 'heapsMiB', label: 'heaps of all threads', value: reserved, unit: 'MiB' },
    ...heaps.map(({ name, totalMiB }) => ({
      name: `${name}HeapMiB`,
      label: `  ${name}`,
      value: totalMiB,
      unit: 'MiB',
    })),
  ];
  const used = heaps.map(({ name, usedMiB }) => `${name} ${usedMiB.toFixed(0)}`).join(', ');
  return {
    figures,
    notes: [`Of the heaps in use (MiB): ${used}. The rest is code, buffers and SQLite's caches.`],
  };
}

/** What any program of this runtime takes. */
async function bareNode(): Promise<number | null> {
  const process = startMeasured({ args: ['--eval', 'console.log("here"); setTimeout(() => {}, 60000)'] });
  try {
    await process.printed(/here/, LIVE_MS);
    await sleep(500);
    return process.pssMiB();
  } finally {
    await process.end();
  }
}

function median(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b);
  return known[Math.floor(known.length / 2)] ?? null;
}

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LoopReading, PROBE_VARIABLE } from './loop-probe.ts';

const PROBE = join(import.meta.dirname, 'loop-probe.ts');
/** The kernel's clock ticks a second; the same on every Linux that Node runs on. */
const TICKS_PER_S = 100;
const READING_MS = 10_000;
const END_MS = 5_000;

/** A process under measurement, with what it printed. */
export interface MeasuredProcess {
  readonly child: ChildProcess;
  readonly output: () => string;
  /** The first match of what it prints on standard output. */
  printed(pattern: RegExp, timeoutMs: number): Promise<RegExpMatchArray>;
  /** What the probe recorded since the last call, and begins anew. */
  reading(): Promise<LoopReading>;
  cpuSeconds(): number | null;
  /** Proportional set size; of several processes that share pages, each counts its part. */
  pssMiB(): number | null;
  end(): Promise<void>;
}

export interface ProcessOptions {
  readonly args: readonly string[];
  /** A path in a temporary folder; readings are written beside it. Left out: no probe. */
  readonly probePath?: string;
  readonly nodeArgs?: readonly string[];
}

/** Starts a Node process of the same kind as this one. */
export function startMeasured(options: ProcessOptions): MeasuredProcess {
  const { probePath } = options;
  const probe = probePath === undefined ? [] : ['--import', PROBE];
  const child = spawn(process.execPath, [...(options.nodeArgs ?? []), ...probe, ...options.args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, ...(probePath === undefined ? {} : { [PROBE_VARIABLE]: probePath }) },
  });
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString('utf8')).slice(-100_000);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  let readings = 0;
  const pid = child.pid ?? 0;
  return {
    child,
    output: () => output,
    printed: (pattern, timeoutMs) =>
      waitFor(
        `${pattern} to be printed`,
        timeoutMs,
        child,
        () => output.match(pattern),
        () => output,
      ),
    async reading() {
      readings += 1;
      const path = `${probePath}.${readings}.json`;
      process.kill(pid, 'SIGUSR2');
      await waitFor(
        'a reading of the probe',
        READING_MS,
        child,
        () => existsSync(path) || null,
        () => output,
      );
      return JSON.parse(readFileSync(path, 'utf8')) as LoopReading;
    },
    cpuSeconds: () => cpuSecondsOf(`/proc/${pid}/stat`),
    pssMiB: () => pssMiBOf(pid),
    end: () => end(child),
  };
}

async function waitFor<T>(
  what: string,
  timeoutMs: number,
  child: ChildProcess,
  look: () => T | null,
  output: () => string,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const found = look();
    if (found !== null) return found;
    const ended = child.exitCode !== null || child.signalCode !== null;
    if (ended || performance.now() > deadline) {
      const why = ended ? 'the process ended' : `${timeoutMs / 1_000} s passed`;
      throw new Error(`Waited for ${what}; ${why}. It printed:\n${output().slice(-4_000)}`);
    }
    await sleep(5);
  }
}

function cpuSecondsOf(path: string): number | null {
  try {
    // The name in the second field may hold anything; what follows its last bracket is numbers.
    const fields = readFileSync(path, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
  } catch {
    return null;
  }
}

function pssMiBOf(pid: number): number | null {
  try {
    const found = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8').match(/^Pss:\s+(\d+) kB/m);
    return found ? Number(found[1]) / 1024 : null;
  } catch {
    return null;
  }
}

/** CPU seconds by the name of the thread, summed over those of one name. */
export function threadCpu(pid: number): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const folder = `/proc/${pid}/task`;
  for (const id of existsSync(folder) ? readdirSync(folder) : []) {
    const name = id === String(pid) ? 'main' : nameOf(`${folder}/${id}/comm`);
    found.set(name, (found.get(name) ?? 0) + (cpuSecondsOf(`${folder}/${id}/stat`) ?? 0));
  }
  return found;
}

function nameOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return 'gone';
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), END_MS);
  await exited;
  clearTimeout(late);
}

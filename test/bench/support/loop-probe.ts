/**
 * Preloaded into a process by `--import`: records the event-loop delay of its main thread, so that the product needs no
 * code for being measured. Each SIGUSR2 writes what was recorded since the last one to `<path>.<n>.json` and begins anew.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

export const PROBE_VARIABLE = 'MIDWATCH_BENCH_PROBE';

/** What one interval showed. Delays are as `monitorEventLoopDelay` gives them: a quiet loop reads the resolution. */
export interface LoopReading {
  readonly intervalMs: number;
  readonly count: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly maxMs: number;
  /**
   * What the thread itself computed between two beats, in CPU time, of the beats' 99th percentile and the most: the
   * part of the delay that is the program's doing and not the machine's.
   */
  readonly cpuP99Ms: number;
  readonly cpuMaxMs: number;
  /** Share of one core that the main thread used. */
  readonly mainThreadShare: number;
  /** The longest waits, longest first: when they ended (wall clock), how long they were, and what of it was CPU time. */
  readonly longest: readonly { readonly at: number; readonly waitMs: number; readonly cpuMs: number }[];
}

const RESOLUTION_MS = 10;
const NANOSECONDS_PER_MS = 1e6;
const MICROSECONDS_PER_MS = 1e3;
const LONGEST_SHOWN = 12;

function startProbe(path: string): void {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  let beats: { at: number; waitMs: number; cpuMs: number }[] = [];
  let cpu = process.threadCpuUsage();
  let beganCpuMs = (cpu.user + cpu.system) / MICROSECONDS_PER_MS;
  let lastAt = performance.now();
  let beganAt = lastAt;
  let written = 0;
  const beat = setInterval(() => {
    const now = performance.now();
    const used = process.threadCpuUsage(cpu);
    cpu = process.threadCpuUsage();
    beats.push({
      at: Date.now(),
      waitMs: now - lastAt,
      cpuMs: (used.user + used.system) / MICROSECONDS_PER_MS,
    });
    lastAt = now;
  }, RESOLUTION_MS);
  beat.unref();

  const read = (): LoopReading => {
    const now = performance.now();
    const sorted = beats.map((one) => one.cpuMs).sort((a, b) => a - b);
    const total = process.threadCpuUsage();
    const ms = (nanoseconds: number) => nanoseconds / NANOSECONDS_PER_MS;
    const cpuMs = (total.user + total.system) / MICROSECONDS_PER_MS;
    return {
      intervalMs: now - beganAt,
      count: histogram.count,
      p50Ms: ms(histogram.percentile(50)),
      p90Ms: ms(histogram.percentile(90)),
      p99Ms: ms(histogram.percentile(99)),
      p999Ms: ms(histogram.percentile(99.9)),
      maxMs: ms(histogram.max),
      cpuP99Ms: sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0,
      cpuMaxMs: sorted.at(-1) ?? 0,
      mainThreadShare: (cpuMs - beganCpuMs) / (now - beganAt),
      longest: [...beats].sort((a, b) => b.waitMs - a.waitMs).slice(0, LONGEST_SHOWN),
    };
  };
  process.on('SIGUSR2', () => {
    const reading = read();
    written += 1;
    // Renamed into place: whoever waits for the file never reads half of it.
    writeFileSync(`${path}.tmp`, JSON.stringify(reading));
    renameSync(`${path}.tmp`, `${path}.${written}.json`);
    // The writing itself is not part of the next interval.
    histogram.reset();
    beats = [];
    cpu = process.threadCpuUsage();
    beganCpuMs = (cpu.user + cpu.system) / MICROSECONDS_PER_MS;
    beganAt = performance.now();
    lastAt = beganAt;
  });
}

const path = process.env[PROBE_VARIABLE];
// The variable stays: a core that begins anew in place, with settings of its own, is probed again.
if (isMainThread && path) startProbe(path);

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { LEAN_ARGS, LEAN_ENV } from '../../main/host/cli/lean-process.ts';
import type { SenderStatus } from '../../main/receive/index.ts';
import { type MetricStats, openMetricReader } from '../../main/store/index.ts';

export interface ReceiverStatus {
  readonly senders: readonly SenderStatus[];
  readonly waiting: number;
  readonly refusedRequests: number;
  readonly stored: {
    readonly accepted: number;
    readonly duplicates: number;
    readonly outOfOrder: number;
    readonly unknown: number;
    readonly rows: number;
    readonly storeMs: number;
  };
}

/** A receiver in a process of its own over a real store. */
export interface ReceiverProcess {
  readonly port: number;
  /** Its proportional set size: what it alone would free by ending. */
  pssBytes(): number;
  /** Seconds of processor that it used. */
  cpuSeconds(): number;
  status(): Promise<ReceiverStatus>;
  /** Packs all that waits. */
  pack(): Promise<MetricStats>;
  stored(name: string): { labels: Readonly<Record<string, string>>; times: number[]; values: number[] }[];
  stop(): Promise<void>;
}

export async function startReceiverProcess(seriesMax = 50_000): Promise<ReceiverProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'midwatch-receiver-'));
  const path = join(folder, 'metrics.db');
  const entry = new URL('./receiver.main.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [...LEAN_ARGS, entry, path, String(seriesMax)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...LEAN_ENV, ...process.env },
  });
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async <T>() => {
    const { value, done } = await lines.next();
    if (done) throw new Error('The receiver ended.');
    return JSON.parse(value) as T;
  };
  const { port } = await next<{ port: number }>();
  return {
    port,
    pssBytes() {
      const rollup = readFileSync(`/proc/${child.pid}/smaps_rollup`, 'utf8');
      return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0) * 1024;
    },
    cpuSeconds() {
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) / 100;
    },
    status() {
      child.stdin.write('status\n');
      return next<ReceiverStatus>();
    },
    pack() {
      child.stdin.write('pack\n');
      return next<MetricStats>();
    },
    stored(name) {
      const reader = openMetricReader(path);
      try {
        return reader
          .select([{ name: '__name__', op: '=', value: name }], 0, Number.MAX_SAFE_INTEGER)
          .map((one) => ({ labels: one.labels, times: [...one.times], values: [...one.values] }));
      } finally {
        reader.close();
      }
    },
    async stop() {
      child.stdin.end();
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

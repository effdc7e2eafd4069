import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './scraping-prometheus.ts';

/** A real Prometheus that takes remote write and scrapes nothing. */
export interface RemoteWriteTarget {
  readonly url: string;
  readonly version: string;
  readonly pid: number;
  readonly folder: string;
  cpuSeconds(): number;
  /** Bytes of a block with all that it holds, index and all. */
  blockBytes(): Promise<number>;
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** Over a data folder that is there already, or a fresh one. The folder goes with `stop`. */
export async function startRemoteWriteTarget(
  folder = mkdtempSync(join(tmpdir(), 'midwatch-target-')),
): Promise<RemoteWriteTarget> {
  const port = await freePort();
  writeFileSync(join(folder, 'prometheus.yml'), '{}\n');
  const child = spawn(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--storage.tsdb.retention.time=100y',
      '--web.enable-remote-write-receiver',
      '--web.enable-admin-api',
      '--log.level=error',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const exited = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  // Looked at often: the time until it is ready is a figure of a benchmark.
  for (const endAt = Date.now() + 120_000; ; ) {
    const ready = await fetch(`${url}/-/ready`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ready) break;
    if (Date.now() > endAt || child.exitCode !== null) throw new Error('Prometheus did not become ready.');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  const build = (await (await fetch(`${url}/api/v1/status/buildinfo`)).json()) as {
    data: { version: string };
  };
  return {
    url,
    version: build.data.version,
    pid: child.pid ?? 0,
    folder,
    cpuSeconds() {
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) / 100;
    },
    async blockBytes() {
      const answer = await fetch(`${url}/api/v1/admin/tsdb/snapshot`, { method: 'POST' });
      const { data } = (await answer.json()) as { data: { name: string } };
      return bytesUnder(join(folder, 'data', 'snapshots', data.name));
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    async stop() {
      child.kill('SIGTERM');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function bytesUnder(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

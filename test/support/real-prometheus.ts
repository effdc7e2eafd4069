import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import snappy from 'snappyjs';
import { type SentSeries, writeRequest } from './remote-write.ts';

/** Whether Prometheus and its tool are installed here. */
export function hasPrometheus(): boolean {
  return ['prometheus', 'promtool'].every((name) => spawnSync(name, ['--version']).status === 0);
}

/** A real Prometheus over blocks made from OpenMetrics text; scrapes nothing. */
export interface RealPrometheus {
  /** Its address, without a slash at the end. */
  readonly base: string;
  get(path: string, parameters: Readonly<Record<string, string>>): Promise<unknown>;
  stop(): Promise<void>;
}

export async function startPrometheus(folder: string, openMetrics: string): Promise<RealPrometheus> {
  const data = join(folder, 'data');
  mkdirSync(data);
  writeFileSync(join(folder, 'samples.txt'), openMetrics);
  await promisify(execFile)('promtool', [
    'tsdb',
    'create-blocks-from',
    'openmetrics',
    join(folder, 'samples.txt'),
    data,
  ]);
  return launch(folder, []);
}

/** The same over samples that come by remote write, markers of staleness among them. */
export async function startWrittenPrometheus(
  folder: string,
  all: readonly SentSeries[],
  flags: readonly string[] = [],
): Promise<RealPrometheus> {
  const prometheus = await launch(folder, ['--web.enable-remote-write-receiver', ...flags]);
  // In the order of time, as the storage takes nothing that is far older than its newest.
  const slices = new Map<number, SentSeries[]>();
  for (const one of all)
    for (const [slice, samples] of Map.groupBy(one.samples, ([, at]) => Math.floor(at / SLICE_MS))) {
      const same = slices.get(slice) ?? [];
      same.push({ ...one, samples });
      slices.set(slice, same);
    }
  for (const [, series] of [...slices].sort(([a], [b]) => a - b)) {
    const answer = await fetch(`${prometheus.base}/api/v1/write`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-protobuf',
        'content-encoding': 'snappy',
        'x-prometheus-remote-write-version': '0.1.0',
      },
      body: new Uint8Array(snappy.compress(writeRequest(series))),
    });
    if (!answer.ok) throw new Error(`Prometheus took no samples: ${await answer.text()}`);
  }
  return prometheus;
}

const SLICE_MS = 600_000;

async function launch(folder: string, flags: readonly string[]): Promise<RealPrometheus> {
  writeFileSync(join(folder, 'prometheus.yml'), '{}\n');
  const port = await freePort();
  const child = spawn(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      '--storage.tsdb.retention.time=100y',
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
      ...flags,
    ],
    { stdio: 'ignore' },
  );
  const exited = once(child, 'exit');
  const base = `http://127.0.0.1:${port}`;
  for (let tries = 0; ; tries += 1) {
    const ready = await fetch(`${base}/-/ready`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ready) break;
    if (tries > 200 || child.exitCode !== null) throw new Error('Prometheus did not become ready.');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return {
    base,
    async get(path, parameters) {
      const answer = await fetch(`${base}${path}`, { method: 'POST', body: new URLSearchParams(parameters) });
      return answer.json();
    },
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No port.');
  return address.port;
}

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, until } from './scraping-prometheus.ts';

/** A target of many series whose values change with each scrape; once retired it answers nothing but its absence. */
export interface ManySeries {
  readonly port: number;
  scrapes(): number;
  retire(): Promise<void>;
}

export async function startManySeries(series: number): Promise<ManySeries> {
  let scrapes = 0;
  const server = createServer((_request, response) => {
    scrapes += 1;
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' });
    const lines: string[] = [];
    for (let i = 0; i < series; i += 1) {
      const labels = `pod="checkout-${i >> 4}",route="/api/v1/orders/${i % 500}",le="${i % 16}"`;
      lines.push(`made_${i % 20}{${labels},i="${i}"} ${scrapes * 1_000 + (i % 997)}`);
    }
    response.end(`${lines.join('\n')}\n`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    scrapes: () => scrapes,
    retire: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A target whose requests are counted in a histogram of OpenMetrics, each scrape with another trace behind a bucket. */
export async function startTracedTarget(): Promise<{ readonly port: number; close(): Promise<void> }> {
  let scrapes = 0;
  const server = createServer((_request, response) => {
    scrapes += 1;
    response.writeHead(200, { 'content-type': 'application/openmetrics-text; version=1.0.0' });
    const trace = scrapes.toString(16).padStart(32, 'a');
    response.end(
      `# TYPE latency histogram
latency_bucket{le="0.5"} ${scrapes} # {trace_id="${trace}"} 0.25 ${Date.now() / 1_000}
latency_bucket{le="+Inf"} ${scrapes}
latency_count ${scrapes}
latency_sum ${scrapes / 4}
# EOF
`,
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export interface RemoteWritingPrometheus {
  readonly version: string;
  /** One of Prometheus' own metrics, summed. */
  own(metric: string): Promise<number>;
  /** Samples that Prometheus itself holds of a metric, by the `i` label: its own record of what it scraped. */
  samples(metric: string): Promise<Map<string, [number, string][]>>;
  /** Ends it in order: what it has not sent it sends first. */
  stop(): Promise<void>;
}

/** A real Prometheus that scrapes a target and writes what it scraped to the receiver, with a token from a file. */
export async function startRemoteWriting(options: {
  readonly targetPort: number;
  readonly receiverPort: number;
  readonly token: string;
  readonly scrapeEvery: string;
  /** Sends exemplars too, which Prometheus does only where it is told to. */
  readonly exemplars?: boolean;
}): Promise<RemoteWritingPrometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'midwatch-remote-write-'));
  const port = await freePort();
  writeFileSync(join(folder, 'token'), options.token, { mode: 0o600 });
  writeFileSync(
    join(folder, 'prometheus.yml'),
    `global: { scrape_interval: ${options.scrapeEvery}, scrape_timeout: ${options.scrapeEvery} }
scrape_configs:
  - { job_name: many, static_configs: [{ targets: ['127.0.0.1:${options.targetPort}'] }] }
remote_write:
  - url: http://127.0.0.1:${options.receiverPort}/api/v1/write
    authorization: { credentials_file: ${join(folder, 'token')} }
    send_exemplars: ${options.exemplars === true}
`,
  );
  const child = spawn(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
      '--query.max-samples=500000000',
      ...(options.exemplars ? ['--enable-feature=exemplar-storage'] : []),
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const exited = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  await until(
    () =>
      fetch(`${url}/-/ready`).then(
        (answer) => answer.ok,
        () => false,
      ),
    20_000,
    'Prometheus did not become ready',
  );
  const build = (await (await fetch(`${url}/api/v1/status/buildinfo`)).json()) as {
    data: { version: string };
  };
  return {
    version: build.data.version,
    async own(metric) {
      const text = await (await fetch(`${url}/metrics`)).text();
      return text
        .split('\n')
        .filter((line) => line.startsWith(`${metric}{`) || line.startsWith(`${metric} `))
        .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
    },
    async samples(metric) {
      const query = new URLSearchParams({ query: `${metric}[1h]` });
      const answer = (await (await fetch(`${url}/api/v1/query?${query}`)).json()) as {
        data: { result: { metric: Record<string, string>; values: [number, string][] }[] };
      };
      return new Map(answer.data.result.map((one) => [one.metric.i ?? '', one.values]));
    },
    async stop() {
      child.kill('SIGTERM');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What is missing on this machine for real senders, for the reason of a skipped test; null where nothing is. */
export function missingSenders(...programs: readonly string[]): string | null {
  const missing = programs.filter((name) => spawnSync(name, ['--version']).error !== undefined);
  return missing.length === 0 ? null : `not installed: ${missing.join(', ')}`;
}

/** Compares what Prometheus holds with what the store holds: samples of Prometheus that the store has not. */
export async function notStored(
  prometheus: RemoteWritingPrometheus,
  stored: (
    name: string,
  ) => readonly { labels: Readonly<Record<string, string>>; times: number[]; values: number[] }[],
  upToAt: number,
): Promise<{ compared: number; missing: number; different: number }> {
  const result = { compared: 0, missing: 0, different: 0 };
  for (let metric = 0; metric < 20; metric += 1) {
    const theirs = await prometheus.samples(`made_${metric}`);
    const ours = new Map(stored(`made_${metric}`).map((one) => [one.labels.i ?? '', one]));
    for (const [i, samples] of theirs) {
      const own = ours.get(i);
      const byTime = new Map(own?.times.map((at, index) => [at, own.values[index]]));
      for (const [seconds, value] of samples) {
        const at = Math.round(seconds * 1_000);
        if (at > upToAt) continue;
        result.compared += 1;
        if (!byTime.has(at)) result.missing += 1;
        else if (byTime.get(at) !== Number(value)) result.different += 1;
      }
    }
  }
  return result;
}

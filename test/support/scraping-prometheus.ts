import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What is missing on this machine for a real Prometheus, for the reason of a skipped test; null where nothing is. */
export function missingForPrometheus(): string | null {
  const missing = ['prometheus', 'prometheus-node-exporter'].filter(
    (name) => spawnSync(name, ['--version']).error !== undefined,
  );
  return missing.length === 0
    ? null
    : `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not installed`;
}

export interface ScrapingPrometheus {
  readonly url: string;
  readonly version: string;
  stop(): Promise<void>;
}

/** A real Prometheus that scrapes a real node exporter and each service of a fleet, once a second. */
export async function startScrapingPrometheus(
  fleetUrl: string,
  services: readonly string[],
): Promise<ScrapingPrometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'midwatch-prometheus-'));
  const [port, nodePort] = [await freePort(), await freePort()];
  const fleet = new URL(fleetUrl).host;
  const jobs = services.map(
    (service) =>
      `  - job_name: ${service}\n    metrics_path: /${service}/metrics\n    static_configs: [{ targets: ['${fleet}'] }]`,
  );
  writeFileSync(
    join(folder, 'prometheus.yml'),
    `global: { scrape_interval: 1s, scrape_timeout: 900ms }\nscrape_configs:\n  - job_name: node\n    static_configs: [{ targets: ['127.0.0.1:${nodePort}'] }]\n${jobs.join('\n')}\n`,
  );
  const node = spawn('prometheus-node-exporter', [`--web.listen-address=127.0.0.1:${nodePort}`], {
    stdio: 'ignore',
  });
  const prometheus = spawn(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    { stdio: 'ignore' },
  );
  const ended = Promise.all([once(node, 'exit'), once(prometheus, 'exit')]);
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    node.kill('SIGTERM');
    prometheus.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await until(
      async () => (await query(url, `count(up == 1)`)) === services.length + 1,
      30_000,
      'Prometheus did not scrape all targets',
    );
    const build = (await (await fetch(`${url}/api/v1/status/buildinfo`)).json()) as {
      data: { version: string };
    };
    return { url, version: build.data.version, stop };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}

async function query(url: string, expression: string): Promise<number> {
  try {
    const answer = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query: expression })}`);
    const { data } = (await answer.json()) as { data: { result: { value: [number, string] }[] } };
    return Number(data.result[0]?.value[1] ?? 0);
  } catch {
    // Not listening yet.
    return 0;
  }
}

export async function until(
  fits: () => Promise<boolean> | boolean,
  timeoutMs: number,
  otherwise: string | (() => string),
): Promise<void> {
  const endAt = Date.now() + timeoutMs;
  while (!(await fits())) {
    if (Date.now() > endAt)
      throw new Error(
        `${typeof otherwise === 'string' ? otherwise : otherwise()} within ${timeoutMs / 1000} s.`,
      );
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No free port was given.');
  return address.port;
}

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseExposition } from '../../../main/source/exposition/parse.ts';
import { startTestCore, type TestCore } from '../../support/core.ts';

let core: TestCore;
let folder = '';
let token = '';
const target = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' });
  response.end('queue 7\nqueue 8\n');
});

beforeAll(async () => {
  await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
  const { port } = target.address() as AddressInfo;
  folder = mkdtempSync(join(tmpdir(), 'midwatch-own-'));
  const workspace = join(folder, 'workspace');
  mkdirSync(workspace);
  writeFileSync(
    join(workspace, 'midwatch.yaml'),
    `name: own\nsources:\n  - { id: desk, kind: exposition, poll_every: 1s, targets: [{ id: desk, url: "http://127.0.0.1:${port}/metrics" }] }\n`,
  );
  core = await startTestCore({ workspace, windowFolder: workspace });
  token = readFileSync(join(core.dataFolder, 'metrics-token'), 'utf8').trim();
}, 60_000);
afterAll(async () => {
  await core?.stop();
  target.close();
  rmSync(folder, { recursive: true, force: true });
});

function ask(headers: Record<string, string>, method = 'GET'): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port: core.server.port, path: '/metrics', method, headers },
      (answer) => {
        let body = '';
        answer.setEncoding('utf8').on('data', (part: string) => {
          body += part;
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }));
      },
    );
    sent.on('error', reject).end();
  });
}

const bearer = () => ({ authorization: `Bearer ${token}` });

describe('/metrics on the loopback port', () => {
  it('gives its own state to who has the token of the data folder, which nobody else can read', async () => {
    expect(statSync(join(core.dataFolder, 'metrics-token')).mode & 0o077).toBe(0);
    // A tick is counted before its scrape is stored, and each scrape here has a line that is left out.
    for (const said of [
      /midwatch_source_ticks_total\{source="desk",kind="exposition"\} [1-9]/,
      /midwatch_drops_total\{/,
    ])
      await expect.poll(async () => (await ask(bearer())).body, { timeout: 30_000 }).toMatch(said);
    const { status, body } = await ask(bearer());
    expect(status).toBe(200);
    const parsed = parseExposition(body, 'text');
    expect(parsed.ok).toBe(true);
    const names = new Set(parsed.ok ? parsed.value.map((one) => one.labels.__name__) : []);
    for (const name of [
      'midwatch_source_missed_ticks_total',
      'midwatch_samples_stored_total',
      'midwatch_drops_total',
      'midwatch_worker_queue_length',
      'midwatch_event_loop_delay_seconds_count',
      'midwatch_store_bytes',
      'midwatch_store_series',
      'midwatch_thread_heap_bytes',
      'process_resident_memory_bytes',
    ])
      expect(names, name).toContain(name);
    expect((await ask(bearer(), 'HEAD')).body).toBe('');
  });

  it('is refused without the token, and under a foreign Host, Origin or method whatever the token', async () => {
    const without = await ask({});
    expect(without.status).toBe(401);
    expect(without.body).toContain('credentials_file');
    expect(without.body).not.toContain(token);
    for (const wrong of [`Bearer ${token}x`, `Bearer ${token.slice(1)}`, `Basic ${token}`, token, 'Bearer '])
      expect((await ask({ authorization: wrong })).status, wrong).toBe(401);
    const port = core.server.port;
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      `127.0.0.1:${port}.evil.example`,
      '127.0.0.1',
    ])
      expect((await ask({ ...bearer(), host })).status, host).toBe(403);
    expect((await ask({ ...bearer(), origin: 'https://evil.example' })).status).toBe(403);
    expect((await ask({ ...bearer(), 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await ask(bearer(), 'POST')).status).toBe(405);
  });

  it('says over the contract what is kept, and what memory it takes', async () => {
    await expect
      .poll(async () => (await core.app.health()).metrics.series, { timeout: 30_000 })
      .toBeGreaterThan(0);
    const report = await core.app.health();
    expect(report.metrics.bytesMax).toBe(2 * 1024 ** 3);
    expect(report.receivers).toBeNull();
    expect(report.memory.residentBytes).toBeGreaterThan(0);
    expect(report.memory.threads.map((one) => one.name)).toEqual(
      // Threads that nobody needs here rest.
      expect.arrayContaining(['main', 'log', 'metric', 'scrape']),
    );
    for (const { usedBytes, totalBytes } of report.memory.threads) expect(usedBytes).toBeLessThan(totalBytes);
    if (process.platform === 'linux')
      expect(report.memory.proportionalBytes ?? 0).toBeLessThanOrEqual(report.memory.residentBytes);
  });
});

const missing = spawnSync('prometheus', ['--version']).error ? 'prometheus is not installed' : null;
if (missing) console.log(`Skipping "a real Prometheus": ${missing}.`);

describe.skipIf(missing !== null)('a real Prometheus', () => {
  it('has nothing to say against their names, types and text', async () => {
    const { body } = await ask(bearer());
    const checked = spawnSync('promtool', ['check', 'metrics'], { input: body, encoding: 'utf8' });
    expect([checked.status, checked.stderr, checked.stdout]).toEqual([0, '', '']);
  });

  it('scrapes them with the token by its file', async () => {
    const port = await freePort();
    writeFileSync(
      join(folder, 'prometheus.yml'),
      `global: { scrape_interval: 1s }\nscrape_configs:\n  - job_name: midwatch\n    authorization: { credentials_file: ${join(core.dataFolder, 'metrics-token')} }\n    static_configs: [{ targets: ['127.0.0.1:${core.server.port}'] }]\n`,
    );
    const prometheus = spawn(
      'prometheus',
      [
        `--config.file=${join(folder, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
      ],
      { stdio: 'ignore' },
    );
    try {
      await expect
        .poll(() => value(port, 'midwatch_source_watching{source="desk"} and on() (up == 1)'), {
          timeout: 60_000,
        })
        .toBe('1');
      expect(Number(await value(port, 'midwatch_samples_stored_total'))).toBeGreaterThan(0);
    } finally {
      prometheus.kill('SIGTERM');
      await once(prometheus, 'exit');
    }
  });
});

async function value(port: number, query: string): Promise<string | undefined> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/query?${new URLSearchParams({ query })}`);
    const { data } = (await answer.json()) as { data: { result: { value: [number, string] }[] } };
    return data.result[0]?.value[1];
  } catch {
    // Not up yet: asked again.
    return undefined;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

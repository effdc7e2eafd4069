import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseExposition } from '../../../main/source/exposition/parse.ts';
import type { PrometheusSource } from '../../../main/source/index.ts';
import { makeCertificates } from '../../support/certificates.ts';
import { startServer, type TestServer } from '../../support/http-server.ts';
import { openSource, secretsOf } from '../../support/source.ts';

function versionOf(): string | undefined {
  try {
    return /version ([\d.]+)/.exec(
      execFileSync('prometheus', ['--version'], { encoding: 'utf8', stdio: 'pipe' }),
    )?.[1];
  } catch {
    return undefined;
  }
}
const version = versionOf();
if (!version)
  console.log('Skipped: no prometheus on this machine, so nothing was compared with the real one.');

const EXPOSITION = [
  '# TYPE http_requests_total counter',
  'http_requests_total{code="200",path="/a\\\\b \\"c\\" \\n{}"} 1027',
  'http_requests_total{code="500",job="mine",empty=""} 3.5e-7',
  '# TYPE weird gauge',
  'weird{kind="nan"} NaN',
  'weird{kind="up"} +Inf',
  'weird{kind="down"} -Inf',
  '',
].join('\n');

/** A real Prometheus behind mutual TLS and a password, scraping one target each second. */
describe.skipIf(!version)(`against Prometheus ${version}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'midwatch-prometheus-'));
  let target: TestServer;
  let source: PrometheusSource;
  let child: ReturnType<typeof spawn>;
  let url = '';

  beforeAll(async () => {
    target = await startServer((_heard, response) => {
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' });
      response.end(EXPOSITION);
    });
    const made = makeCertificates();
    const write = (name: string, text: string) => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const web = [
      'tls_server_config:',
      `  cert_file: ${write('crt', made.server.cert)}`,
      `  key_file: ${write('key', made.server.key)}`,
      '  client_auth_type: RequireAndVerifyClientCert',
      `  client_ca_file: ${write('ca', made.ca)}`,
    ].join('\n');
    const config = [
      'global: { scrape_interval: 1s, scrape_timeout: 1s }',
      'scrape_configs:',
      '  - job_name: fleet',
      `    static_configs: [{ targets: ["127.0.0.1:${target.port}"] }]`,
    ].join('\n');
    // Prometheus cannot say which free port it took, so one is found for it.
    const free = await startServer(() => undefined);
    await free.close();
    url = `https://localhost:${free.port}`;
    child = spawn(
      'prometheus',
      [
        `--config.file=${write('prometheus.yml', config)}`,
        `--web.config.file=${write('web.yml', web)}`,
        `--web.listen-address=127.0.0.1:${free.port}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
      ],
      { stdio: 'ignore' },
    );
    source = openSource(
      url,
      { timeout: '10s', tls: { ca: 'file:ca', cert: 'file:crt', key: 'file:key' } },
      {
        readSecret: secretsOf({
          'file:ca': made.ca,
          'file:crt': made.client.cert,
          'file:key': made.client.key,
        }),
      },
    );
    await waitFor(async () => {
      source.tryNow();
      const up = await source.instant('count_over_time(up[1m]) >= 3', Date.now());
      return up.ok && up.value.kind === 'vector' && up.value.samples.length === 1;
    });
  });
  afterAll(async () => {
    await source?.close();
    if (child && child.exitCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
    }
    await target?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('an instant query gives what our own parser reads from the same scrape', async () => {
    const answer = await source.instant('{__name__=~"http_requests_total|weird"}', Date.now());
    if (!answer.ok || answer.value.kind !== 'vector') throw new Error('a vector was expected');
    const own = parseExposition(EXPOSITION, 'text');
    if (!own.ok) throw new Error(own.error.message);
    const { attachTargetLabels, labelKey } = await import('../../../main/ingest/attach.ts');
    const attached = { job: 'fleet', instance: `127.0.0.1:${target.port}` };
    const sorted = (rows: [string, number][]) => rows.sort(([a], [b]) => (a < b ? -1 : 1));
    expect(sorted(answer.value.samples.map((one) => [labelKey(one.labels), one.value]))).toEqual(
      sorted(own.value.map((one) => [labelKey(attachTargetLabels(one.labels, attached, false)), one.value])),
    );
  });

  it('a range query is on its grid', async () => {
    const toAt = Math.floor(Date.now() / 1000) * 1000;
    const window = { fromAt: toAt - 2000, toAt, stepMs: 500 };
    const answer = await source.range('vector(7)', window);
    if (!answer.ok) throw new Error(answer.error.message);
    expect([...(answer.value[0]?.times ?? [])].map((at) => at - toAt)).toEqual([
      -2000, -1500, -1000, -500, 0,
    ]);
    expect(new Set(answer.value[0]?.values)).toEqual(new Set([7]));
  });

  it('a range of more points than it gives at once comes whole', async () => {
    const toAt = Math.floor(Date.now() / 1000) * 1000;
    const answer = await source.range('vector(1)', { fromAt: toAt - 24_999_000, toAt, stepMs: 1000 });
    expect(answer.ok && answer.value[0]?.times.length).toBe(25_000);
  });

  it('says where an expression is wrong, and what it refuses', async () => {
    expect(await source.instant('sum(', Date.now())).toMatchObject({
      error: { code: 'parse', position: { from: 4 } },
    });
    expect(await source.instant('up[5m]', Date.now())).toMatchObject({ error: { code: 'unsupported' } });
    expect(await source.instant('weird * on() http_requests_total', Date.now())).toMatchObject({
      error: { code: 'execution' },
    });
    expect(source.state().condition).toBe('ok');
  });

  it('without the client certificate it is unauthorised', async () => {
    const stranger = openSource(
      url,
      { tls: { ca: 'file:ca' } },
      { readSecret: async () => ({ ok: true, value: readFileSync(join(folder, 'ca'), 'utf8') }) },
    );
    await stranger.probe();
    expect(stranger.state().condition).toBe('unauthorised');
    await stranger.close();
  });
});

async function waitFor(condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('it did not come about within 40 s');
}

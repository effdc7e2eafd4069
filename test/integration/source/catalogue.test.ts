import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCatalogue } from '../../../main/app/catalogue.ts';
import { freePort, missingForPrometheus, until } from '../../support/scraping-prometheus.ts';

const missing = missingForPrometheus();
if (missing) console.log(`Skipping the catalogue over real programs: ${missing}.`);

const START_MS = 30_000;
const children: ChildProcess[] = [];
let folder = '';
const types = new Map<string, string>();

/** What a program says of its metrics: the kind by the name. One that counts requests has no count before the first is over. */
async function learnTypes(url: string, awaited: string): Promise<void> {
  const learn = async () => {
    const answer = await fetch(url).catch(() => null);
    const text = answer?.ok ? await answer.text() : '';
    for (const [, name = '', kind = ''] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) types.set(name, kind);
    return types.has(awaited);
  };
  await until(learn, START_MS, `${url} did not answer with ${awaited}`);
}

describe.skipIf(missing !== null)('the catalogue’s names over real programs', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'midwatch-catalogue-'));
    const [node, prometheus] = [await freePort(), await freePort()];
    writeFileSync(
      join(folder, 'rules.yml'),
      'groups:\n  - name: one\n    rules:\n      - { record: one, expr: vector(1) }\n',
    );
    writeFileSync(
      join(folder, 'prometheus.yml'),
      `global: { scrape_interval: 1s, evaluation_interval: 1s }\nrule_files: [${join(folder, 'rules.yml')}]\nscrape_configs:\n  - job_name: self\n    static_configs: [{ targets: ['127.0.0.1:${prometheus}'] }]\n`,
    );
    const start = (program: string, ...args: string[]) =>
      children.push(spawn(program, args, { stdio: 'ignore' }));
    start('prometheus-node-exporter', `--web.listen-address=127.0.0.1:${node}`);
    start(
      'prometheus',
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${prometheus}`,
    );
    await learnTypes(`http://127.0.0.1:${node}/metrics`, 'node_load1');
    await learnTypes(`http://127.0.0.1:${prometheus}/metrics`, 'prometheus_http_request_duration_seconds');
    // Made by whoever scrapes, for each target.
    const asked = `http://127.0.0.1:${prometheus}/api/v1/query?query=`;
    const own = async (name: string) =>
      ((await (await fetch(asked + name)).json()) as { data: { result: unknown[] } }).data.result.length > 0;
    for (const name of ['up', 'scrape_duration_seconds']) {
      await until(() => own(name), START_MS, `Prometheus has no ${name}`);
      types.set(name, 'gauge');
    }
  }, 90_000);
  afterAll(async () => {
    for (const child of children) {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  });

  const signals = readCatalogue()
    .filter((file) => file.id === 'node' || file.id === 'prometheus')
    .flatMap((file) => file.signals)
    .flatMap(({ metric, kind }) => (metric === undefined ? [] : [[metric, kind] as const]));

  it('are of two programs', () => expect(signals.length).toBeGreaterThan(12));

  it.each(signals)('%s is there, and is a %s', (metric, kind) => {
    expect(types.get(metric)).toBe(kind);
  });
});

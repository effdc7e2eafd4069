import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkWorkspace, reportWorkspace } from '../../../main/app/index.ts';
import { silentLogger, systemClock } from '../../../main/platform/index.ts';
import { openLog, readCorrections } from '../../../main/store/index.ts';
import { DAY_MS, MINUTE_MS } from '../../../shared/unit/time.ts';
import { memoryVault } from '../../support/memory-vault.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'midwatch-report-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const TO = Date.UTC(2026, 0, 3);

/** Two days of a counter each minute: every tenth request fails on the first day. */
function sampleFile(): string {
  const lines: string[] = ['# TYPE requests_total counter'];
  for (const bad of [false, true]) {
    let value = 0;
    for (let at = TO - 2 * DAY_MS; at <= TO; at += MINUTE_MS) {
      value += bad ? (at < TO - DAY_MS ? 1 : 0) : 9;
      lines.push(`requests_total{code="${bad ? 500 : 200}"} ${value} ${at}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

const SLO = `apiVersion: openslo/v1
kind: SLO
metadata: { name: shop, displayName: The shop }
spec:
  service: shop
  indicator:
    spec:
      ratioMetric:
        counter: true
        bad: { metricSource: { type: Prometheus, spec: { query: 'requests_total{code="500"}' } } }
        total: { metricSource: { type: Prometheus, spec: { query: requests_total } } }
  timeWindow: [{ duration: 28d, isRolling: true }]
  budgetingMethod: Occurrences
  objectives: [{ target: 0.99 }]
`;

async function workspaceAt(name: string) {
  const path = join(folder, name);
  mkdirSync(join(path, 'slos'), { recursive: true });
  writeFileSync(
    join(path, 'midwatch.yaml'),
    'name: shop\nsources: [{ id: prom, kind: prometheus, url: "http://127.0.0.1:9" }]\n',
  );
  writeFileSync(join(path, 'services.yaml'), 'services: [{ id: shop, tier: 1 }]\n');
  writeFileSync(join(path, 'slos', 'shop.yaml'), SLO);
  const { workspace, problems } = await checkWorkspace(path, systemClock(), silentLogger());
  if (!workspace) throw new Error(JSON.stringify(problems));
  return workspace;
}

describe('midwatch report', () => {
  const wish = { format: 'markdown', fromAt: TO - 2 * DAY_MS, toAt: TO } as const;

  it('counts over a file of samples, and takes corrections from the store', async () => {
    const workspace = await workspaceAt('counted');
    const file = join(folder, 'samples.txt');
    writeFileSync(file, sampleFile());
    const dataFolder = join(folder, 'data');
    const report = () =>
      reportWorkspace(workspace, wish, { file, dataFolder }, memoryVault(), silentLogger());
    const before = (await report()).text;
    expect(before).toMatch(/The shop \| 99 % \| 94\.7\d+ % \| no/);
    const logPath = join(dataFolder, 'midwatch.db');
    expect(readCorrections(logPath, () => undefined)).toEqual([]);
    const log = openLog(logPath, { clock: { now: () => TO } });
    await log.saveCorrection({
      ...{ id: 'c', objectiveId: 'shop', fromAt: TO - 2 * DAY_MS, toAt: TO - DAY_MS },
      ...{ reason: 'moved house', by: 'ana', createdAt: TO, revoked: null },
    });
    const { fileName, text } = await report();
    await log.close();
    expect(fileName).toBe('compliance-2026-01-03.md');
    expect(text).toMatch(/The shop \| 99 % \| (100|99\.9\d+) % \| yes/);
    expect(text).toContain('moved house');
  });

  it('says unknown where the source does not answer, and never kept', async () => {
    const workspace = await workspaceAt('unanswered');
    const { text } = await reportWorkspace(
      workspace,
      { ...wish, format: 'html' },
      { file: undefined, dataFolder: join(folder, 'none') },
      memoryVault(),
      silentLogger(),
    );
    expect(text).toMatch(/unknown/);
    expect(text).not.toMatch(/>yes</);
  });
});

import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');

interface Report {
  summary: { totalCruised: number; violations: { rule: { name: string }; from: string; to: string }[] };
}

async function cruise(...paths: string[]): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'midwatch-cruise-'));
  const report = join(folder, 'report.json');
  const tool = join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
  const hook = join(import.meta.dirname, 'read-tsx.mjs');
  const options = ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', '--output-to', report];
  try {
    // Its exit status is the number of violations, which the report names.
    await run(process.execPath, ['--import', hook, tool, ...options, ...paths], { cwd: root }).catch(
      () => undefined,
    );
    return JSON.parse(readFileSync(report, 'utf8')) as Report;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const planted: string[] = [];
function plant(path: string, text: string): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  planted.push(file);
}
afterEach(() => {
  for (const file of planted.splice(0)) rmSync(file);
});

describe('the import table', { timeout: 120_000 }, () => {
  it('holds, and was really read: an empty look would pass for ever', async () => {
    const { summary } = await cruise('main', 'shared', 'preload', 'renderer');
    expect(summary.violations.map((one) => `${one.rule.name}: ${one.from} → ${one.to}`)).toEqual([]);
    expect(summary.totalCruised).toBeGreaterThan(150);
  });

  it('catches each kind of planted breach', async () => {
    plant(
      'main/statistics/breach.test-plant.ts',
      "import { createRouter } from '../api/index.ts';\nexport const a = createRouter;\n",
    );
    plant(
      'main/notify/breach.test-plant.ts',
      "import { repeat } from '../platform/scheduler.ts';\nexport const a = repeat;\n",
    );
    plant(
      'main/alert/breach.test-plant.ts',
      "import Database from 'better-sqlite3';\nexport const a = Database;\n",
    );
    plant(
      'main/incident/breach.test-plant.ts',
      "import type { App } from 'electron';\nexport type A = App;\n",
    );
    plant(
      'shared/unit/breach.test-plant.ts',
      "import { readFileSync } from 'node:fs';\nexport const a = readFileSync;\n",
    );
    plant(
      'main/calendar/one.test-plant.ts',
      "import { b } from './two.test-plant.ts';\nexport const a = () => b;\n",
    );
    plant(
      'main/calendar/two.test-plant.ts',
      "import { a } from './one.test-plant.ts';\nexport const b = () => a;\n",
    );
    plant(
      'renderer/screen/health/breach.test-plant.ts',
      "import * as other from '../triage/triage-screen.tsx';\nimport uplot from 'uplot';\nexport const a = [other, uplot];\n",
    );
    const { summary } = await cruise('main', 'shared', 'renderer');
    const caught = new Set(
      summary.violations.filter((one) => one.from.includes('test-plant')).map((one) => one.rule.name),
    );
    for (const rule of [
      'stage-statistics',
      'door-notify',
      'sqlite-only-in-store',
      'electron-only-in-its-host',
      'no-node-in-shared-or-window',
      'no-cycle',
      'window-screen',
      'uplot-only-in-charts',
    ]) {
      expect(caught, rule).toContain(rule);
    }
  });
});

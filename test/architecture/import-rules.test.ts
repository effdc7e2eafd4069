import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');

interface Report {
  summary: { totalCruised: number; violations: { rule: { name: string }; from: string; to: string }[] };
}

async function cruise(...paths: string[]): Promise<Report> {
  const command = join(root, 'node_modules', '.bin', 'depcruise');
  const args = ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', ...paths];
  const { stdout } = await run(command, args, { cwd: root, maxBuffer: 64 * 1024 * 1024 }).catch(
    (failed: { stdout: string }) => failed,
  );
  return JSON.parse(stdout) as Report;
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
      "import * as other from '../triage/index.tsx';\nimport uplot from 'uplot';\nexport const a = [other, uplot];\n",
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

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startDesktop, until } from './support/desktop.ts';
import { runPlainly } from './support/plain-run.ts';
import { root } from './support/runtime.ts';
import { actOnNotification, shellRecord, watchShell } from './support/watch-shell.ts';

const isKept = process.env.UPDATE_SCREENSHOTS === '1';
const shots = isKept ? join(root, 'docs', 'screenshots') : join(root, 'test-results', 'desktop');

describe('the demo on the desktop', () => {
  it('goes from a fault to an acknowledged incident, by the system’s notification', async () => {
    mkdirSync(shots, { recursive: true });
    const desktop = await startDesktop({ args: ['demo'] });
    try {
      await watchShell(desktop.app);
      await until(
        'the fleet is watched',
        async () => (await desktop.text()).includes('Nothing is firing'),
        120_000,
      );
      await desktop.page.screenshot({ path: join(shots, 'desktop-1-quiet.png') });
      await desktop.app.evaluate(({ Menu }) =>
        Menu.getApplicationMenu()?.getMenuItemById('break-bad-model')?.click(),
      );
      await until('a page came', async () => (await shellRecord(desktop.app)).notifications[0], 90_000);
      await desktop.page.screenshot({ path: join(shots, 'desktop-2-paged.png') });
      await actOnNotification(desktop.app, null);
      await until('its incident is open', async () => /#\/incident\/./.test(await desktop.address()));
      await actOnNotification(desktop.app, 0);
      await until('it is acknowledged', async () => /Acknowledged/.test(await desktop.text()));
      await desktop.page.screenshot({ path: join(shots, 'desktop-3-acknowledged.png') });
      const { tooltips } = await shellRecord(desktop.app);
      expect(tooltips.at(-1)).toMatch(/open incident/);
    } finally {
      await desktop.close();
    }
  }, 240_000);

  it('runs unattended as a sub-command, with the fleet as a utility process', async () => {
    const data = mkdtempSync(join(tmpdir(), 'midwatch-smoke-'));
    try {
      const run = await runPlainly([`--user-data-dir=${data}`, 'demo', '--smoke']);
      expect(run, run.out + run.err).toMatchObject({ status: 0 });
      expect(run.out).toContain('acknowledged');
    } finally {
      rmSync(data, { recursive: true, force: true });
    }
  }, 300_000);
});

import { rename } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { silentLogger, systemClock, VirtualClock } from '../../../main/platform/index.ts';
import { loadWorkspace, type Problem, watchWorkspace } from '../../../main/workspace/index.ts';
import type { Workspace } from '../../../shared/config/workspace.ts';
import { GOOD_FILES, loadDeps, workspaceFolder } from '../../support/workspace.ts';

async function watching(path: string, clock = new VirtualClock(0)) {
  const workspaces: Workspace[] = [];
  const refusals: (readonly Problem[])[] = [];
  const initial = await loadWorkspace(path, loadDeps());
  const watch = watchWorkspace(path, {
    ...loadDeps(),
    clock,
    log: silentLogger(),
    initial,
    onWorkspace: (workspace) => void workspaces.push(workspace),
    onRefused: (problems) => void refusals.push(problems),
  });
  return { watch, workspaces, refusals, clock, [Symbol.dispose]: () => watch.stop() };
}

describe('a watched workspace', () => {
  it('is silent while the files say the same', async () => {
    await using folder = await workspaceFolder();
    using one = await watching(folder.path);
    await folder.write('midwatch.yaml', GOOD_FILES['midwatch.yaml'] ?? '');
    await one.clock.advance(20_000);
    expect(one.workspaces).toEqual([]);
    expect(one.refusals).toEqual([]);
  });

  it('takes a change over at the next look, also where the file system says nothing', async () => {
    await using folder = await workspaceFolder();
    using one = await watching(folder.path);
    await folder.write('services.yaml', `${GOOD_FILES['services.yaml']}  - id: new\n`);
    await one.clock.advance(5_000);
    expect(one.workspaces.map((workspace) => workspace.services.length)).toEqual([3]);
  });

  it('refuses a mistake and says so once, then takes the mended file', async () => {
    await using folder = await workspaceFolder();
    using one = await watching(folder.path);
    await folder.write('services.yaml', 'services: oops\n');
    await one.clock.advance(15_000);
    expect(one.workspaces).toEqual([]);
    expect(one.refusals).toHaveLength(1);
    expect(one.refusals[0]?.[0]).toMatchObject({ file: 'services.yaml', line: 1, column: 11 });
    await folder.write('services.yaml', GOOD_FILES['services.yaml'] ?? '');
    await one.clock.advance(5_000);
    expect(one.workspaces).toHaveLength(1);
  });

  it('survives the folder going away for a while', async () => {
    await using folder = await workspaceFolder();
    using one = await watching(folder.path);
    await rename(folder.path, `${folder.path}-away`);
    await one.clock.advance(5_000);
    expect(one.refusals.at(-1)?.[0]?.message).toContain('cannot be read');
    await rename(`${folder.path}-away`, folder.path);
    await one.clock.advance(5_000);
    expect(one.workspaces).toHaveLength(1);
  });

  it('hears of a change from the file system without waiting for the next look', async () => {
    await using folder = await workspaceFolder();
    const workspaces: Workspace[] = [];
    const { promise: taken, resolve } = Promise.withResolvers<void>();
    const watch = watchWorkspace(folder.path, {
      ...loadDeps(),
      clock: systemClock(),
      log: silentLogger(),
      initial: await loadWorkspace(folder.path, loadDeps()),
      rescanMs: 3_600_000,
      debounceMs: 20,
      onWorkspace: (workspace) => {
        workspaces.push(workspace);
        resolve();
      },
      onRefused: () => undefined,
    });
    await folder.write('midwatch.yaml', (GOOD_FILES['midwatch.yaml'] ?? '').replace('shop', 'store'));
    await taken;
    watch.stop();
    expect(workspaces.at(-1)?.name).toBe('store');
  });
});

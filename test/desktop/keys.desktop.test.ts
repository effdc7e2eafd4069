import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Desktop, startDesktop, until } from './support/desktop.ts';
import { runtime } from './support/runtime.ts';
import { startTarget, type Target } from './support/target.ts';
import { clickMenu } from './support/watch-shell.ts';
import { type TestWorkspace, writeWorkspace } from './support/workspace.ts';

let target: Target;
let workspace: TestWorkspace;
let desktop: Desktop;

beforeAll(async () => {
  target = await startTarget({ queue: 0, down: 0 });
  workspace = writeWorkspace(target.address);
  const env = { STAND_IN_TAKEN_KEYS: 'CommandOrControl+Alt+M' };
  desktop = await startDesktop({ args: ['start', workspace.path], env });
}, 60_000);
afterAll(async () => {
  await desktop.close();
  await target.close();
  workspace.remove();
});

// Keys that another program holds can be had for certain on the stand-in only.
describe.runIf(runtime.kind === 'stand-in')('keys of the whole system', () => {
  it('that another program has are refused where they are chosen, and the choice stays off', async () => {
    const item = () =>
      desktop.app.evaluate(({ Menu }) => {
        const found = Menu.getApplicationMenu()?.getMenuItemById('summon-keys');
        return { label: found?.label ?? '', checked: found?.checked ?? null };
      });
    expect(await item()).toEqual({
      label: expect.stringMatching(/^Come to the front with .*M, from any program$/),
      checked: false,
    });
    await clickMenu(desktop.app, 'summon-keys');
    await until('the refusal is said', async () =>
      (await item()).label.endsWith('(refused: another program has these keys)'),
    );
    expect((await item()).checked).toBe(false);
    await until('and logged', () => desktop.said().includes('the system did not give the keys'));
  });
});

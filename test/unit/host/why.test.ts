import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseCommand } from '../../../main/host/cli/arguments.ts';
import { why } from '../../../main/host/cli/why.ts';
import { err } from '../../../shared/error/result.ts';
import { alertOf } from '../../support/incident.ts';
import { openTestLog, type TestLog } from '../../support/log.ts';

let folder = '';
let log: TestLog;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'midwatch-why-'));
  mkdirSync(join(folder, 'data'));
  writeFileSync(
    join(folder, 'midwatch.yaml'),
    'name: quiet\nsources: [{ id: none, kind: prometheus, url: "http://127.0.0.1:9" }]\n',
  );
  log = openTestLog({}, join(folder, 'data'));
  const verdict = (alertId: string, at: number, reason: string) => ({
    ...{ alertId, stage: 'state' as const, outcome: 'fired' as const, reason, at },
    definedAt: 'slos/checkout.yaml:14',
  });
  await log.log.call.saveAlerts(
    [
      { ...alertOf(), id: 'aaaa1', title: 'Checkout \u001b[2Jfails', service: 'checkout' },
      { ...alertOf(), id: 'aaaa2', title: 'Search is slow', service: 'search' },
    ],
    [
      verdict('aaaa1', Date.parse('2026-02-01T10:00:00Z'), 'Holds: 4 of 120 failed'),
      verdict('aaaa1', Date.parse('2026-03-01T10:00:00Z'), 'Clear: no failures'),
    ],
  );
});
afterEach(() => {
  log.remove();
  rmSync(folder, { recursive: true, force: true });
});

async function ask(...args: string[]) {
  const said: string[] = [];
  const complained: string[] = [];
  const command = parseCommand(['why', ...args, '--data', join(folder, 'data')]);
  if (!command.ok || command.value.kind !== 'why') throw new Error('this is no question');
  const status = await why(command.value, {
    say: (text) => void said.push(text),
    complain: (text) => void complained.push(text),
  });
  return { status, said: said.join('\n'), complained: complained.join('\n') };
}

describe('midwatch why', () => {
  it('prints what each stage said, oldest first, with file and line, while the log is being written', async () => {
    const { status, said } = await ask('checkout', folder);
    expect(status).toBe(0);
    const lines = said.split('\n');
    expect(lines[0]).toBe('aaaa1  P0 checkout: Checkout  [2Jfails');
    expect(lines[2]).toBe(
      '  2026-02-01 10:00:00Z  state       fired      Holds: 4 of 120 failed [slos/checkout.yaml:14]',
    );
    expect(lines[3]).toContain('Clear: no failures');
  });

  it('within a time also says what was in force when it began', async () => {
    const { said } = await ask(
      'aaaa1',
      folder,
      '--from',
      '2026-02-15T00:00:00Z',
      '--to',
      '2026-02-20T00:00:00Z',
    );
    expect(said).toContain('Holds: 4 of 120 failed');
    expect(said).not.toContain('Clear');
  });

  it('as JSON says the same for programs', async () => {
    const { said, status } = await ask('aaaa1', folder, '--json');
    expect(status).toBe(0);
    expect(JSON.parse(said)).toMatchObject({ kind: 'one', alert: { id: 'aaaa1' }, verdicts: [{}, {}] });
  });

  it('lists the alerts where several fit, and says where none does', async () => {
    const several = await ask('aaaa', folder);
    expect(several.status).toBe(1);
    expect(several.complained).toContain('2 alerts fit "aaaa"');
    expect(several.complained).toContain('aaaa2  P0 search: Search is slow');
    expect(await ask('nothing like it', folder)).toMatchObject({ status: 1, said: '' });
  });

  it('says that there is no log where Midwatch never ran, and what is wrong with the question', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'midwatch-empty-'));
    const command = parseCommand(['why', 'x', folder, '--data', empty]);
    if (!command.ok || command.value.kind !== 'why') throw new Error('this is no question');
    const silent = { say: () => undefined, complain: () => undefined };
    await expect(why(command.value, silent)).rejects.toThrow('there is none yet');
    rmSync(empty, { recursive: true });
    expect(parseCommand(['why'])).toEqual(err(expect.stringContaining('Name the alert')));
    expect(parseCommand(['why', 'x', '--from', 'soon'])).toEqual(
      err(expect.stringContaining('are instants')),
    );
    const swapped = ['why', 'x', '--from', '2026-02-01T00:00:00Z', '--to', '2026-01-01T00:00:00Z'];
    expect(parseCommand(swapped)).toEqual(err(expect.stringContaining('ends before it begins')));
  });
});

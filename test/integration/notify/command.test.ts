import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SECOND_MS } from '../../../shared/unit/time.ts';
import { desk, requestOf } from '../../support/notifying.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'midwatch-command-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A program that writes down what it was given, and then does what `then` says. */
function program(then = ''): string {
  const path = join(folder, 'page.mjs');
  writeFileSync(
    path,
    `#!${process.execPath}
import { writeFileSync, readFileSync } from 'node:fs';
const stdin = readFileSync(0, 'utf8');
writeFileSync(${JSON.stringify(join(folder, 'given.json'))}, JSON.stringify({ argv: process.argv.slice(2), env: process.env, stdin }));
${then}
`,
    { mode: 0o755 },
  );
  return path;
}

const given = () =>
  JSON.parse(readFileSync(join(folder, 'given.json'), 'utf8')) as {
    argv: string[];
    env: Record<string, string>;
    stdin: string;
  };

async function telling(channel: object, secrets: Record<string, string> = {}) {
  const it = desk({
    routing: { receivers: { on_call_engineer: [{ kind: 'command', ...channel }] } },
    secrets,
    environment: { PATH: process.env.PATH ?? '', AWS_SECRET_ACCESS_KEY: 'canary' },
  });
  await it.notifier.start();
  return it;
}

const HOSTILE = '$(touch /tmp/x); `id` "\' --help \\ \n*';

describe('a command', () => {
  it('gets each value as one argument, byte for byte, the page on its input, and little of the environment', async () => {
    const argv = [program(), '--priority={{priority}}', '--', '{{title}}'];
    const it = await telling({ argv, env: { TOKEN: 'env:PAGER' } }, { 'env:PAGER': 's3cret' });
    await it.notifier.enqueue([requestOf({ page: { title: HOSTILE } })]);
    await it.pass(0);
    expect(it.outcomes.map((one) => one.outcome)).toEqual(['sent']);
    const { argv: taken, env, stdin } = given();
    expect(taken).toEqual(['--priority=P0', '--', HOSTILE]);
    expect(JSON.parse(stdin)).toMatchObject({ version: 1, title: HOSTILE, groupKey: 'service=gateway' });
    expect(env).toMatchObject({ MIDWATCH_TITLE: HOSTILE, MIDWATCH_STATUS: 'firing', TOKEN: 's3cret' });
    expect(env.AWS_SECRET_ACCESS_KEY).toBeUndefined();
    expect(JSON.stringify(await it.deliveries())).not.toContain('s3cret');
  });

  it('is tried again on a failure with what it said, and not on a wrong use', async () => {
    const failing = await telling({ argv: [program("console.error('no modem'); process.exit(1);")] });
    await failing.notifier.enqueue([requestOf()]);
    await failing.pass(0);
    expect(failing.notifier.problem()).toContain('ended with status 1: no modem');
    expect(failing.outcomes).toEqual([]);
    const misused = await telling({ argv: [program('process.exit(64);')] });
    await misused.notifier.enqueue([requestOf()]);
    await misused.pass(0);
    expect(misused.outcomes[0]?.delivery).toMatchObject({ state: 'failed', attempts: 1 });
  });

  it('that does not end is ended with all that it started', async () => {
    const it = await telling({ argv: [program('setInterval(() => undefined, 1_000);')], timeout: '2s' });
    await it.notifier.enqueue([requestOf()]);
    await expect
      .poll(() => readFileSync(join(folder, 'given.json'), 'utf8'), { timeout: 20_000 })
      .toContain('argv');
    await it.pass(2 * SECOND_MS);
    expect(it.notifier.problem()).toContain('did not end within 2000 ms');
  });

  it('that writes for ever fills no memory', async () => {
    const loud = "process.stdout.write('x'.repeat(4_000_000)); process.exitCode = 64;";
    const it = await telling({ argv: [program(loud)] });
    await it.notifier.enqueue([requestOf()]);
    await it.pass(0);
    expect(it.outcomes[0]?.delivery.problem?.length).toBeLessThan(400);
  });

  it('that is not there is said', async () => {
    const it = await telling({ argv: [join(folder, 'nothing')] });
    await it.notifier.enqueue([requestOf()]);
    await it.pass(0);
    expect(it.outcomes[0]?.delivery.problem).toContain('could not be started');
  });
});

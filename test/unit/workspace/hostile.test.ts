import { execFileSync } from 'node:child_process';
import { mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inlineWorker, silentLogger, systemClock } from '../../../main/platform/index.ts';
import {
  changeFile,
  formatProblems,
  loadWorkspace,
  readYaml,
  startYamlThread,
} from '../../../main/workspace/index.ts';
import { overWorker } from '../../../main/workspace/yaml-thread.ts';
import { loadDeps, workspaceFolder } from '../../support/workspace.ts';

const ENTRY = new URL('../../../main/workspace/yaml.worker.ts', import.meta.url);

describe('hostile YAML', () => {
  it('with aliases that grow to billions is refused at once', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 12; i += 1)
      lines.push(
        `a${i}: &a${i} [${Array(10)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
      );
    const { documents, problems } = readYaml(lines.join('\n'));
    expect(documents).toEqual([]);
    expect(problems[0]?.message).toContain('at most 50000 values');
  });

  it('with an alias to what holds it is refused', () => {
    expect(readYaml('a: &a [*a]').problems).toEqual([
      { line: 1, column: 8, message: expect.stringContaining('expected an anchor &a before this alias') },
    ]);
  });

  it.each([
    ['brackets', '['.repeat(500_000)],
    ['braces', '{a: '.repeat(100_000)],
    ['lists in lists', '- '.repeat(400)],
    ['indentation', Array.from({ length: 300 }, (_, at) => `${' '.repeat(at)}a:`).join('\n')],
  ])('nested deeply in %s is refused', (_what, text) => {
    const { problems } = readYaml(text);
    expect(problems[0]?.message).toMatch(/levels of nesting|less deeply nested/);
  });

  it('cannot reach the prototype, nor name a key twice', () => {
    expect(readYaml('__proto__: { polluted: 1 }').problems).toHaveLength(1);
    expect(readYaml('constructor: 1').documents[0]?.value).toEqual({ constructor: 1 });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(readYaml('? [a]\n: 1').problems[0]?.message).toContain('expected a name as key');
  });

  it('never makes the reader throw, and every problem has a place', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom(
            'a',
            ':',
            ' ',
            '\n',
            '-',
            '[',
            ']',
            '{',
            '}',
            '&',
            '*',
            '"',
            "'",
            '|',
            '#',
            '!',
            '%',
            '\t',
            '?',
          ),
        }),
        (text) => {
          for (const { line, column, message } of readYaml(text).problems) {
            expect(line).toBeGreaterThanOrEqual(1);
            expect(column).toBeGreaterThanOrEqual(1);
            expect(message).toContain('expected');
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('the thread that reads YAML', () => {
  it('reads as this thread does', async () => {
    const thread = startYamlThread({ clock: systemClock(), log: silentLogger(), entry: ENTRY });
    const text = 'a:\n  - b: |\n      c\n';
    expect(await thread.read(text)).toEqual(readYaml(text));
    await thread.stop();
  });

  it('gives a text up that takes longer than the deadline, and says so of the file', async () => {
    let killed: (() => void) | undefined;
    const endless = () =>
      new Promise<never>((_resolve, reject) => {
        killed = () => reject(Object.assign(new DiedError()));
      });
    const worker = {
      ...inlineWorker('yaml', { read: readYaml, change: changeFile }),
      call: { read: endless, change: endless },
      kill: async () => killed?.(),
    };
    const thread = overWorker(worker, systemClock(), 20);
    const changed = await thread.change('a.yaml', 'a: 1', []);
    expect(changed).toMatchObject({ ok: false, problem: { line: 1 } });
    const reading = await thread.read('a: 1');
    expect(reading.problems[0]?.message).toContain('expected YAML that can be read within 20 ms');
  });
});

class DiedError extends (await import('../../../shared/error/coded.ts')).CodedError {
  constructor() {
    super('worker-died', 'killed');
  }
}

async function problemsOf(path: string): Promise<string> {
  const { workspace, problems } = await loadWorkspace(path, loadDeps());
  expect(workspace).toBeNull();
  return formatProblems(problems);
}

describe('a hostile folder', () => {
  it('with a file of 10 MB is told so without reading it whole', async () => {
    await using folder = await workspaceFolder();
    await folder.write('alerts/big.yaml', '# '.padEnd(10_000_000, 'x'));
    expect(await problemsOf(folder.path)).toBe('alerts/big.yaml:1:1 expected a file of at most 1 MiB');
  });

  it('with more than 16 MiB in all is told where it stopped', async () => {
    await using folder = await workspaceFolder();
    for (let i = 10; i < 28; i += 1) await folder.write(`slos/x${i}.yaml`, '# '.padEnd(1_048_000, 'x'));
    const problems = await problemsOf(folder.path);
    expect(problems).toMatch(/slos\/x26\.yaml:1:1 expected at most 16 MiB/);
  });

  it('with links out of it reads none of them', async () => {
    await using folder = await workspaceFolder();
    await using outside = await workspaceFolder({ 'alerts/secret.yaml': 'groups: []\n' });
    await symlink(join(outside.path, 'alerts/secret.yaml'), join(folder.path, 'alerts/link.yaml'));
    expect(await problemsOf(folder.path)).toContain(
      'alerts/link.yaml:1:1 expected a file of the workspace; this link leads out of it',
    );
    await folder.remove('alerts');
    await symlink(join(outside.path, 'alerts'), join(folder.path, 'alerts'));
    expect(await problemsOf(folder.path)).toContain('alerts:1:1 expected a folder and no link');
  });

  it('may hold links that stay inside', async () => {
    await using folder = await workspaceFolder();
    await mkdir(join(folder.path, 'shared'));
    await rename(join(folder.path, 'alerts/queue.yaml'), join(folder.path, 'shared/queue.txt'));
    await symlink('../shared/queue.txt', join(folder.path, 'alerts/queue.yaml'));
    const { problems } = await loadWorkspace(folder.path, loadDeps());
    expect(problems).toEqual([]);
  });

  it('with a pipe that nobody writes to, or with bytes that are no text, goes on', async () => {
    await using folder = await workspaceFolder();
    execFileSync('mkfifo', [join(folder.path, 'alerts/pipe.yaml')]);
    await writeFile(join(folder.path, 'alerts/bytes.yaml'), Uint8Array.from([0xff, 0xfe, 0x00, 0x80]));
    const problems = await problemsOf(folder.path);
    expect(problems).toContain('alerts/pipe.yaml:1:1 expected a plain file');
    expect(problems).toContain('alerts/bytes.yaml:1:1 expected text in UTF-8');
  });

  it('that is not there is an error of its own', async () => {
    await expect(loadWorkspace('/nowhere/at/all', loadDeps())).rejects.toMatchObject({
      code: 'workspace-unreadable',
    });
    await expect(loadWorkspace(ENTRY.pathname, loadDeps())).rejects.toMatchObject({
      code: 'workspace-unreadable',
    });
  });
});

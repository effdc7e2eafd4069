import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { checkWorkspace } from '../../main/app/index.ts';
import { silentLogger, systemClock } from '../../main/platform/index.ts';
import { ReceiverKind } from '../../shared/model/notification.ts';

const root = join(import.meta.dirname, '..', '..');
let folder = '';
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The indented blocks of a Markdown text that begin with the given words, without their indentation. */
function block(path: string, begin: string): string {
  const text = readFileSync(join(root, path), 'utf8');
  const blocks = text.split(/\n(?! {4}|\n)/).flatMap((part) => {
    const lines = part.split('\n').filter((line) => line.startsWith('    ') || line === '');
    return lines.some((line) => line !== '')
      ? [
          lines
            .map((line) => line.slice(4))
            .join('\n')
            .trim(),
        ]
      : [];
  });
  const found = blocks.find((one) => one.startsWith(begin));
  if (found === undefined) throw new Error(`${path} has no example that begins with "${begin}".`);
  return found;
}

async function check(files: Readonly<Record<string, string>>) {
  folder = mkdtempSync(join(tmpdir(), 'midwatch-documentation-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), `${text}\n`);
  }
  const { workspace, problems } = await checkWorkspace(folder, systemClock(), silentLogger());
  // An example need not name a second channel.
  return { workspace, problems: problems.filter((one) => one.severity === 'error') };
}

describe('the examples that people copy', () => {
  it('in the README watch a Prometheus', async () => {
    const { workspace, problems } = await check({
      'midwatch.yaml': block('README.md', '# ops/midwatch.yaml'),
    });
    expect(problems).toEqual([]);
    expect(workspace?.sources.map((source) => source.kind)).toEqual(['prometheus']);
  });

  it('in the page about alerts reach people by every channel there is, and say who is on call', async () => {
    const { workspace, problems } = await check({
      'midwatch.yaml': block('docs/alerts.md', '# midwatch.yaml'),
    });
    expect(problems).toEqual([]);
    const kinds = Object.values(workspace?.routing.receivers ?? {}).flatMap((all) =>
      all.map((one) => one.kind),
    );
    expect([...new Set([...kinds, 'browser'])].sort()).toEqual([...ReceiverKind.options].sort());
    expect(Object.keys(workspace?.routing.schedules ?? {})).toEqual(['on_call_engineer']);
  });

  it('in the reference of the workspace are a workspace without a mistake', async () => {
    const rest = block('docs/workspace.md', '# alerts/queue.yaml').split(/\n(?=# )/);
    const { workspace, problems } = await check({
      'midwatch.yaml': block('docs/workspace.md', 'name: production'),
      'slos/checkout.yaml': block('docs/workspace.md', 'apiVersion: openslo/v1'),
      'alerts/queue.yaml': rest[0] ?? '',
      'detectors/queue.yaml': rest[1] ?? '',
      'services.yaml': rest[2] ?? '',
    });
    expect(problems).toEqual([]);
    expect(workspace?.objectives.map((one) => one.thresholdMs)).toEqual([250]);
    expect(workspace?.rules).toHaveLength(1);
    expect(workspace?.detectors).toHaveLength(1);
    expect(workspace?.services.map((one) => one.id)).toEqual(['checkout', 'payments']);
  });

  it('name files that are there', () => {
    for (const path of ['README.md', 'docs/workspace.md', 'docs/objectives.md', 'docs/demo-fleet.md']) {
      const text = readFileSync(join(root, path), 'utf8');
      for (const [, target = ''] of text.matchAll(/\]\(((?!https?:)[^)#]+)\)/g)) {
        expect(() => readFileSync(join(root, dirname(path), target)), `${path} → ${target}`).not.toThrow();
      }
    }
  });
});

import { describe, expect, it } from 'vitest';
import { silentLogger, VirtualClock } from '../../../main/platform/index.ts';
import { loadWorkspace, type Problem, readYaml, watchWorkspace } from '../../../main/workspace/index.ts';
import type { Workspace } from '../../../shared/config/workspace.ts';
import { GOOD_FILES, loadDeps, workspaceFolder } from '../../support/workspace.ts';

const services = (count: number) =>
  `services:\n${['gateway', 'ranking', ...Array.from({ length: count }, (_, i) => `s${i}`)].map((id) => `  - id: ${id}\n`).join('')}`;

/** A watch whose reader and whose taker can be held. */
async function held(path: string) {
  const clock = new VirtualClock(0);
  const taken: number[] = [];
  const refused: (readonly Problem[])[] = [];
  const gates: { reading: Promise<void>; taking: Promise<void>; fail: Error | null } = {
    reading: Promise.resolve(),
    taking: Promise.resolve(),
    fail: null,
  };
  let taking = 0;
  let most = 0;
  const watch = watchWorkspace(path, {
    ...loadDeps({
      readYaml: async (text) => {
        await gates.reading;
        return readYaml(text);
      },
    }),
    clock,
    log: silentLogger(),
    initial: await loadWorkspace(path, loadDeps()),
    onWorkspace: async (workspace: Workspace) => {
      taking += 1;
      most = Math.max(most, taking);
      await gates.taking;
      taking -= 1;
      if (gates.fail) throw gates.fail;
      taken.push(workspace.services.length);
    },
    onRefused: (problems) => void refused.push(problems),
  });
  return { watch, clock, taken, refused, gates, most: () => most, [Symbol.dispose]: () => watch.stop() };
}
const gate = () => Promise.withResolvers<void>();

describe('files that change while they are read', () => {
  it('are read again: what runs in the end is what lies there in the end', async () => {
    await using folder = await workspaceFolder();
    using one = await held(folder.path);
    await folder.write('services.yaml', services(1));
    const { promise, resolve } = gate();
    one.gates.reading = promise;
    const looking = one.watch.check();
    await new Promise((done) => setTimeout(done, 20));
    await folder.write('services.yaml', services(22));
    resolve();
    await looking;
    await one.watch.check();
    expect(one.taken.at(-1)).toBe(24);
  });

  it('are taken over one after the other, never two at a time', async () => {
    await using folder = await workspaceFolder();
    using one = await held(folder.path);
    const { promise, resolve } = gate();
    one.gates.taking = promise;
    await folder.write('services.yaml', services(1));
    const first = one.watch.check();
    // The second change comes while the first is being taken over, however long reading takes here.
    await expect.poll(one.most, { interval: 5 }).toBe(1);
    await folder.write('services.yaml', services(33));
    const rest = [one.watch.check(), one.watch.check(), one.watch.check()];
    resolve();
    await Promise.all([first, ...rest]);
    expect(one.most()).toBe(1);
    expect(one.taken).toEqual([3, 35]);
  });

  it('that could not be taken over are tried again at the next look, though they say the same', async () => {
    await using folder = await workspaceFolder();
    using one = await held(folder.path);
    one.gates.fail = new Error('the store is away');
    await folder.write('services.yaml', services(4));
    await one.watch.check();
    expect(one.taken).toEqual([]);
    expect(one.refused.at(-1)?.[0]?.message).toBe('the store is away');
    one.gates.fail = null;
    await one.watch.check();
    expect(one.taken).toEqual([6]);
  });

  it('are not taken over any more once nobody watches', async () => {
    await using folder = await workspaceFolder();
    const one = await held(folder.path);
    const { promise, resolve } = gate();
    one.gates.reading = promise;
    await folder.write('services.yaml', services(5));
    const looking = one.watch.check();
    await new Promise((done) => setTimeout(done, 20));
    one.watch.stop();
    resolve();
    await looking;
    await one.clock.advance(60_000);
    expect(one.taken).toEqual([]);
    expect(one.refused).toEqual([]);
  });

  it('and back to what runs are no news at all', async () => {
    await using folder = await workspaceFolder();
    using one = await held(folder.path);
    await folder.write('services.yaml', services(9));
    await folder.write('services.yaml', GOOD_FILES['services.yaml'] ?? '');
    await one.watch.check();
    expect(one.taken).toEqual([]);
  });

  it('in many small steps end at the last one, whatever was seen in between', async () => {
    await using folder = await workspaceFolder();
    using one = await held(folder.path);
    const looks: Promise<void>[] = [];
    for (let i = 0; i < 15; i += 1) {
      await folder.write('services.yaml', i % 3 === 1 ? 'services: [' : services(i));
      looks.push(one.watch.check());
    }
    await Promise.all(looks);
    await one.watch.check();
    expect(one.taken.at(-1)).toBe(16);
    for (const problems of one.refused)
      expect(problems.every((problem) => problem.line >= 1 && problem.column >= 1)).toBe(true);
  });
});

describe('a mistake deep in a file', () => {
  const problemsOf = async (files: Record<string, string>) => {
    await using folder = await workspaceFolder(files);
    return (await loadWorkspace(folder.path, loadDeps())).problems;
  };

  it('is named with file, line, column and path, and all of them at once', async () => {
    const found = await problemsOf({
      'alerts/queue.yaml': `groups:
  - name: queue
    rules:
      - alert: QueueLong
        expr: queue > 8
        for: soon
        labels: { priority: P9, service: ranking }
      - alert: Odd
        expr: "queue !! 8"
`,
      'detectors/queue.yaml':
        'detectors:\n  - id: queue\n    service: nobody\n    query: queue\n    window: 1\n',
    });
    const places = found.map(({ file, line, path }) => `${file}:${line} ${path}`);
    expect(places).toEqual(
      expect.arrayContaining([
        'alerts/queue.yaml:6 groups[0].rules[0].for',
        expect.stringMatching(/^alerts\/queue\.yaml:7 groups\[0\]\.rules\[0\]\.labels/),
        expect.stringMatching(/^detectors\/queue\.yaml:5 detectors\[0\]\.window/),
      ]),
    );
  });

  it('inside an expression of several lines is named at its own line and column', async () => {
    const found = await problemsOf({
      'alerts/queue.yaml': `groups:
  - name: queue
    rules:
      - alert: QueueLong
        expr: |
          sum(queue)
            > !! 8
        labels: { priority: P2, service: ranking }
`,
    });
    expect(found.map(({ line, column }) => [line, column])).toEqual([[7, 15]]);
  });

  it('of one file hides no mistake of another', async () => {
    const found = await problemsOf({ 'services.yaml': 'services: [', 'playbooks/degraded.yaml': 'id: 7\n' });
    expect(new Set(found.map((problem) => problem.file))).toEqual(
      new Set(['services.yaml', 'playbooks/degraded.yaml']),
    );
  });

  it('is at most a bounded list, though each line is wrong', async () => {
    const found = await problemsOf({
      'services.yaml': `services:\n${'  - id: a\n    id: b\n'.repeat(3_000)}`,
    });
    expect(found.length).toBeGreaterThan(0);
    expect(found.length).toBeLessThan(200);
  });
});

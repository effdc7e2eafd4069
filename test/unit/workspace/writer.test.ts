import { chmod, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { silentLogger, VirtualClock } from '../../../main/platform/index.ts';
import {
  changeFile,
  createWorkspaceWriter,
  loadWorkspace,
  type WriterOptions,
  watchWorkspace,
} from '../../../main/workspace/index.ts';
import { fileStem, WorkspaceEdit, type WorkspaceEditInput } from '../../../shared/config/edit.ts';
import type { Workspace } from '../../../shared/config/workspace.ts';
import { GOOD_FILES, loadDeps, workspaceFolder } from '../../support/workspace.ts';

async function writing(path: string, change: WriterOptions['changeFile'] = changeFile) {
  const taken: Workspace[] = [];
  const refused: unknown[] = [];
  const watch = watchWorkspace(path, {
    ...loadDeps(),
    clock: new VirtualClock(0),
    log: silentLogger(),
    initial: await loadWorkspace(path, loadDeps()),
    onWorkspace: (workspace) => void taken.push(workspace),
    onRefused: (problems) => void refused.push(problems),
  });
  const writer = createWorkspaceWriter(path, { ...loadDeps(), changeFile: change, watch });
  const edits = (...inputs: WorkspaceEditInput[]) => inputs.map((one) => WorkspaceEdit.parse(one));
  return {
    taken,
    refused,
    writer,
    preview: (...inputs: WorkspaceEditInput[]) => writer.preview(edits(...inputs)),
    /** As the window does it: looks first, then writes what it saw. */
    async apply(...inputs: WorkspaceEditInput[]) {
      const seen = await writer.preview(edits(...inputs));
      const versions = Object.fromEntries(seen.files.map((one) => [one.file, one.version]));
      return writer.apply(edits(...inputs), versions);
    },
    applyOn: (versions: Record<string, string | null>, ...inputs: WorkspaceEditInput[]) =>
      writer.apply(edits(...inputs), versions),
    text: (name: string) => readFile(join(path, name), 'utf8'),
    [Symbol.dispose]: () => watch.stop(),
  };
}

const rename: WorkspaceEditInput = { kind: 'set', file: 'midwatch.yaml', path: ['name'], value: 'store' };

describe('writing the workspace', () => {
  it('shows what would change, writes nothing before it is told to, and is then taken over', async () => {
    await using folder = await workspaceFolder();
    using one = await writing(folder.path);
    const seen = await one.preview(rename);
    expect(seen).toMatchObject({ loads: true, problems: [] });
    expect(seen.files[0]?.diff).toContain('-name: shop\n+name: store\n');
    expect(await one.text('midwatch.yaml')).toBe(GOOD_FILES['midwatch.yaml']);
    const done = await one.apply(rename);
    expect(done).toMatchObject({ running: true, files: [{ file: 'midwatch.yaml', change: 'changed' }] });
    expect(one.taken.map((workspace) => workspace.name)).toEqual(['store']);
    expect(await one.text('midwatch.yaml')).toBe(GOOD_FILES['midwatch.yaml']?.replace('shop', 'store'));
    expect((await readdir(folder.path)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('refuses what would not load, with the place of each mistake, and writes nothing', async () => {
    await using folder = await workspaceFolder();
    using one = await writing(folder.path);
    const wrong: WorkspaceEditInput = {
      kind: 'insert',
      file: 'detectors/queue.yaml',
      path: ['detectors'],
      value: { id: 'new', service: 'nobody', query: 'queue' },
    };
    const seen = await one.preview(rename, wrong);
    expect(seen.loads).toBe(false);
    expect(seen.problems).toMatchObject([
      { file: 'detectors/queue.yaml', line: 6, path: 'detectors[1].service' },
    ]);
    await expect(one.apply(rename, wrong)).rejects.toThrow(
      /Nothing was written.*\ndetectors\/queue.yaml:6:14/,
    );
    expect(await one.text('midwatch.yaml')).toBe(GOOD_FILES['midwatch.yaml']);
    expect(one.taken).toEqual([]);
    expect(one.refused).toEqual([]);
  });

  it('mends a workspace that does not load', async () => {
    await using folder = await workspaceFolder({
      'detectors/queue.yaml': 'detectors: [{ id: queue, service: nobody, query: q }]\n',
    });
    using one = await writing(folder.path);
    await one.apply({
      kind: 'set',
      file: 'detectors/queue.yaml',
      path: ['detectors', 0, 'service'],
      value: 'ranking',
    });
    expect(one.taken).toHaveLength(1);
  });

  it('refuses to write over what changed on disk since it was seen', async () => {
    await using folder = await workspaceFolder();
    using one = await writing(folder.path);
    const [seen] = (await one.preview(rename)).files;
    await folder.write('midwatch.yaml', `${GOOD_FILES['midwatch.yaml']}# by hand\n`);
    const versions = { 'midwatch.yaml': seen?.version ?? null };
    await expect(one.applyOn(versions, rename)).rejects.toMatchObject({ code: 'file-changed' });
    await expect(one.applyOn({}, rename)).rejects.toMatchObject({ code: 'file-changed' });
    expect(await one.text('midwatch.yaml')).toContain('# by hand');
    await one.apply(rename);
    expect(await one.text('midwatch.yaml')).toContain('name: store');
    expect(await one.text('midwatch.yaml')).toContain('# by hand');
  });

  it('sees an editor that saves while the change is being checked', async () => {
    await using folder = await workspaceFolder();
    let save = async (): Promise<void> => undefined;
    using one = await writing(folder.path, async (file, before, edits) => {
      await save();
      return changeFile(file, before, edits);
    });
    const [seen] = (await one.preview(rename)).files;
    save = () => folder.write('midwatch.yaml', `${GOOD_FILES['midwatch.yaml']}# meanwhile\n`);
    await expect(one.applyOn({ 'midwatch.yaml': seen?.version ?? null }, rename)).rejects.toMatchObject({
      code: 'file-changed',
    });
    expect(await one.text('midwatch.yaml')).toContain('# meanwhile');
  });

  it('creates files with names made from ids, never over another, in folders that it makes', async () => {
    await using folder = await workspaceFolder({ 'playbooks/degraded.yaml': null });
    await rm(join(folder.path, 'playbooks'), { recursive: true, force: true });
    using one = await writing(folder.path);
    const playbook = {
      id: 'x',
      title: 'X',
      services: ['gateway'],
      diagnosis_steps: [{ id: 's', title: 'S', manual: 'look' }],
    };
    const create = (id: string): WorkspaceEditInput => ({
      kind: 'create',
      folder: 'playbooks',
      id,
      documents: [{ ...playbook, id: fileStem(id) }],
    });
    const done = await one.apply(create('../../etc/Pass Wörd'));
    expect(done.files.map((file) => file.file)).toEqual(['playbooks/etc-pass-wo-rd.yaml']);
    const detectors = (id: string): WorkspaceEditInput => ({
      kind: 'create',
      folder: 'detectors',
      id: 'queue',
      documents: [{ detectors: [{ id, service: 'ranking', query: 'queue' }] }],
    });
    const both = await one.apply(detectors('second'), detectors('third'));
    expect(both.files.map((file) => file.file)).toEqual(['detectors/queue-2.yaml', 'detectors/queue-3.yaml']);
    expect(one.taken.at(-1)?.detectors.map((detector) => detector.id)).toEqual(['second', 'third', 'queue']);
  });

  it('writes and deletes whole files', async () => {
    await using folder = await workspaceFolder();
    using one = await writing(folder.path);
    const text = `# mine\n${GOOD_FILES['detectors/queue.yaml']}`;
    await one.apply({ kind: 'write', file: 'detectors/queue.yaml', text });
    expect(await one.text('detectors/queue.yaml')).toBe(text);
    expect(await one.writer.read('detectors/queue.yaml')).toMatchObject({
      text,
      version: expect.any(String),
    });
    await one.apply({ kind: 'delete', file: 'detectors/queue.yaml' });
    expect(one.taken.at(-1)?.detectors).toEqual([]);
    await expect(one.apply({ kind: 'delete', file: 'detectors/queue.yaml' })).rejects.toMatchObject({
      code: 'file-not-found',
    });
  });

  it.each([
    '../outside.yaml',
    '/etc/passwd.yaml',
    'slos/../../x.yaml',
    'slos/.hidden.yaml',
    'slos/deeper/x.yaml',
    'templates/x.yaml',
    'slos/x.sh',
    'slos\\x.yaml',
    'slos/a\0.yaml',
    '.git/config',
    'other.yaml',
  ])('neither reads nor writes %j', async (file) => {
    await using folder = await workspaceFolder();
    using one = await writing(folder.path);
    await expect(one.preview({ kind: 'write', file, text: 'x: 1\n' })).rejects.toMatchObject({
      code: 'file-refused',
    });
    await expect(one.writer.read(file)).rejects.toMatchObject({ code: 'file-refused' });
  });

  it('follows no link, be it the file or its folder', async () => {
    await using folder = await workspaceFolder({ 'detectors/queue.yaml': null });
    await using outside = await workspaceFolder();
    await mkdir(join(folder.path, 'detectors'), { recursive: true });
    await symlink(join(outside.path, 'services.yaml'), join(folder.path, 'detectors/out.yaml'));
    using one = await writing(folder.path);
    const edit = (file: string): WorkspaceEditInput => ({ kind: 'write', file, text: 'detectors: []\n' });
    await expect(one.preview(edit('detectors/out.yaml'))).rejects.toMatchObject({ code: 'file-refused' });
    await rm(join(folder.path, 'detectors'), { recursive: true });
    await symlink(join(outside.path, 'detectors'), join(folder.path, 'detectors'));
    await expect(one.preview(edit('detectors/queue.yaml'))).rejects.toMatchObject({ code: 'file-refused' });
    expect(await readFile(join(outside.path, 'detectors/queue.yaml'), 'utf8')).toBe(
      GOOD_FILES['detectors/queue.yaml'],
    );
    await rm(join(folder.path, 'detectors'));
    await writeFile(join(folder.path, 'real.txt'), 'services: []\n');
    await rm(join(folder.path, 'services.yaml'));
    await symlink(join(folder.path, 'real.txt'), join(folder.path, 'services.yaml'));
    const inside: WorkspaceEditInput = {
      kind: 'write',
      file: 'services.yaml',
      text: GOOD_FILES['services.yaml'] ?? '',
    };
    await expect(one.apply(inside)).rejects.toMatchObject({ code: 'workspace-not-written' });
    expect(await readFile(join(folder.path, 'real.txt'), 'utf8')).toBe('services: []\n');
  });

  it('keeps a file’s mode, and puts all back where one file of several cannot be written', async () => {
    await using folder = await workspaceFolder();
    await chmod(join(folder.path, 'midwatch.yaml'), 0o640);
    using one = await writing(folder.path);
    await one.apply(rename);
    expect((await stat(join(folder.path, 'midwatch.yaml'))).mode & 0o777).toBe(0o640);
    // A folder where the second file should go, which no listing of names would show.
    await mkdir(join(folder.path, 'slos/taken.yaml'));
    const again: WorkspaceEditInput = { ...rename, value: 'third' };
    const text = (GOOD_FILES['slos/gateway.yaml'] ?? '').replace('gateway-availability', 'second');
    await expect(one.apply(again, { kind: 'write', file: 'slos/taken.yaml', text })).rejects.toThrow();
    expect(await one.text('midwatch.yaml')).toContain('name: store');
    expect((await readdir(folder.path)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

describe('the name of a new file', () => {
  it.each([
    ['gateway-availability', 'gateway-availability'],
    ['Größe & Länge', 'gro-e-la-nge'],
    ['../../..', 'unnamed'],
    ['', 'unnamed'],
    ['CON', 'con-file'],
    ['a'.repeat(200), 'a'.repeat(60)],
  ])('of %j is %s', (id, stem) => {
    expect(fileStem(id)).toBe(stem);
  });
});

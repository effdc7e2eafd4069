import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type App, startApp } from '../../../main/app/index.ts';
import { createWindowClient } from '../../../main/host/node/index.ts';
import { launchNodeChild, silentLogger } from '../../../main/platform/index.ts';
import { startTestCore } from '../../support/core.ts';

let folder = '';
let workspace = '';
let data = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'midwatch-start-'));
  workspace = join(folder, 'workspace');
  data = join(folder, 'data');
  mkdirSync(workspace);
  write(
    'midwatch.yaml',
    'name: quiet\nsources:\n  - { id: none, kind: prometheus, url: "http://127.0.0.1:9" }\n',
  );
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, text: string): void {
  writeFileSync(join(workspace, name), text);
}

function start(): Promise<App> {
  return startApp({
    host: 'node',
    demo: false,
    workspace,
    dataFolder: data,
    notifier: null,
    launchChild: launchNodeChild,
    log: silentLogger(),
    greeting: () => 'It is a test.',
    onProgress: () => undefined,
  });
}

/** Starts and stops, so that the databases are there. */
async function once(): Promise<void> {
  await (await start()).stop();
}

function log(): Database.Database {
  return new Database(join(data, 'midwatch.db'));
}

async function refusal(): Promise<{ code: string; message: string }> {
  const thrown = await start().then(
    async (app) => {
      await app.stop();
      return undefined;
    },
    (error: { code: string; message: string }) => error,
  );
  if (!thrown) throw new Error('The core was expected not to start, and did.');
  return thrown;
}

describe('a core that cannot start', () => {
  it('refuses a database of a newer Midwatch by name, and leaves it as it is', async () => {
    await once();
    const db = log();
    db.pragma('user_version = 999');
    db.close();
    const { code, message } = await refusal();
    expect(code).toBe('database-from-the-future');
    expect(message).toContain('999');
    expect(message).toContain('--data');
    const after = log();
    expect(after.pragma('user_version', { simple: true })).toBe(999);
    after.close();
    expect(readdirSync(data).filter((name) => name.includes('damaged'))).toEqual([]);
  });

  it('refuses a database that is somebody else’s', async () => {
    mkdirSync(data);
    const db = log();
    db.exec('CREATE TABLE recipes (name TEXT); PRAGMA application_id = 7;');
    db.close();
    expect((await refusal()).code).toBe('database-not-ours');
    const after = log();
    expect(after.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all()).toEqual([
      'recipes',
    ]);
    after.close();
  });

  it('says all that is wrong in the workspace', async () => {
    write(
      'midwatch.yaml',
      'name: broken\nsources:\n  - { id: none, kind: prometeus, url: "x" }\ncolour: red\n',
    );
    const { code, message } = await refusal();
    expect(code).toBe('workspace-invalid');
    expect(message).toContain('midwatch.yaml:3');
    expect(message).toContain('midwatch check');
  });

  it('says so of a workspace that is not there, and of a folder without midwatch.yaml', async () => {
    rmSync(join(workspace, 'midwatch.yaml'));
    expect(await refusal()).toMatchObject({
      code: 'workspace-invalid',
      message: expect.stringContaining('midwatch.yaml'),
    });
    rmSync(workspace, { recursive: true });
    expect(await refusal()).toMatchObject({
      code: 'workspace-missing',
      message: expect.stringContaining(workspace),
    });
  });

  it('keeps nothing: the next start with the mistake mended has the folder for itself', async () => {
    const good = 'name: quiet\nsources:\n  - { id: none, kind: prometheus, url: "http://127.0.0.1:9" }\n';
    write('midwatch.yaml', 'name: [');
    await refusal();
    expect(existsSync(join(data, 'lock.sock'))).toBe(false);
    write('midwatch.yaml', good);
    const app = await start();
    expect(app.workspaceName).toBe('quiet');
    await app.stop();
  });

  it('where a second one runs already, does so without touching the first one’s data', async () => {
    const first = await start();
    try {
      expect(await refusal()).toMatchObject({
        code: 'already-running',
        message: expect.stringContaining('It is a test.'),
      });
      expect(first.hub.get('health')).toHaveLength(1);
    } finally {
      await first.stop();
    }
    await once();
  });
});

describe('a core that starts', () => {
  it('copies the log right after its start', async () => {
    const app = await start();
    try {
      await expect
        .poll(
          () =>
            existsSync(join(data, 'backup')) &&
            readdirSync(join(data, 'backup')).filter((name) => name.endsWith('.db')).length,
          { timeout: 10_000 },
        )
        .toBe(1);
    } finally {
      await app.stop();
    }
  });

  it('on a damaged log sets it aside, goes on with the newest backup, and says so in Health', async () => {
    const first = await start();
    await expect
      .poll(() => existsSync(join(data, 'backup')) && readdirSync(join(data, 'backup')).length > 0, {
        timeout: 10_000,
      })
      .toBe(true);
    await first.stop();
    truncateSync(join(data, 'midwatch.db'), 5_000);
    const app = await start();
    try {
      await expect
        .poll(() => app.hub.get('health')[0]?.workspace.problems.join('\n') ?? '', { timeout: 10_000 })
        .toMatch(/midwatch\.db was damaged.*backup/);
      expect(readdirSync(data).some((name) => name.startsWith('midwatch.db.damaged-'))).toBe(true);
    } finally {
      await app.stop();
    }
  });

  it('on damaged samples begins a fresh file and says so in Health', async () => {
    await once();
    writeFileSync(join(data, 'metrics.db'), 'x'.repeat(8_192));
    const app = await start();
    try {
      await expect
        .poll(() => app.hub.get('health')[0]?.workspace.problems.join('\n') ?? '', { timeout: 10_000 })
        .toMatch(/metrics\.db is damaged.*moved to/);
    } finally {
      await app.stop();
    }
  });

  it('says that it is blind while its only source does not answer, and never that all is well', async () => {
    const app = await start();
    try {
      await expect.poll(() => app.hub.get('sources')[0]?.condition, { timeout: 15_000 }).toBe('unreachable');
      await expect
        .poll(() => app.hub.get('health')[0]?.blind ?? '', { timeout: 10_000 })
        .toMatch(/no source answers/);
    } finally {
      await app.stop();
    }
  });

  it('keeps an incident over its end and the next start', async () => {
    const first = await startTestCore({ workspace, dataFolder: data });
    const client = await createWindowClient(first.server, silentLogger(), () => undefined);
    const incident = await client.call.incident.openByHand({
      title: 'Kept',
      service: 'shop',
      severity: 'SEV-2',
    });
    await client.call.incident.addNote({ id: incident.id, text: 'A note.' });
    await client.close();
    await first.stop();
    const second = await startTestCore({ workspace, dataFolder: data });
    try {
      const again = await createWindowClient(second.server, silentLogger(), () => undefined);
      const found = await again.until(
        'incidents',
        5_000,
        'the incident was gone',
        (one) => one.id === incident.id,
      );
      expect(found).toMatchObject({ name: incident.name, title: 'Kept', severity: 'SEV-2' });
      const timeline = await again.call.incident.timeline({ id: incident.id, afterSeq: 0 });
      expect(timeline.map((entry) => entry.detail).join()).toContain('A note.');
      await again.close();
    } finally {
      await second.stop();
    }
  });

  it('drafts a postmortem again as the incident moves on, and keeps what a person wrote', async () => {
    const core = await startTestCore({ workspace, dataFolder: data });
    const { call, close } = await createWindowClient(core.server, silentLogger(), () => undefined);
    try {
      const { id } = await call.incident.openByHand({
        title: 'Moves on',
        service: 'shop',
        severity: 'SEV-2',
      });
      const draft = await call.postmortem.get({ incidentId: id });
      await call.postmortem.save({
        incidentId: id,
        revision: draft.revision,
        title: draft.title,
        sections: [{ id: 'summary', text: 'My own words.' }],
      });
      await call.incident.addNote({ id, text: 'The cache was cold, says the probe.' });
      const fresh = async () => call.postmortem.get({ incidentId: id });
      await expect
        .poll(async () => (await fresh()).sections.map((one) => one.text).join('\n'), { timeout: 10_000 })
        .toContain('The cache was cold');
      expect((await fresh()).sections.find((one) => one.id === 'summary')).toMatchObject({
        text: 'My own words.',
        origin: 'written',
      });
    } finally {
      await close();
      await core.stop();
    }
  });
});

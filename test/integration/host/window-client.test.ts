import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { present, type Served, serve } from '../../../main/host/cli/serve.ts';
import type { Terminal } from '../../../main/host/cli/terminal.ts';
import { createWindowClient, type WindowClient } from '../../../main/host/node/index.ts';
import { launchNodeChild, silentLogger } from '../../../main/platform/index.ts';
import type { Page } from '../../../shared/model/notification.ts';
import { memoryVault } from '../../support/memory-vault.ts';
import { type WorkspaceFolder, workspaceFolder } from '../../support/workspace.ts';

const ROUTES = `name: shop
sources:
  - { id: prom, kind: prometheus, url: "http://127.0.0.1:9" }
receivers:
  on_call_engineer: [{ kind: browser }]
`;

function paper(): Terminal & { readonly said: string[]; readonly complained: string[] } {
  const said: string[] = [];
  const complained: string[] = [];
  return { said, complained, say: (text) => said.push(text), complain: (text) => complained.push(text) };
}

let folder: WorkspaceFolder;
let data = '';
let served: Served;
const terminal = paper();
const clients: WindowClient[] = [];
beforeAll(async () => {
  folder = await workspaceFolder({
    'midwatch.yaml': ROUTES,
    'slos/gateway.yaml': null,
    'alerts/queue.yaml': null,
    'detectors/queue.yaml': null,
    'playbooks/degraded.yaml': null,
  });
  data = mkdtempSync(join(tmpdir(), 'midwatch-window-'));
  served = await serve(
    {
      demo: false,
      launchChild: launchNodeChild,
      vault: memoryVault(),
      workspace: folder.path,
      port: 0,
      open: false,
      dataFolder: data,
    },
    terminal,
  );
}, 60_000);
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
});
afterAll(async () => {
  await served?.stop();
  await folder?.[Symbol.asyncDispose]();
  rmSync(data, { recursive: true, force: true });
});

async function connect(onPage: (page: Page) => void = () => undefined): Promise<WindowClient> {
  const client = await createWindowClient(served.server, silentLogger(), onPage);
  clients.push(client);
  return client;
}

describe('a window’s client', () => {
  it('is let in, asks, and sees the state as it is and as it becomes', async () => {
    const client = await connect();
    expect(await client.call.system.hello()).toMatchObject({ workspace: 'shop', demo: false });
    await client.until('services', 5_000, 'the services did not come', (one) => one.id === 'gateway');
    const coming = client.until(
      'incidents',
      10_000,
      'the incident did not come',
      (one) => one.title === 'Later',
    );
    await client.call.incident.openByHand({ title: 'Later', service: 'gateway', severity: 'SEV-3' });
    expect(await coming).toMatchObject({ title: 'Later', severity: 'SEV-3' });
  });

  it('says in the given words what did not come in time', async () => {
    const client = await connect();
    await expect(client.until('alerts', 50, 'no alert fired', () => true)).rejects.toMatchObject({
      code: 'timed-out',
      message: 'Within 0.05 s no alert fired.',
    });
  });

  it('gets a page, says that it showed it, and the sender hears it', async () => {
    const pages: Page[] = [];
    const client = await connect((page) => pages.push(page));
    const { text } = await client.call.system.sendTest({ receiver: 'on_call_engineer' });
    expect(text).toBe('Sent by browser.');
    expect(pages).toHaveLength(1);
    await client.until(
      'deliveries',
      5_000,
      'the delivery was not noted',
      (one) => one.state === 'sent' && one.kind === 'browser',
    );
  });

  it('that hangs up leaves nothing behind at the core', async () => {
    const client = await connect();
    await client.until('services', 5_000, 'the services did not come', () => true);
    expect(served.app.hub.watchers()).toBe(1);
    await clients.pop()?.close();
    await expect.poll(() => served.app.hub.watchers()).toBe(0);
  });

  it('sees the same as another one beside it', async () => {
    const [one, other] = [await connect(), await connect()];
    const opened = await one.call.incident.openByHand({
      title: 'Seen by both',
      service: 'gateway',
      severity: 'SEV-3',
    });
    await Promise.all(
      [one, other].map((client) =>
        client.until('incidents', 5_000, 'it did not come', (incident) => incident.id === opened.id),
      ),
    );
  });

  it('reads text of every alphabet whole over the wire', async () => {
    const client = await connect();
    const title = 'Überlast 🚨 <script>alert(1)</script> \u202e ﷽';
    const opened = await client.call.incident.openByHand({ title, service: 'gateway', severity: 'SEV-3' });
    expect(opened.title).toContain('Überlast 🚨');
    const note = 'ждём\n\n`код` \u0000 ende';
    await client.call.incident.addNote({ id: opened.id, text: note });
    const timeline = await client.call.incident.timeline({ id: opened.id, afterSeq: 0 });
    expect(timeline.map((entry) => entry.detail).join('\n')).toContain('ждём');
  });
});

describe('what is said on the terminal', () => {
  it('is the workspace, the port, and an address that works once', async () => {
    const printed = paper();
    await present(served, false, printed);
    const text = printed.said.join('\n');
    expect(text).toContain(`Midwatch watches "shop" on port ${served.server.port}.`);
    const [address = ''] = /http:\S+launch\?token=\S+/.exec(text) ?? [];
    expect((await fetch(address, { redirect: 'manual' })).status).toBe(303);
    expect((await fetch(address, { redirect: 'manual' })).status).toBe(403);
    expect(printed.complained).toEqual([]);
  });

  it('is the address too where a browser was wanted and there is no display', async () => {
    const { DISPLAY, WAYLAND_DISPLAY } = process.env;
    delete process.env.DISPLAY;
    delete process.env.WAYLAND_DISPLAY;
    try {
      const printed = paper();
      await present(served, true, printed);
      expect(printed.said.join('\n')).toMatch(/launch\?token=/);
    } finally {
      if (DISPLAY !== undefined) process.env.DISPLAY = DISPLAY;
      if (WAYLAND_DISPLAY !== undefined) process.env.WAYLAND_DISPLAY = WAYLAND_DISPLAY;
    }
  });
});

describe('serving on a port that is taken', () => {
  it('ends what was started: the data folder is free again at once', async () => {
    const other = mkdtempSync(join(tmpdir(), 'midwatch-window-'));
    const options = {
      demo: false,
      launchChild: launchNodeChild,
      vault: memoryVault(),
      workspace: folder.path,
      open: false,
      dataFolder: other,
    };
    await expect(serve({ ...options, port: served.server.port }, paper())).rejects.toMatchObject({
      code: 'port-taken',
    });
    const free = await serve({ ...options, port: 0 }, paper());
    await free.stop();
    rmSync(other, { recursive: true, force: true });
  });
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWindowClient, type WindowClient } from '../../../main/host/node/index.ts';
import { silentLogger } from '../../../main/platform/index.ts';
import type { SourceStatus } from '../../../shared/model/source.ts';
import { answerBackends } from '../../support/bad-backend/answer.ts';
import {
  type BadBackend,
  ruleOf,
  type StartedBackend,
  sourceOf,
  startBackend,
} from '../../support/bad-backend/backend.ts';
import { bodyBackends } from '../../support/bad-backend/body.ts';
import { connectionBackends } from '../../support/bad-backend/connection.ts';
import { statusBackends } from '../../support/bad-backend/status.ts';
import { makeCertificates } from '../../support/certificates.ts';
import { startTestCore, type TestCore } from '../../support/core.ts';
import { type Answer, sendOne, startServer } from '../../support/http-server.ts';

/** All at once in one core: whatever one of them does, the others and the healthy ones must not feel it. */
const backends: readonly BadBackend[] = [
  ...connectionBackends,
  ...statusBackends,
  ...bodyBackends,
  ...answerBackends,
];
const idOf = (backend: BadBackend) => `bad-${backends.indexOf(backend)}`;
/** Bad sources are asked when the test says so, the healthy ones at their usual pace. */
const NEVER = '10h';
const WAIT = { timeout: 20_000, interval: 50 };

const held: ServerResponse[] = [];
const hold: Answer = (_heard, response) => void held.push(response);
const well: Answer = (heard, response) => {
  if (heard.url.includes('/api/')) return sendOne(response);
  response.writeHead(200, { 'content-type': 'text/plain' });
  response.end('up_and_well 1\n');
};

let folder = '';
let core: TestCore;
let client: WindowClient;
const opened: StartedBackend[] = [];

beforeAll(async () => {
  const made = makeCertificates();
  folder = mkdtempSync(join(tmpdir(), 'midwatch-backends-'));
  writeFileSync(join(folder, 'ca.pem'), made.ca, { mode: 0o600 });
  const sources: Record<string, unknown>[] = [];
  for (const backend of backends) {
    const started = await startBackend(backend, made);
    opened.push(started);
    sources.push(sourceOf(backend, idOf(backend), started.url, NEVER));
  }
  const [good, holding] = [await startServer(well), await startServer(hold)];
  opened.push(good, holding);
  sources.push(
    sourceOf({ kind: 'prometheus' }, 'well-asked', good.url, '500ms'),
    sourceOf({ kind: 'exposition' }, 'well-scraped', good.url, '500ms'),
    sourceOf({ kind: 'prometheus', source: { timeout: '10m' } }, 'held', holding.url, NEVER),
  );
  const rules = backends.filter((one) => one.kind === 'prometheus').map((one) => ruleOf(idOf(one)));
  mkdirSync(join(folder, 'alerts'));
  // JSON is YAML.
  const file = JSON.stringify({ name: 'hostile', sources }).replaceAll('file:CA', `file:${folder}/ca.pem`);
  writeFileSync(join(folder, 'midwatch.yaml'), file);
  writeFileSync(join(folder, 'alerts', 'rules.yaml'), JSON.stringify({ groups: [{ name: 'bad', rules }] }));
  core = await startTestCore({ workspace: folder });
  client = await createWindowClient(core.server, silentLogger(), () => undefined);
});
afterAll(async () => {
  for (const response of held) response.destroy();
  await client?.close();
  await core?.stop();
  for (const one of opened) await one.close();
  rmSync(folder, { recursive: true, force: true });
});

const statusOf = (id: string): SourceStatus | undefined =>
  core.app.hub.get('sources').find((one) => one.id === id);
const ruleAlertsOf = (backend: BadBackend) =>
  core.app.hub
    .get('alerts')
    .filter((one) => one.kind === 'rule' && one.labels.alertname === `Rule-${idOf(backend)}`);

describe('a source behind a bad backend', () => {
  it('is one of forty at least, each with a name of its own', () => {
    expect(backends.length).toBeGreaterThanOrEqual(40);
    expect(new Set(backends.map((one) => one.name)).size).toBe(backends.length);
  });

  it.each(backends)('shows it: $name', async (backend) => {
    const { shows } = backend;
    const id = idOf(backend);
    await expect.poll(() => statusOf(id)?.polls ?? 0, WAIT).toBeGreaterThan(0);
    // The second poll is a person's "try now": it must be shown again, and not only at first sight.
    await client.call.source.tryNow({ sourceId: id });
    await expect
      .poll(() => ({ condition: statusOf(id)?.condition, problem: statusOf(id)?.problem }), WAIT)
      .toEqual({
        condition: shows.condition,
        problem:
          shows.problem === null
            ? null
            : expect.stringMatching(new RegExp(shows.problem.map(escaped).join('.*'))),
      });
    if (shows.leftOut !== undefined)
      await expect.poll(() => statusOf(id)?.leftOut.map((one) => one.reason), WAIT).toContain(shows.leftOut);
    if (shows.rule !== undefined) {
      const { phase, reason } = shows.rule;
      await expect
        .poll(() => ruleAlertsOf(backend).map((one) => `${one.phase}: ${one.reason}`), WAIT)
        .toContainEqual(expect.stringMatching(new RegExp(`^${phase}: .*${escaped(reason)}`)));
    }
    if (shows.condition !== 'ok')
      expect(statusOf(id)?.blinds ?? []).toHaveLength(backend.kind === 'prometheus' ? 1 : 0);
  });

  it('says in three parts what happened, what it means, and what to do', () => {
    for (const backend of backends) {
      const status = statusOf(idOf(backend));
      if (status?.problem == null || status.condition === 'ok') continue;
      expect(status.problem, backend.name).toMatch(
        /^.+: .+\. Nothing that rests on it is watched until it answers\. [A-Z].+\.$/,
      );
    }
  });

  it('holds up nobody: while one is still asked, the healthy ones are asked again and again', async () => {
    await expect.poll(() => held.length, WAIT).toBeGreaterThan(0);
    const all = backends.map((one) => client.call.source.tryNow({ sourceId: idOf(one) }));
    const before = ['well-asked', 'well-scraped'].map((id) => statusOf(id)?.polls ?? 0);
    for (const [index, id] of ['well-asked', 'well-scraped'].entries()) {
      await expect.poll(() => statusOf(id)?.polls ?? 0, WAIT).toBeGreaterThan((before[index] ?? 0) + 3);
      expect(statusOf(id)?.condition).toMatch(/^(?:ok|slow)$/);
    }
    expect(statusOf('held')?.lastTryAt).toBeNull();
    await Promise.all(all);
  });

  it('kills no thread and leaves no trace in what everything inherits', () => {
    const health = core.app.hub.get('health')[0];
    // Who has nothing to do rests; nobody has died.
    const died = health?.workers.filter((one) => one.restarts > 0 || !/^(?:ok|resting)$/.test(one.condition));
    expect(died).toEqual([]);
    expect(health?.workers.length).toBeGreaterThan(5);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(health?.blind).toBeNull();
  });
});

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

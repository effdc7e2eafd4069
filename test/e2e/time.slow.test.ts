import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Unwatched } from '../../shared/model/watch.ts';
import { askedTime, type Heard, sendJson, startServer } from '../support/http-server.ts';
import { type CoreProcess, startCoreProcess } from '../support/kill/core-process.ts';

/** Debian's faketime; sleep is a wall clock that goes on while the machine's own time stands still. */
const FAKETIME = '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1';
const missing = existsSync(FAKETIME) ? '' : ` (skipped: ${FAKETIME} is not there; install faketime)`;
const HOUR_MS = 3_600_000;
const WAIT = { timeout: 60_000, interval: 250 };

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A query API that knows a queue's length at any time, also of times that are yet to come. */
async function startQueue(lengthAt: (at: number) => number) {
  const server = await startServer((heard, response) => {
    const form = formOf(heard);
    const value = (at: number) => [at / 1_000, String(form.get('query') === 'vector(1)' ? 1 : lengthAt(at))];
    if (!heard.url.includes('query_range')) {
      const result = [{ metric: { service: 'shop' }, value: value(askedTime(heard) * 1_000) }];
      return sendJson(response, { status: 'success', data: { resultType: 'vector', result } });
    }
    const [start = 0, end = 0, step = 1] = ['start', 'end', 'step'].map(
      (one) => Number(form.get(one)) * 1_000,
    );
    const all = Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, i) => start + i * step);
    // A look back asks the rule's whole expression, of which only what holds is answered.
    const holding = form.get('query')?.includes('> 100') ? all.filter((at) => lengthAt(at) > 100) : all;
    const values = holding.map(value);
    const result = values.length > 0 ? [{ metric: { service: 'shop' }, values }] : [];
    return sendJson(response, { status: 'success', data: { resultType: 'matrix', result } });
  });
  ends.push(() => server.close());
  return server.url;
}

function formOf({ body, url }: Heard): URLSearchParams {
  return body === '' ? new URL(url, 'http://here').searchParams : new URLSearchParams(body);
}

interface Scene {
  readonly core: CoreProcess;
  /** Sets the core's wall clock so far ahead of the machine's; everything else of its time goes on. */
  setAhead(ms: number): void;
  /** The gaps of its one source, the time before the watch began left out. */
  gaps(): Promise<readonly Unwatched[]>;
  incidents(): Promise<readonly string[]>;
}

async function startScene(
  url: string,
  aheadMs: number,
  env: Readonly<Record<string, string>> = {},
): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), 'midwatch-time-'));
  ends.push(async () => rmSync(folder, { recursive: true, force: true }));
  const clock = join(folder, 'clock');
  let ahead = aheadMs;
  const setAhead = (ms: number) => {
    ahead = ms;
    writeFileSync(clock, `+${(ms / 1_000).toFixed(3)}\n`);
  };
  setAhead(aheadMs);
  const workspace = join(folder, 'workspace');
  mkdirSync(join(workspace, 'alerts'), { recursive: true });
  writeFileSync(
    join(workspace, 'midwatch.yaml'),
    `name: time\nsources:\n  - { id: queue, kind: prometheus, url: "${url}", poll_every: 1s }\n`,
  );
  writeFileSync(
    join(workspace, 'alerts', 'queue.yaml'),
    `groups:
  - name: queue
    rules:
      - { alert: QueueLong, expr: queue_length > 100, for: 2s, labels: { priority: P0 } }
`,
  );
  const faked = missing
    ? {}
    : {
        LD_PRELOAD: FAKETIME,
        FAKETIME_TIMESTAMP_FILE: clock,
        // Reading the file at each look at the clock would make a start many times slower.
        FAKETIME_CACHE_DURATION: '1',
        FAKETIME_DONT_FAKE_MONOTONIC: '1',
      };
  const core = await startCoreProcess(workspace, join(folder, 'data'), { ...faked, ...env });
  ends.push(() => core.stop());
  await core.client.until(
    'sources',
    60_000,
    'never polled',
    (one) => one.condition === 'ok' && one.polls > 3,
  );
  return {
    core,
    setAhead,
    async gaps() {
      const now = Date.now() + ahead;
      const records = await core.client.call.source.watched({ fromAt: now - 10 * 24 * HOUR_MS, toAt: now });
      return records.flatMap((one) => one.unwatched).filter((one) => !one.causes.includes('unrecorded'));
    },
    async incidents() {
      for await (const frame of await core.client.call.state.watch()) {
        if (frame.kind !== 'snapshot') continue;
        return frame.changes.flatMap((one) =>
          one.collection === 'incidents' ? one.upsert.map(({ title }) => title) : [],
        );
      }
      return [];
    },
  };
}

describe(`a core whose machine slept${missing}`, () => {
  it.skipIf(missing !== '').each([
    ['20 min', 20 * 60_000],
    ['8 h', 8 * HOUR_MS],
    ['3 d', 72 * HOUR_MS],
  ])('for %s names the gap, fills it, says what held in it, and pages nobody', async (_name, sleptMs) => {
    const fellAsleepAt = Date.now();
    // Long in the middle of the sleep, and over before the end of it.
    const url = await startQueue((at) =>
      at > fellAsleepAt + sleptMs / 4 && at < fellAsleepAt + sleptMs / 2 ? 500 : 5,
    );
    const scene = await startScene(url, 0);
    scene.setAhead(sleptMs);
    await expect
      .poll(async () => (await scene.gaps()).filter((one) => one.filledAt !== null).length, WAIT)
      .toBe(1);
    const [gap, ...more] = await scene.gaps();
    expect(more).toEqual([]);
    expect(gap).toMatchObject({ causes: ['asleep'], found: [expect.stringContaining('QueueLong')] });
    const lengthMs = (gap?.toAt ?? 0) - (gap?.fromAt ?? 0);
    expect(lengthMs).toBeGreaterThan(sleptMs - 1_000);
    expect(lengthMs).toBeLessThan(sleptMs + 60_000);
    expect(await scene.incidents()).toEqual([]);
  });

  it.skipIf(missing !== '')('pages once for what is still true at the wake-up', async () => {
    const startedAt = Date.now();
    const url = await startQueue((at) => (at > startedAt + HOUR_MS ? 500 : 5));
    const scene = await startScene(url, 0);
    scene.setAhead(8 * HOUR_MS);
    await scene.core.client.until('incidents', 60_000, 'no incident', (one) => one.services.includes('shop'));
    await expect.poll(async () => (await scene.gaps())[0]?.filledAt ?? null, WAIT).not.toBeNull();
    expect(await scene.incidents()).toHaveLength(1);
  });
});

describe('a core that was stopped and goes on', () => {
  it('names the gap as being held up, fills it, and pages nobody', async () => {
    const url = await startQueue(() => 5);
    const scene = await startScene(url, 0);
    scene.core.signal('SIGSTOP');
    // Gaps of a minute and more are filled.
    await sleep(65_000);
    scene.core.signal('SIGCONT');
    await expect
      .poll(
        async () =>
          (await scene.gaps()).map((one) => [one.causes, one.filledAt !== null, one.found?.length ?? 0]),
        WAIT,
      )
      .toEqual([[['held-up'], true, 0]]);
    expect(await scene.incidents()).toEqual([]);
  });
});

describe(`a core over a change of daylight saving${missing}`, () => {
  it.skipIf(missing !== '').each([
    ['an hour forward', '2027-03-28T01:00:00Z'],
    ['an hour back', '2027-10-31T01:00:00Z'],
  ])('%s in its time zone watches without a gap and pages nobody', async (_name, changeAt) => {
    const url = await startQueue(() => 5);
    const leadMs = 25_000;
    const scene = await startScene(url, Date.parse(changeAt) - leadMs - Date.now(), { TZ: 'Europe/Berlin' });
    await scene.core.client.until(
      'sources',
      120_000,
      'the change did not come',
      (one) => (one.lastOkAt ?? 0) > Date.parse(changeAt) + 10_000,
    );
    expect(await scene.gaps()).toEqual([]);
    expect(await scene.incidents()).toEqual([]);
  });
});

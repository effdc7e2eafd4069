import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSilences } from '../../../main/alert/index.ts';
import { createSilenceSharing } from '../../../main/app/silence-sharing.ts';
import { countingIds, silentLogger, systemClock } from '../../../main/platform/index.ts';
import { createAlertmanagerSource } from '../../../main/source/index.ts';
import { SourceConfig } from '../../../shared/config/source.ts';
import { silenceState } from '../../../shared/model/silence.ts';
import { HOUR_MS } from '../../../shared/unit/time.ts';
import { type RealAlertmanager, startRealAlertmanager } from '../../support/real-alertmanager.ts';
import { missingSenders } from '../../support/remote-writing-prometheus.ts';
import { sourceDeps } from '../../support/source.ts';

const missing = missingSenders('prometheus-alertmanager');
const CONFIG = () => 'route: { receiver: nobody }\nreceivers: [{ name: nobody }]\n';

interface Theirs {
  readonly id: string;
  readonly comment: string;
  readonly endsAt: string;
  readonly status: { readonly state: string };
}

describe.skipIf(missing)(`silences with a real Alertmanager${missing ? ` (${missing})` : ''}`, () => {
  let server: RealAlertmanager;
  beforeAll(async () => {
    server = await startRealAlertmanager(CONFIG);
  }, 30_000);
  afterAll(() => server?.stop());

  const list = async (): Promise<Theirs[]> =>
    (await (await fetch(`${server.url}/api/v2/silences`)).json()) as Theirs[];
  const post = async (body: object) => {
    const answer = await fetch(`${server.url}/api/v2/silences`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return ((await answer.json()) as { silenceID: string }).silenceID;
  };

  async function desk(isShared = true) {
    const config = SourceConfig.parse({ kind: 'alertmanager', id: 'am', url: server.url });
    if (config.kind !== 'alertmanager') throw new Error('not an Alertmanager');
    const source = createAlertmanagerSource(config, sourceDeps());
    const clock = systemClock();
    const silences = createSilences({
      clock,
      ids: countingIds('s'),
      log: { saveSilence: async () => undefined, loadSilences: async () => [] },
      onChange: () => undefined,
    });
    const exchange = createSilenceSharing({ silences, clock, log: silentLogger() });
    const poll = async () => {
      const found = await source.silences();
      if (!found.ok) throw new Error(found.error);
      await exchange({ sourceId: 'am', found: found.value, isShared, order: (one) => source.order(one) });
    };
    const state = (id: string) => {
      const one = silences.get(id);
      return one ? silenceState(one, clock.now()) : 'unknown';
    };
    return { source, silences, poll, state, now: () => clock.now() };
  }
  const wish = (now: number, value = 'shop') => ({
    matchers: [{ name: 'service', op: '=' as const, value }],
    ...{ comment: 'known, being fixed', author: 'ada', startsAt: null, endsAt: now + HOUR_MS, origin: null },
  });

  it('made here stand there, are renewed there, and end there', async () => {
    const it = await desk();
    const made = await it.silences.create(wish(it.now()));
    await it.poll();
    const standing = async () =>
      (await list()).filter(
        (one) => one.comment.endsWith(`[midwatch:${made.id}]`) && one.status.state !== 'expired',
      );
    expect(await standing()).toHaveLength(1);
    expect(it.silences.get(made.id)?.sharing).toEqual([{ source: 'am', problem: null }]);
    await it.poll();
    expect(await standing()).toHaveLength(1);
    await it.silences.renew(made.id, it.now() + 3 * HOUR_MS, 'ada');
    await it.poll();
    const [longer, ...more] = await standing();
    expect(more).toEqual([]);
    expect(Date.parse(longer?.endsAt ?? '')).toBeGreaterThan(it.now() + 2 * HOUR_MS);
    await it.silences.expire(made.id, 'ada');
    await it.poll();
    expect(await standing()).toEqual([]);
    await it.source.close();
  });

  it('ended there end here, with the name of the Alertmanager', async () => {
    const it = await desk();
    const made = await it.silences.create(wish(it.now(), 'pay'));
    await it.poll();
    const there = (await list()).find(
      (one) => one.comment.endsWith(`[midwatch:${made.id}]`) && one.status.state === 'active',
    );
    await fetch(`${server.url}/api/v2/silence/${there?.id}`, { method: 'DELETE' });
    await it.poll();
    expect(it.silences.get(made.id)).toMatchObject({ expiredBy: 'am' });
    await it.source.close();
  });

  it('made there hold here, and what is only read is never written', async () => {
    const it = await desk(false);
    const before = (await list()).length;
    const now = it.now();
    const id = await post({
      matchers: [{ name: 'alertname', value: 'Disk.*', isRegex: true, isEqual: true }],
      startsAt: new Date(now).toISOString(),
      endsAt: new Date(now + HOUR_MS).toISOString(),
      createdBy: 'bob',
      comment: 'moving disks',
    });
    await it.silences.create(wish(now, 'own'));
    await it.poll();
    expect(it.silences.get(`am:${id}`)).toMatchObject({
      origin: 'am',
      author: 'bob',
      comment: 'moving disks',
      matchers: [{ name: 'alertname', op: '=~', value: 'Disk.*' }],
    });
    expect(it.state(`am:${id}`)).toBe('active');
    await fetch(`${server.url}/api/v2/silence/${id}`, { method: 'DELETE' });
    await it.poll();
    expect(it.state(`am:${id}`)).toBe('expired');
    expect(await list()).toHaveLength(before + 1);
    await it.source.close();
  });

  it('that it refuses are kept here, and say why they are not there', async () => {
    const it = await desk();
    const made = await it.silences.create(wish(it.now(), 'late'));
    // An end that is past is none that an Alertmanager takes.
    const late = { ...wish(it.now()), matchers: [], startsAt: 0, endsAt: 1 };
    const refused = await it.source.order({ kind: 'put', id: null, silence: late });
    expect(refused).toEqual({ ok: false, error: expect.stringMatching(/answered with status 4\d\d/) });
    const exchange = createSilenceSharing({
      silences: it.silences,
      clock: systemClock(),
      log: silentLogger(),
    });
    await exchange({ sourceId: 'am', found: [], isShared: true, order: async () => refused });
    expect(it.state(made.id)).toBe('active');
    expect(it.silences.get(made.id)?.sharing).toEqual([
      { source: 'am', problem: expect.stringMatching(/answered with status 4\d\d/) },
    ]);
    await it.source.close();
  });
});

import { afterEach, describe, expect, it } from 'vitest';
import { createWatchLedger } from '../../../main/ingest/index.ts';
import { silentLogger, VirtualClock } from '../../../main/platform/index.ts';
import { openTestLog } from '../../support/log.ts';

const START = 1_700_000_000_000;
const POLL = 1_000;
let log = openTestLog();
afterEach(() => {
  log.remove();
  log = openTestLog();
});

async function life(clock: VirtualClock, call = log.log.call) {
  const ledger = createWatchLedger({ clock, logger: silentLogger(), log: call });
  await ledger.load();
  ledger.start();
  return ledger;
}

async function poll(clock: VirtualClock, ledger: Awaited<ReturnType<typeof life>>, times: number) {
  for (let i = 0; i < times; i += 1) {
    ledger.seen('fleet', { at: clock.now(), monotonicMs: clock.monotonic() }, POLL);
    await clock.advance(POLL);
  }
}

describe('the watch ledger', () => {
  it('is there after a kill but for the seconds since it was last written, and never claims more', async () => {
    const clock = new VirtualClock(START);
    await poll(clock, await life(clock), 66);
    log = log.reopen();
    await clock.advance(60_000);
    const [record] = (await life(clock)).records(START, clock.now());
    expect(record).toMatchObject({
      recordedSinceAt: START,
      unwatched: [{ toAt: clock.now(), causes: ['stopped'] }],
    });
    const lostMs = START + 65_000 - (record?.unwatched[0]?.fromAt ?? 0);
    expect(lostMs).toBeGreaterThanOrEqual(0);
    expect(lostMs).toBeLessThanOrEqual(10_000);
  });

  it('writes the last seconds at an orderly end, as few rows as there were spans', async () => {
    const clock = new VirtualClock(START);
    const ledger = await life(clock);
    await poll(clock, ledger, 25);
    await clock.advance(60_000);
    await poll(clock, ledger, 5);
    await ledger.stop();
    expect(await log.log.call.loadWatch()).toEqual([
      {
        sourceId: 'fleet',
        intervals: [
          { fromAt: START, toAt: START + 24_000, causes: [], filledAt: null },
          { fromAt: START + 85_000, toAt: START + 89_000, causes: ['held-up'], filledAt: null },
        ].map((one, i) => (i === 0 ? { ...one, causes: ['unrecorded'] } : one)),
      },
    ]);
  });

  it('keeps what could not be written until it can', async () => {
    const clock = new VirtualClock(START);
    let broken = true;
    const call = {
      loadWatch: () => log.log.call.loadWatch(),
      saveWatch: (changes: Parameters<typeof log.log.call.saveWatch>[0]) =>
        broken ? Promise.reject(new Error('disk full')) : log.log.call.saveWatch(changes),
    };
    const ledger = createWatchLedger({ clock, logger: silentLogger(), log: call });
    ledger.start();
    await poll(clock, ledger, 25);
    expect(await log.log.call.loadWatch()).toEqual([]);
    broken = false;
    await poll(clock, ledger, 10);
    expect(await log.log.call.loadWatch()).toMatchObject([{ intervals: [{ fromAt: START }] }]);
  });

  it('that cannot be read leaves everything before the start unwatched, and goes on', async () => {
    const clock = new VirtualClock(START);
    const call = { loadWatch: () => Promise.reject(new Error('damaged')), saveWatch: async () => undefined };
    const ledger = createWatchLedger({ clock, logger: silentLogger(), log: call });
    await ledger.load();
    await poll(clock, ledger, 2);
    expect(ledger.unwatched('fleet', START - 500, clock.now())).toMatchObject([
      { fromAt: START - 500, toAt: START },
    ]);
  });

  it('calls nothing unwatched that is yet to come', () => {
    const clock = new VirtualClock(START);
    const ledger = createWatchLedger({ clock, logger: silentLogger(), log: log.log.call });
    expect(ledger.unwatched('nobody', START - 10, START + 10)).toEqual([
      { fromAt: START - 10, toAt: START, causes: ['unrecorded'], filledAt: null },
    ]);
  });
});

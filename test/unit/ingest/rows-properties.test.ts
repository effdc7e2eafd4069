import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { attachTargetLabels, labelKey } from '../../../main/ingest/attach.ts';
import { inTurns } from '../../../main/ingest/in-turns.ts';
import { splitRows } from '../../../main/ingest/keeper.ts';
import { isStale, silentMs } from '../../../main/ingest/staleness.ts';
import { VirtualClock } from '../../../main/platform/index.ts';
import { labelsOf } from '../../support/arbitrary.ts';
import { startServer } from '../../support/http-server.ts';
import { openIngest } from '../../support/ingest.ts';
import { expositionConfig } from '../../support/source.ts';

const START = 1_700_000_000_000;
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

describe('the labels of a target', () => {
  it('always win, and nothing that the exposition said is lost', () => {
    fc.assert(
      fc.property(labelsOf(), labelsOf(), (scraped, target) => {
        const attached = attachTargetLabels(scraped, target, false);
        expect(attached).toMatchObject(target);
        const values = (all: object) => Object.values(all).sort();
        expect(values(attached)).toEqual(values({ ...prefixed(scraped, 's '), ...prefixed(target, 't ') }));
        expect(Object.keys(attached)).toHaveLength(Object.keys(scraped).length + Object.keys(target).length);
      }),
    );
  });
  const prefixed = (all: object, prefix: string) =>
    Object.fromEntries(Object.entries(all).map(([key, text]) => [prefix + key, text]));

  it('in any order are the same key, and different ones never are', () => {
    fc.assert(
      fc.property(labelsOf(), labelsOf(), (one, other) => {
        const turned = Object.fromEntries(Object.entries(one).reverse());
        expect(labelKey(turned)).toBe(labelKey(one));
        const same =
          JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort());
        expect(labelKey(one) === labelKey(other)).toBe(same);
      }),
    );
  });
});

describe('rows of one scrape', () => {
  const row = fc.record({
    ref: fc.nat(5),
    value: fc.double(),
    at: fc.option(fc.integer({ min: START - 1_000, max: START + 1_000 }), { nil: null }),
  });

  it('keep each row that has a number, at its own time where it has one', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), fc.boolean(), (rows, dated) => {
        const answer = {
          refs: Uint32Array.from(rows, (one) => one.ref),
          values: Float64Array.from(rows, (one) => one.value),
          times: dated ? Float64Array.from(rows, (one) => one.at ?? Number.NaN) : null,
        };
        const { current, dated: others } = splitRows(answer, START);
        const flat = [current, ...others].flatMap((batch) =>
          [...batch.refs].map((ref, i) => [batch.at, ref, batch.values[i]]),
        );
        const expected = rows
          .filter((one) => one.ref !== 0)
          .map((one) => [dated ? (one.at ?? START) : START, one.ref, one.value]);
        const inOrder = (all: unknown[][]) => all.map((one) => JSON.stringify(one.map(String))).sort();
        // Without times and without holes the arrays go through as they are.
        expect(inOrder(flat.filter(([, ref]) => ref !== 0))).toEqual(inOrder(expected));
        expect(others.map((batch) => batch.at)).toEqual(
          [...others.map((batch) => batch.at)].sort((a, b) => a - b),
        );
        expect(new Set(others.map((batch) => batch.at)).size).toBe(others.length);
      }),
    );
  });
});

describe('work in turns', () => {
  it('answers in order, with at most so many at a time', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(3), { maxLength: 20 }),
        fc.integer({ min: -1, max: 6 }),
        async (waits, atOnce) => {
          let now = 0;
          let most = 0;
          const answers = await inTurns(waits, atOnce, async (turns) => {
            now += 1;
            most = Math.max(most, now);
            for (let i = 0; i < turns; i += 1) await Promise.resolve();
            now -= 1;
            return turns * 2;
          });
          expect(answers).toEqual(waits.map((turns) => turns * 2));
          expect(most).toBeLessThanOrEqual(Math.max(1, atOnce));
        },
      ),
    );
  });
});

describe('how long a source was not seen', () => {
  it('is never hidden by a wall clock set back or a monotonic one that slept', () => {
    const ms = fc.integer({ min: -(10 ** 8), max: 10 ** 8 });
    fc.assert(
      fc.property(
        ms,
        fc.nat(10 ** 8),
        fc.integer({ min: 100, max: 600_000 }),
        (wallMs, monotonicMs, pollMs) => {
          const last = { at: START, monotonicMs: 5 };
          const now = { at: START + wallMs, monotonicMs: 5 + monotonicMs };
          expect(silentMs(last, now)).toBe(Math.max(0, wallMs, monotonicMs));
          expect(isStale(last, now, pollMs)).toBe(Math.max(wallMs, monotonicMs) >= 2 * pollMs);
        },
      ),
    );
  });
});

describe('a reload while Midwatch stops', () => {
  it('opens nothing that nobody would close', async () => {
    let release: () => void = () => undefined;
    const server = await startServer((_heard, response) => {
      release = () => void response.end('up 1\n');
    });
    closing.push(() => server.close());
    const clock = new VirtualClock(START);
    const { ingest } = openIngest(clock, [expositionConfig([{ id: 'gw', url: `${server.url}/metrics` }])]);
    ingest.start();
    const polling = clock.advance(1);
    const other = { ...expositionConfig([{ id: 'new', url: `${server.url}/metrics` }]), id: 'other' };
    const replacing = ingest.replaceSources([other]);
    const stopping = ingest.stop();
    release();
    await Promise.all([replacing, stopping, polling]);
    expect(ingest.target('other')).toBeUndefined();
    await expect(ingest.pollNow('other')).rejects.toMatchObject({ code: 'unknown-source' });
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planSilences } from '../../../main/alert/index.ts';
import type { ReportedSilence } from '../../../shared/model/reported-silence.ts';
import type { Silence } from '../../../shared/model/silence.ts';
import { HOUR_MS, MINUTE_MS } from '../../../shared/unit/time.ts';
import { WORKDAY_AT } from '../../support/alerting.ts';

const now = WORKDAY_AT;
const matchers = [{ name: 'service', op: '=', value: 'shop' } as const];

function here(change: Partial<Silence> = {}): Silence {
  return {
    ...{ id: 'one', matchers: [...matchers], comment: 'known', author: 'ada', origin: null, sharing: [] },
    ...{ createdAt: now - HOUR_MS, startsAt: now - HOUR_MS, endsAt: now + HOUR_MS },
    ...{ expiredAt: null, expiredBy: null, renewals: [], revision: 1 },
    ...change,
  };
}

function there(change: Partial<ReportedSilence> = {}): ReportedSilence {
  return {
    ...{ id: 'r1', matchers, comment: 'planned', author: 'bob', isOver: false },
    ...{ startsAt: now - HOUR_MS, endsAt: now + HOUR_MS, updatedAt: now - HOUR_MS },
    ...change,
  };
}
const marked = (change: Partial<ReportedSilence> = {}) =>
  there({ comment: 'known [midwatch:one]', ...change });
const plan = (local: Silence[], remote: ReportedSilence[], isShared = true) =>
  planSilences(local, remote, { sourceId: 'am', now, isShared });
const NOTHING = { mirror: [], end: [], renew: [], orders: [], there: [] };

describe('what an Alertmanager silences', () => {
  it('is silenced here, under its source’s name, and once it is there it is left as it is', () => {
    const [mirror] = plan([], [there()]).mirror;
    expect(mirror).toMatchObject({
      id: 'am:r1',
      origin: 'am',
      comment: 'planned',
      author: 'bob',
      expiredAt: null,
    });
    if (!mirror) throw new Error('nothing was mirrored');
    expect(plan([mirror], [there()])).toEqual(NOTHING);
  });

  it('is changed as it is changed there, and ended as it is ended or gone', () => {
    const mirror = here({ id: 'am:r1', origin: 'am', comment: 'planned', author: 'bob' });
    const longer = there({ endsAt: now + 2 * HOUR_MS, updatedAt: now });
    expect(plan([mirror], [longer]).mirror).toMatchObject([{ endsAt: now + 2 * HOUR_MS, revision: 2 }]);
    expect(plan([mirror], [there({ isOver: true })]).end).toEqual([{ id: 'am:r1', by: 'am' }]);
    expect(plan([mirror], []).end).toEqual([{ id: 'am:r1', by: 'am' }]);
    expect(plan([{ ...mirror, expiredAt: now - 1 }], [])).toEqual(NOTHING);
  });

  it('that a person ended here stays ended here, until it is changed there', () => {
    const ended = here({ id: 'am:r1', origin: 'am', expiredAt: now - MINUTE_MS, expiredBy: 'ada' });
    expect(plan([ended], [there()])).toEqual(NOTHING);
    expect(plan([ended], [there({ updatedAt: now })]).mirror).toMatchObject([
      { id: 'am:r1', expiredAt: null },
    ]);
  });

  it('and is over was never anything here', () => {
    expect(plan([], [there({ isOver: true })])).toEqual(NOTHING);
  });

  it('of another source is not touched', () => {
    const other = here({ id: 'other:x', origin: 'other' });
    expect(plan([other], [])).toEqual(NOTHING);
  });
});

describe('a silence that was made here', () => {
  it('is put there once, with a mark by which it is known again', () => {
    expect(plan([here()], []).orders).toEqual([
      {
        silenceId: 'one',
        order: {
          kind: 'put',
          id: null,
          silence: {
            ...{ matchers, author: 'ada', comment: 'known [midwatch:one]' },
            ...{ startsAt: now - HOUR_MS, endsAt: now + HOUR_MS },
          },
        },
      },
    ]);
    expect(plan([here()], [marked()])).toEqual({ ...NOTHING, there: ['one'] });
  });

  it('is not put there where the source is only read', () => {
    expect(plan([here()], [], false)).toEqual(NOTHING);
    expect(plan([here()], [marked()], false)).toEqual(NOTHING);
  });

  it('follows the later change of its end, whichever side made it', () => {
    const renewed = here({
      endsAt: now + 3 * HOUR_MS,
      renewals: [{ at: now - MINUTE_MS, by: 'ada', endsAt: now + 3 * HOUR_MS }],
    });
    expect(plan([renewed], [marked()]).orders).toMatchObject([{ order: { kind: 'put', id: 'r1' } }]);
    const longer = marked({ endsAt: now + 5 * HOUR_MS, updatedAt: now });
    expect(plan([here()], [longer]).renew).toEqual([{ id: 'one', endsAt: now + 5 * HOUR_MS, by: 'am' }]);
  });

  it('is ended on the other side where it is ended on one', () => {
    expect(plan([here({ expiredAt: now - 1 })], [marked()]).orders).toEqual([
      { silenceId: 'one', order: { kind: 'end', id: 'r1' } },
    ]);
    expect(plan([here()], [marked({ isOver: true, updatedAt: now - 1 })]).end).toEqual([
      { id: 'one', by: 'am' },
    ]);
  });

  it('renewed here after it had ended there is put there anew', () => {
    const renewals = [{ at: now - 1, by: 'ada', endsAt: now + HOUR_MS }];
    const over = marked({ isOver: true, updatedAt: now - MINUTE_MS });
    expect(plan([here({ renewals })], [over]).orders).toMatchObject([{ order: { kind: 'put', id: null } }]);
  });

  it('with the mark of a Midwatch elsewhere is one of the Alertmanager’s like others', () => {
    const foreign = there({ comment: 'x [midwatch:unknown]' });
    expect(plan([], [foreign]).mirror).toMatchObject([{ id: 'am:r1', origin: 'am' }]);
  });
});

describe('two sides', () => {
  const local = fc.record({
    id: fc.constantFrom('one', 'two', 'three'),
    endsAt: fc.integer({ min: 1, max: 50 }).map((n) => now + n * MINUTE_MS),
    isEnded: fc.boolean(),
  });
  const remote = fc.record({
    id: fc.constantFrom('r1', 'r2', 'r3'),
    mark: fc.constantFrom(null, 'one', 'two', 'gone'),
    endsAt: fc.integer({ min: 1, max: 50 }).map((n) => now + n * MINUTE_MS),
    updatedAt: fc.integer({ min: -90, max: 0 }).map((n) => now + n * MINUTE_MS),
    isOver: fc.boolean(),
  });
  const distinct = <T extends { id: string }>(all: readonly T[]) => [
    ...new Map(all.map((one) => [one.id, one])).values(),
  ];

  it('say the same after a few polls, and then nothing more is done', () => {
    fc.assert(
      fc.property(fc.array(local, { maxLength: 4 }), fc.array(remote, { maxLength: 4 }), (ours, theirs) => {
        let mine = distinct(ours).map(({ isEnded, ...one }) =>
          here({ ...one, expiredAt: isEnded ? now - 30 * MINUTE_MS : null }),
        );
        let other = distinct(theirs).map(({ mark, ...one }) =>
          there({ ...one, comment: mark === null ? 'plain' : `plain [midwatch:${mark}]` }),
        );
        let fresh = 0;
        for (let round = 0; round < 6; round += 1) {
          const { mirror, end, renew, orders } = plan(mine, other);
          const mirrored = new Map(mirror.map((one) => [one.id, one]));
          mine = distinct([...mine, ...mirror]).map((one) => {
            const renewal = renew.find(({ id }) => id === one.id);
            const ended = end.some(({ id }) => id === one.id);
            return {
              ...(mirrored.get(one.id) ?? one),
              ...(renewal
                ? { endsAt: renewal.endsAt, renewals: [{ at: now, by: 'am', endsAt: renewal.endsAt }] }
                : {}),
              ...(ended ? { expiredAt: now } : {}),
            };
          });
          for (const { order } of orders) {
            if (order.kind === 'end')
              other = other.map((one) =>
                one.id === order.id ? { ...one, isOver: true, updatedAt: now } : one,
              );
            else {
              fresh += 1;
              const put = there({ ...order.silence, id: order.id ?? `new${fresh}`, updatedAt: now });
              other = [...other.filter((one) => one.id !== put.id), put];
            }
          }
        }
        expect(plan(mine, other)).toMatchObject({ mirror: [], end: [], renew: [], orders: [] });
      }),
    );
  });
});

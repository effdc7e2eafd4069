import { describe, expect, it } from 'vitest';
import {
  fullText,
  type LedgerAnswer,
  slowestDecision,
  stripRows,
} from '../../../../renderer/state/health.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../../shared/unit/time.ts';
import { sourceOf } from '../../../support/alerting.ts';
import { reportAt } from '../../../support/window/fake-health.ts';

const NOW = Date.UTC(2026, 10, 28, 12);
const answer = (records: LedgerAnswer['records']): LedgerAnswer => ({
  fromAt: NOW - DAY_MS,
  toAt: NOW,
  records,
});

describe('the strip of the watch ledger', () => {
  it('places each unwatched span and says why, for how long and what became of it', () => {
    const [row] = stripRows(
      answer([
        {
          sourceId: 'shop',
          recordedSinceAt: NOW - 30 * DAY_MS,
          unwatched: [
            { fromAt: NOW - 12 * HOUR_MS, toAt: NOW - 6 * HOUR_MS, causes: ['asleep'], filledAt: NOW },
            {
              fromAt: NOW - 3 * HOUR_MS,
              toAt: NOW - 3 * HOUR_MS + 90_400,
              causes: ['failing'],
              filledAt: null,
            },
            {
              fromAt: NOW - 2 * HOUR_MS,
              toAt: NOW - HOUR_MS,
              causes: ['stopped'],
              filledAt: NOW,
              found: ['Latency burned 20×.'],
            },
          ],
        },
      ]),
      [{ id: 'shop' }],
    );
    expect(row?.gaps.map(({ left, width }) => [left, width])).toEqual([
      [0.5, 0.25],
      [0.875, 90_400 / DAY_MS],
      [22 / 24, 1 / 24],
    ]);
    expect(row?.gaps.map(({ cause, length, after }) => [cause, length, after])).toEqual([
      ['the machine slept', '6 h', 'backfilled; nothing held in it'],
      ['the source did not answer', '1 m 30 s', 'not backfilled'],
      ['Midwatch was not running', '1 h', 'backfilled; Latency burned 20×.'],
    ]);
    expect(row?.watched).toBeCloseTo(1 - (7 * HOUR_MS + 90_400) / DAY_MS, 9);
  });

  it('counts the share from when anything is recorded, and hatches what lies before', () => {
    const record = {
      sourceId: 'new',
      recordedSinceAt: NOW - HOUR_MS,
      unwatched: [
        { fromAt: NOW - DAY_MS, toAt: NOW - HOUR_MS, causes: ['unrecorded' as const], filledAt: null },
        { fromAt: NOW - 30 * MINUTE_MS, toAt: NOW, causes: ['failing' as const], filledAt: null },
      ],
    };
    const [row] = stripRows(answer([record]), [{ id: 'new' }]);
    expect(row?.watched).toBe(0.5);
    expect(row?.gaps[0]).toMatchObject({ left: 0, cause: 'before the watch began', after: '' });
  });

  it('hatches a source of which nothing is recorded, and keeps one that is gone at the end', () => {
    const gone = { sourceId: 'gone', recordedSinceAt: NOW - 2 * DAY_MS, unwatched: [] };
    const rows = stripRows(answer([gone]), [{ id: 'shop' }]);
    expect(rows.map(({ sourceId, configured, watched }) => [sourceId, configured, watched])).toEqual([
      ['shop', true, null],
      ['gone', false, 1],
    ]);
    expect(rows[0]?.gaps).toMatchObject([{ left: 0, width: 1 }]);
  });
});

describe('when the store is full', () => {
  const { metrics } = reportAt(NOW);
  it.each([
    ['2027-01-02', {}],
    ['within a day', { fullAt: NOW + HOUR_MS }],
    ['full: the oldest gives way', { bytes: metrics.bytesMax }],
    ['not known yet: measured for 12 m of 1 h', { fullAt: null, measuredOverMs: 12 * MINUTE_MS + 5_000 }],
    ['never at this rate: what ages makes room', { fullAt: null }],
  ])('it says %s', (text, change) => {
    expect(fullText({ ...metrics, ...change }, NOW)).toBe(text);
  });
});

describe('the slowest decision', () => {
  it('is that of the source with the largest 95th percentile', () => {
    const delay = (p95Ms: number) => ({ p50Ms: 1, p95Ms, decisions: 3, freshness: 'real-time' as const });
    const sources = [
      sourceOf('a', { decisionDelay: delay(20) }),
      sourceOf('b', { decisionDelay: delay(300) }),
      sourceOf('c', { decisionDelay: null }),
    ];
    expect(slowestDecision(sources)).toMatchObject({ id: 'b', p95Ms: 300 });
    expect(slowestDecision([sourceOf('c', { decisionDelay: null })])).toBeNull();
  });
});

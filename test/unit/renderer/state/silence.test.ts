import { describe, expect, it } from 'vitest';
import { endOf, heldBy, plannedText, sortSilences, spanOf } from '../../../../renderer/state/silence.ts';
import type { Silence } from '../../../../shared/model/silence.ts';
import { HOUR_MS, MINUTE_MS } from '../../../../shared/unit/time.ts';

const NOW = Date.UTC(2026, 9, 24, 12);
const silence = (id: string, change: Partial<Silence> = {}): Silence => ({
  ...{ id, matchers: [{ name: 'service', op: '=', value: 'shop' }], comment: 'move', author: 'ana' },
  ...{ createdAt: NOW, startsAt: NOW - HOUR_MS, endsAt: NOW + HOUR_MS, expiredAt: null, expiredBy: null },
  ...{ renewals: [], origin: null, sharing: [], revision: 1 },
  ...change,
});

describe('silences in the window', () => {
  it('are sorted: in force by their end, then those to come, then those that ended, newest first', () => {
    const all = [
      silence('old', { endsAt: NOW - HOUR_MS }),
      silence('ended', { expiredAt: NOW - MINUTE_MS }),
      silence('later', { startsAt: NOW + MINUTE_MS }),
      silence('long', { endsAt: NOW + 2 * HOUR_MS }),
      silence('short'),
    ];
    expect(sortSilences(all, NOW).map((one) => one.id)).toEqual(['short', 'long', 'later', 'ended', 'old']);
    expect(endOf(silence('ended', { expiredAt: 5 }))).toBe(5);
  });

  it('are made for a time as people type it', () => {
    expect(spanOf('90m')).toBe(90 * MINUTE_MS);
    expect(spanOf('1h 30min')).toBe(90 * MINUTE_MS);
    for (const text of ['', 'soon', '0', '-1h', '10ms']) expect([text, spanOf(text)]).toEqual([text, null]);
  });

  it('count what they hold by the reason that each alert remembers', () => {
    const held = (stage: 'silence' | 'maintenance', by: string) => ({ hold: { stage, by } });
    const alerts = [held('silence', 'a'), held('silence', 'b'), held('maintenance', 'a'), { hold: null }];
    expect(heldBy(alerts, 'a')).toHaveLength(1);
  });

  it('show planned work on the clock of its own zone, over the end of summer time', () => {
    const startsAt = Date.UTC(2026, 9, 24, 22);
    expect(plannedText({ startsAt, endsAt: startsAt + HOUR_MS }, 'UTC')).toBe('Sat 24 Oct 22:00 to 23:00');
    const night = plannedText({ startsAt, endsAt: startsAt + 4 * HOUR_MS }, 'Europe/Berlin');
    expect(night).toBe('Sun 25 Oct 00:00 to 03:00');
    expect(plannedText({ startsAt, endsAt: startsAt + 4 * HOUR_MS }, 'UTC')).toBe(
      'Sat 24 Oct 22:00 to Sun 25 Oct 02:00',
    );
  });
});

import { describe, expect, it } from 'vitest';
import type { Requests } from '../../../../renderer/state/request.ts';
import { alertsOf } from '../../../../renderer/state/triage.ts';
import { betweenOf, betweenSpan, loadVerdicts, whyRange, whyRoute } from '../../../../renderer/state/why.ts';
import { ok } from '../../../../shared/error/result.ts';
import type { Alert } from '../../../../shared/model/alert.ts';
import { DAY_MS } from '../../../../shared/unit/time.ts';

const now = Date.UTC(2026, 10, 28, 12);

/** A core whose search and whose account of one alert are given. */
function requestsOver(found: readonly object[], before: readonly object[], more = false) {
  const asked: object[] = [];
  const quiet = async (run: (api: never) => Promise<unknown>) => {
    const api = {
      alert: {
        search: async (input: object) => {
          asked.push(input);
          return { found, more, lookedFromAt: null };
        },
        why: async () => before,
      },
    };
    return ok(await run(api as never));
  };
  return { requests: { quiet } as unknown as Requests, asked };
}

describe('the stretch that Why looks at', () => {
  it('of one alert is all that is kept, since it may be a year old', () => {
    const { span = '' } = whyRoute('a') as { span?: string };
    const range = whyRange(span, now);
    expect(typeof range === 'string' ? 0 : range.toAt - range.fromAt).toBe(396 * DAY_MS);
  });

  it('is a day where the address names none that there is', () => {
    expect(whyRange('soon', now)).toEqual({ fromAt: now - DAY_MS, toAt: now });
  });

  it('lies between two instants, or says what is wrong with them', () => {
    const span = betweenSpan('2026-11-28 10:00', '2026-11-28 11:30');
    expect(betweenOf(span)).toEqual({ from: '2026-11-28 10:00', to: '2026-11-28 11:30' });
    expect(whyRange(span, now)).toEqual({ fromAt: now - 2 * 3_600_000, toAt: now - 1_800_000 });
    expect(whyRange(betweenSpan('2026-02-31 10:00', '2026-11-28 11:30'), now)).toMatch(/Write both times/);
    expect(whyRange(betweenSpan('2026-11-28 12:00', '2026-11-28 11:30'), now)).toMatch(/before the second/);
  });
});

describe('the verdicts of one alert in a stretch', () => {
  const id = '0011223344556677';

  it('end with what each stage had said before it began, once all within it is shown', async () => {
    const { requests } = requestsOver([{ at: 50 }], [{ at: 50 }, { at: 7 }]);
    const read = await loadVerdicts(requests, { text: id, fromAt: 10, toAt: 90 }, null);
    expect(read.ok && read.value.found.map((one) => one.at)).toEqual([50, 7]);
    const some = await loadVerdicts(
      requestsOver([{ at: 50 }], [{ at: 7 }], true).requests,
      { text: id, fromAt: 10, toAt: 90 },
      null,
    );
    expect(some.ok && some.value.found.map((one) => one.at)).toEqual([50]);
  });

  it('are read on from where the first page stopped, up to the same time', async () => {
    const { requests, asked } = requestsOver([{ at: 50 }], []);
    const first = await loadVerdicts(requests, { text: 'words', fromAt: 10, toAt: 90 }, null);
    if (!first.ok) throw new Error('no page');
    await loadVerdicts(requests, { text: 'words', fromAt: 10, toAt: 95 }, first.value);
    expect(asked[1]).toEqual({ text: 'words', fromAt: 10, toAt: 90, skip: 1, limit: 100 });
  });
});

describe('the alerts of an incident', () => {
  it('stand by how urgent they are, those that are over last, and those that are gone by their ids', () => {
    const alert = (id: string, priority: Alert['priority'], phase: Alert['phase'], firedAt: number) =>
      ({ id, priority, phase, firedAt, resolvedAt: 9, lastEvaluatedAt: 9 }) as Alert;
    const all = [
      alert('late', 'P1', 'firing', 5),
      alert('over', 'P0', 'resolved', 1),
      alert('early', 'P1', 'firing', 2),
      alert('worst', 'P0', 'firing', 8),
    ];
    const { known, gone } = alertsOf(
      { alertIds: ['over', 'late', 'lost', 'early', 'worst'] },
      new Map(all.map((one) => [one.id, one])),
    );
    expect(known.map((one) => one.id)).toEqual(['worst', 'early', 'late', 'over']);
    expect(gone).toEqual(['lost']);
  });
});

import { describe, expect, it } from 'vitest';
import { deadlinesOf, nextDeadline } from '../../../../renderer/state/deadline.ts';
import { HOUR_MS, MINUTE_MS } from '../../../../shared/unit/time.ts';
import { alert, incident } from '../../../support/window/fleet-incident.ts';

const openedAt = 1_800_000_000_000;
const open = incident({ id: 'i', name: 'INC-1', title: 't', service: 's', openedAt });

describe('the deadlines of an incident', () => {
  it('count down to the response first', () => {
    const [first, second] = deadlinesOf(open, [], openedAt + 3 * MINUTE_MS);
    expect(first).toMatchObject({ key: 'respond', state: 'running', ms: 27 * MINUTE_MS, left: 0.9 });
    expect(second).toMatchObject({ key: 'resolve', ms: 4 * HOUR_MS - 3 * MINUTE_MS });
  });

  it('warn when under a quarter is left and say when it is late', () => {
    expect(deadlinesOf(open, [], openedAt + 24 * MINUTE_MS)[0]?.state).toBe('soon');
    expect(deadlinesOf(open, [], openedAt + 31 * MINUTE_MS)[0]).toMatchObject({
      state: 'late',
      ms: -MINUTE_MS,
      left: 0,
    });
  });

  it('say how long it took once they are met, also when that was too long', () => {
    const met = { ...open, acknowledgedAt: openedAt + 4 * MINUTE_MS };
    const late = { ...open, acknowledgedAt: openedAt + 40 * MINUTE_MS };
    expect(deadlinesOf(met, [], openedAt + HOUR_MS)[0]).toMatchObject({ state: 'met', ms: 4 * MINUTE_MS });
    expect(deadlinesOf(late, [], openedAt + HOUR_MS)[0]).toMatchObject({ state: 'met-late' });
    expect(nextDeadline(deadlinesOf(met, [], openedAt + HOUR_MS))?.key).toBe('resolve');
  });

  it('name the end of an acknowledgement, since then the page sounds again', () => {
    const mine = alert(
      {
        id: 'a',
        title: 't',
        service: 's',
        priority: 'P0',
        phase: 'firing',
        incidentId: 'i',
        acknowledgement: { by: 'You', at: openedAt, untilAt: openedAt + 30 * MINUTE_MS },
      },
      openedAt,
    );
    const found = deadlinesOf({ ...open, acknowledgedAt: openedAt }, [mine], openedAt + 10 * MINUTE_MS);
    expect(found.map((one) => one.key)).toEqual(['respond', 'acknowledgement', 'resolve']);
  });

  it('are none for an incident that was merged or cancelled', () => {
    expect(deadlinesOf({ ...open, phase: 'merged' }, [], openedAt)).toEqual([]);
  });
});

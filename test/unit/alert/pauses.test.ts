import { describe, expect, it } from 'vitest';
import { createPauses } from '../../../main/alert/pauses.ts';
import { observeSources } from '../../../main/alert/source-watch.ts';
import { HOUR_MS, SECOND_MS } from '../../../shared/unit/time.ts';
import { sourceOf, WORKDAY_AT } from '../../support/alerting.ts';

describe('pauses of the rounds', () => {
  it('are none while rounds come, a little late or with a clock that is set back', () => {
    const pauses = createPauses();
    for (const at of [0, 1_000, 5_900, 2_000, 3_000]) pauses.round(at);
    expect(pauses.lookingSince(0)).toBe(Number.NEGATIVE_INFINITY);
  });

  it('are remembered by their length: a short one does not hide the long one before it', () => {
    const pauses = createPauses();
    for (const at of [0, HOUR_MS, HOUR_MS + 6_000, HOUR_MS + 7_000]) pauses.round(at);
    expect(pauses.lookingSince(5_000)).toBe(HOUR_MS + 6_000);
    expect(pauses.lookingSince(30_000)).toBe(HOUR_MS);
    expect(pauses.lookingSince(2 * HOUR_MS)).toBe(Number.NEGATIVE_INFINITY);
  });
});

describe('a source after Midwatch itself slept', () => {
  const NIGHT_MS = 8 * HOUR_MS;
  const wokeAt = WORKDAY_AT + NIGHT_MS;
  const pauses = createPauses();
  pauses.round(WORKDAY_AT);
  pauses.round(wokeAt);
  const observe = (now: number, pollEveryMs: number) =>
    observeSources({
      sources: [sourceOf('prom', { condition: 'stale', lastOkAt: WORKDAY_AT, pollEveryMs })],
      services: new Map(),
      serviceOfRule: () => null,
      now,
      lookingSince: pauses.lookingSince,
    })[0]?.finding;

  it('is no outage before its catch-up poll could answer', () => {
    expect(observe(wokeAt, SECOND_MS)).toMatchObject({ kind: 'between', value: 0 });
    expect(observe(wokeAt + 4_999, SECOND_MS)?.kind).toBe('between');
    expect(observe(wokeAt + 29_999, 15 * SECOND_MS)?.kind).toBe('between');
  });

  it('is one where that did not answer either', () => {
    expect(observe(wokeAt + 5_000, SECOND_MS)).toMatchObject({ kind: 'holds', value: 5_000 });
    expect(observe(wokeAt + 30_000, 15 * SECOND_MS)?.kind).toBe('holds');
  });
});

import { describe, expect, it } from 'vitest';
import { createObjectiveDesk } from '../../../main/app/objective-desk.ts';
import type { Corrections } from '../../../main/slo/index.ts';
import { DAY_MS, SECOND_MS } from '../../../shared/unit/time.ts';
import { counterTarget } from '../../support/counter-target.ts';
import { gatewayObjective, shippedPolicy } from '../../support/objective.ts';

const T0 = Date.UTC(2026, 0, 5);
const none: Corrections = {
  load: async () => undefined,
  of: () => [],
  add: async (draft, by) => ({ ...draft, id: 'c', by, createdAt: T0, revoked: null }),
  revoke: async () => {
    throw new Error('not asked for here');
  },
};

function desk() {
  const target = counterTarget();
  target.grow('requests', 10, T0 - 2 * DAY_MS, T0, 60 * SECOND_MS);
  return createObjectiveDesk({
    clock: { now: () => T0 } as never,
    policies: ['midwatch', 'fixed'].map(shippedPolicy),
    workspaceName: () => 'shop',
    objectives: () => [gatewayObjective()],
    target: (id) => (id === 'counters' ? target : undefined),
    corrections: none,
  });
}

describe('what windows ask of objectives', () => {
  it('is answered for policies and detection times, with what can never fire', () => {
    expect(
      desk()
        .policies()
        .map((one) => one.id),
    ).toEqual(['midwatch', 'fixed']);
    const { rows, warnings } = desk().detectionTimes({
      target: 0.5,
      periodMs: 28 * DAY_MS,
      policy: 'midwatch',
    });
    expect(rows).toHaveLength(3);
    expect(warnings[0]).toContain('page: Can never fire');
    const short = desk().detectionTimes({ target: 0.999, periodMs: SECOND_MS, policy: 'midwatch' });
    expect(short.warnings.at(-1)).toContain('No row is left');
  });

  it('is refused by name where the objective, the source, the policy or the range is wrong', async () => {
    const range = { fromAt: T0 - DAY_MS, toAt: T0 };
    await expect(desk().alertHistory({ objectiveId: 'x', ...range })).rejects.toThrow(/no objective x/);
    await expect(
      desk().alertHistory({ objectiveId: 'gateway-availability', fromAt: T0, toAt: T0 }),
    ).rejects.toThrow(/swap its ends/);
    await expect(
      desk().alertHistory({ objectiveId: 'gateway-availability', fromAt: T0 - 500 * DAY_MS, toAt: T0 }),
    ).rejects.toThrow(/At most/);
    const { kind, indicator, target } = gatewayObjective();
    const draft = { kind, indicator, target, periodMs: DAY_MS, policy: 'midwatch', ...range };
    await expect(desk().tryOut({ ...draft, source: 'gone' })).rejects.toThrow(/no source named gone/);
    const tried = await desk().tryOut({ ...draft, source: 'counters' });
    expect(tried).toMatchObject({ episodes: [], bad: 0 });
    expect(() => desk().detectionTimes({ target, periodMs: DAY_MS, policy: 'other' })).toThrow(
      /no policy named other/,
    );
  });

  it('is a report of the last 28 d by default, as Markdown and as a page', async () => {
    const report = await desk().report({ format: 'markdown' });
    expect(report.fileName).toBe('compliance-2026-01-05.md');
    expect(report.lines[0]).toMatchObject({ objectiveId: 'gateway-availability', met: true });
    expect((await desk().report({ format: 'html' })).text).toMatch(/^<!doctype html>/);
    const made = await desk().addCorrection(
      { objectiveId: 'gateway-availability', fromAt: T0 - DAY_MS, toAt: T0, reason: 'move' },
      'ana',
    );
    expect(made).toMatchObject({ by: 'ana', revoked: null });
    expect(desk().corrections({ objectiveId: 'gateway-availability' })).toEqual([]);
  });
});

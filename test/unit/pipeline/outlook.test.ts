import { describe, expect, it } from 'vitest';
import { outlook } from '../../../main/pipeline/outlook.ts';
import { EXHAUSTION_NEVER } from '../../../shared/model/objective.ts';
import { HOUR_MS } from '../../../shared/unit/time.ts';
import { alertOf, objectiveStatus } from '../../support/incident.ts';

const statuses = new Map(
  Object.entries({ soon: HOUR_MS, later: 5 * HOUR_MS, never: EXHAUSTION_NEVER, gone: 0, unknown: null }).map(
    ([id, timeToExhaustionMs]) => [id, { ...objectiveStatus(), timeToExhaustionMs }] as const,
  ),
);
const of = (...ruleIds: string[]) =>
  outlook(
    ruleIds.map((ruleId) => alertOf({ id: ruleId, ruleId })),
    statuses,
  );

describe('the outlook of a page', () => {
  it('is when the first of the budgets is gone', () => {
    expect(of('later', 'soon', 'never')).toBe('Budget gone in 1 h at this rate.');
    expect(of('later', 'gone')).toBe('The budget is gone.');
  });

  it('is nothing where no budget is known to end', () => {
    expect([of('never'), of('unknown'), of('a rule without a budget'), of()]).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });
});

import type { Correction } from '../../shared/model/correction.ts';
import type { QueryTarget } from '../../shared/model/metric.ts';
import type { Objective } from '../../shared/model/objective.ts';
import type { ComplianceLine } from '../../shared/model/objective-history.ts';
import { correctedStretches } from './corrections.ts';
import { countStretch, type HistoryRange } from './history.ts';
import { budgetConsumed, budgetRemaining, errorRate } from './math/index.ts';
import { complianceLine, unknownLine } from './report.ts';

/** One objective's line over a stretch. A source that is gone or does not answer makes it unknown, never kept. */
export async function complianceOf(
  objective: Objective,
  target: QueryTarget | undefined,
  corrections: readonly Correction[],
  range: HistoryRange,
): Promise<ComplianceLine> {
  if (!target) return unknownLine(objective);
  const whole = await countStretch(objective, target, range);
  if (!whole.ok) return unknownLine(objective);
  const stretches = correctedStretches(corrections, range.fromAt, range.toAt);
  let bad = 0;
  let total = 0;
  for (const stretch of stretches) {
    const counted = await countStretch(objective, target, stretch);
    if (!counted.ok) return unknownLine(objective);
    bad += counted.value.bad ?? 0;
    total += counted.value.total ?? 0;
  }
  const of = corrections.filter((one) => one.revoked === null);
  const consumed = budgetConsumed(errorRate(whole.value.bad, whole.value.total), objective.target);
  return complianceLine(
    objective,
    { ...whole.value, budgetRemaining: budgetRemaining(consumed) },
    stretches.length > 0 ? { bad, total, of } : null,
  );
}

import type { Alert } from '../../../shared/model/alert.ts';
import type { Finding, Observation } from '../../../shared/model/observation.ts';
import { priorityRank } from '../../../shared/model/priority.ts';
import { type IntakeStage, verdictOf } from './stage.ts';

/** Unknown is never fine: it outranks whatever says that all is well. */
const WEIGHT: Readonly<Record<Finding['kind'], number>> = {
  holds: 6,
  error: 5,
  'no-data': 4,
  blind: 3,
  'held-back': 2,
  between: 1,
  clear: 0,
};

/**
 * The same labels are the same alert. Of several observations of one round the worst speaks for all,
 * and while an alert is active only its own rule can end it.
 */
export const deduplicate: IntakeStage = {
  name: 'deduplicate',
  decide(draft, { now, rivals }) {
    const { observation, existing } = draft;
    const answer = (outcome: 'pass' | 'held', reason: string) =>
      verdictOf('deduplicate', outcome, reason, now, observation.definedAt);
    if (!mayDecide(observation, existing)) {
      const reason = `The same labels are active by the rule ${existing?.ruleId}; only that rule can end them.`;
      return { kind: 'stop', verdict: answer('held', reason) };
    }
    const contenders = rivals(draft.id).filter((one) => mayDecide(one, existing));
    const worst = contenders.reduce(
      (best, one) => (compare(one, best, existing) > 0 ? one : best),
      contenders[0] ?? observation,
    );
    if (worst !== observation) {
      const reason = `The same labels came from ${worst.definedAt} too, where it is no better; that one counts.`;
      return { kind: 'stop', verdict: answer('held', reason) };
    }
    const reason =
      contenders.length <= 1
        ? 'The only alert with these labels.'
        : `The worst of ${contenders.length} observations with these labels; the others are folded into it.`;
    return { kind: 'pass', draft, verdict: answer('pass', reason) };
  },
};

/** Another rule with the same labels may say that it is bad, never that it is over. */
function mayDecide(observation: Observation, existing: Alert | null): boolean {
  if (existing === null || existing.ruleId === observation.ruleId) return true;
  const active = existing.phase !== 'inactive' && existing.phase !== 'resolved';
  return !active || observation.finding.kind === 'holds';
}

/** Positive where `a` is worse; the owner of the alert wins a tie. */
function compare(a: Observation, b: Observation, existing: Alert | null): number {
  return (
    WEIGHT[a.finding.kind] - WEIGHT[b.finding.kind] ||
    priorityRank(b.priority) - priorityRank(a.priority) ||
    Number(a.ruleId === existing?.ruleId) - Number(b.ruleId === existing?.ruleId)
  );
}

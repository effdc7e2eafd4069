import { createRuleEvaluator, lastDeployment, type RuleEvaluator } from '../alert/index.ts';
import type { StateHub } from '../api/index.ts';
import type { Ingest } from '../ingest/index.ts';

/** Plain rules ask the sources that are watched, and the changes that were seen or reported. */
export function ruleAskingOf(
  ingest: Pick<Ingest, 'target'>,
  hub: Pick<StateHub, 'get'>,
): { readonly ruleEvaluator: RuleEvaluator; readonly deployedAt: (service: string) => number | null } {
  const deployedAt = (service: string) => lastDeployment(hub.get('changes'), service);
  const ruleEvaluator = createRuleEvaluator({ target: (id) => ingest.target(id) ?? null, deployedAt });
  return { ruleEvaluator, deployedAt };
}

import { createRuleEvaluator, lastDeployment, type RuleEvaluator } from '../alert/index.ts';
import type { StateHub } from '../api/index.ts';
import type { Ingest } from '../ingest/index.ts';

/** Plain rules ask the sources that are watched, and the changes that were seen or reported. */
export function ruleEvaluatorOf(ingest: Pick<Ingest, 'target'>, hub: Pick<StateHub, 'get'>): RuleEvaluator {
  return createRuleEvaluator({
    target: (id) => ingest.target(id) ?? null,
    deployedAt: (service) => lastDeployment(hub.get('changes'), service),
  });
}

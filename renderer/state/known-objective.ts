import type { ObjectiveStatus } from '../../shared/model/objective.ts';
import type { ObjectiveProposal } from '../../shared/model/proposal.ts';
import { formatPercent } from '../../shared/unit/number.ts';

/** Proposals, apart by whether the workspace promises the same of the service already, under whatever name. */
export interface ProposalsBeside {
  readonly fresh: readonly ObjectiveProposal[];
  readonly covered: readonly { readonly proposal: ObjectiveProposal; readonly by: string }[];
}

/** A service needs one objective of a kind: a second one would page twice for the same failures. */
export function proposalsBeside(
  proposals: readonly ObjectiveProposal[],
  known: Iterable<Pick<ObjectiveStatus, 'objective'>>,
): ProposalsBeside {
  const names = new Map<string, string[]>();
  for (const { objective } of known) {
    const key = keyOf(objective);
    const name = `${objective.title}, ${formatPercent(objective.target, 6)}`;
    names.set(key, [...(names.get(key) ?? []), name]);
  }
  const fresh: ObjectiveProposal[] = [];
  const covered: { proposal: ObjectiveProposal; by: string }[] = [];
  for (const proposal of proposals) {
    const by = names.get(keyOf(proposal));
    if (by) covered.push({ proposal, by: by.join('; ') });
    else fresh.push(proposal);
  }
  return { fresh, covered };
}

function keyOf({ service, kind }: { readonly service: string; readonly kind: string }): string {
  return JSON.stringify([service, kind]);
}

import { describe, expect, it } from 'vitest';
import { proposalsBeside } from '../../../../renderer/state/known-objective.ts';
import type { ObjectiveProposal } from '../../../../shared/model/proposal.ts';
import { gatewayObjective } from '../../../support/objective.ts';

function proposal(service: string, kind: 'availability' | 'latency'): ObjectiveProposal {
  const document = {};
  const seen = { target: 0.99, observed: 0.995, observedOverMs: 1, reason: 'r', document };
  return { id: `${service}-${kind}`, service, kind, title: `${service}: ${kind}`, ...seen };
}

describe('what is proposed beside what is there', () => {
  it('is told apart by service and kind, whatever the objective is named', () => {
    const known = gatewayObjective({
      service: 'gateway',
      kind: 'availability',
      title: 'Front door',
      target: 0.9995,
    });
    const { fresh, covered } = proposalsBeside(
      [
        proposal('gateway', 'availability'),
        proposal('gateway', 'latency'),
        proposal('search', 'availability'),
      ],
      [{ objective: known }],
    );
    expect(fresh.map((one) => one.id)).toEqual(['gateway-latency', 'search-availability']);
    expect(covered.map(({ proposal: one, by }) => [one.id, by])).toEqual([
      ['gateway-availability', 'Front door, 99.95 %'],
    ]);
  });
});

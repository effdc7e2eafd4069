import { type IntakeStage, verdictOf } from './stage.ts';

/**
 * Adds what the catalogue knows of the service. An observation that knows nothing because its source does not answer
 * becomes *blind*: the source has one alert of its own, and one outage is one alert.
 */
export const enrich: IntakeStage = {
  name: 'enrich',
  decide(draft, { now, services, blindedBy }) {
    const { observation } = draft;
    const service = services.get(observation.service) ?? null;
    const whose =
      observation.kind === 'source'
        ? 'A source that is watched, not a service.'
        : service
          ? `${service.title}, tier ${service.tier}, owned by ${service.owner}.`
          : `The service ${observation.service} is not in services.yaml: owner and tier are unknown.`;
    const unknown = observation.finding.kind === 'no-data' || observation.finding.kind === 'error';
    const blinding = unknown && observation.kind !== 'source' ? blindedBy(observation.ruleId) : null;
    if (blinding === null) {
      return { kind: 'pass', draft: { ...draft, service }, verdict: verdictOf('enrich', 'pass', whose, now) };
    }
    const reason = `${whose} Counts as blind: ${blinding}`;
    const blind = { ...observation, finding: { kind: 'blind', reason: blinding } as const };
    return {
      kind: 'pass',
      draft: { ...draft, service, observation: blind },
      verdict: verdictOf('enrich', 'pass', reason, now),
    };
  },
};

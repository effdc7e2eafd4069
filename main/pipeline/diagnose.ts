import type { Detector } from '../../shared/model/detector.ts';
import type { ObjectiveStatus } from '../../shared/model/objective.ts';
import type { Observation } from '../../shared/model/observation.ts';
import { isWatching, type SourceStatus } from '../../shared/model/source.ts';
import type { AlertRule, Diagnosis, Subject } from '../alert/index.ts';

/** What was found of one source, as those are asked about that have no data. */
export interface Found {
  readonly statuses: readonly ObjectiveStatus[];
  readonly detectors: readonly Detector[];
  readonly rules: readonly AlertRule[];
  /** Of detectors and rules. */
  readonly observations: readonly Observation[];
}

/** Why nothing of the source can be trusted now; null while it is watched. */
export function blindnessOf(source: SourceStatus | undefined): string | null {
  if (!source || isWatching(source.condition)) return null;
  return source.problem ?? `The source is ${source.condition}.`;
}

export function subjectsOf({ statuses, detectors, rules, observations }: Found): Subject[] {
  const missing = new Set(
    observations.filter((one) => one.finding.kind === 'no-data').map((one) => one.ruleId),
  );
  return [
    ...statuses.map(({ objective, state }) => ({
      ruleId: objective.id,
      service: objective.service,
      // The total says whether anything is seen; good and bad follow it.
      expressions: [objective.indicator.total],
      noData: state === 'no-data',
    })),
    ...rules.map((rule) => ({
      ruleId: rule.id,
      service: rule.service ?? 'unknown',
      expressions: [rule.expression],
      noData: missing.has(rule.id),
    })),
    ...detectors.map((detector) => ({
      ruleId: detector.id,
      service: detector.service,
      expressions: [detector.query],
      noData: missing.has(detector.id),
    })),
  ];
}

/** An objective that an outage blinds says so; one whose series are gone adds what is known of that to its reason. */
export function explainStatus(
  status: ObjectiveStatus,
  diagnoses: ReadonlyMap<string, Diagnosis>,
): ObjectiveStatus {
  const diagnosis = diagnoses.get(status.objective.id);
  if (!diagnosis || status.state !== 'no-data') return status;
  return diagnosis.kind === 'blind'
    ? { ...status, state: 'blind', reason: diagnosis.reason }
    : { ...status, reason: `${status.reason}: ${diagnosis.reason}` };
}

export function explainObservation(
  observation: Observation,
  diagnoses: ReadonlyMap<string, Diagnosis>,
): Observation {
  const { finding } = observation;
  const diagnosis = diagnoses.get(observation.ruleId);
  if (!diagnosis || finding.kind !== 'no-data') return observation;
  return diagnosis.kind === 'blind'
    ? { ...observation, finding: { kind: 'blind', reason: diagnosis.reason } }
    : { ...observation, finding: { ...finding, reason: `${finding.reason} ${diagnosis.reason}` } };
}

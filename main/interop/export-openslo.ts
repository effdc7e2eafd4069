import { stringify } from 'yaml';
import { ANNOTATION } from '../../shared/config/objective.ts';
import type { Calendar, Indicator, Objective } from '../../shared/model/objective.ts';
import { promDuration } from '../../shared/unit/time.ts';

const LETTER = { day: 'd', week: 'w', month: 'M', quarter: 'Q', year: 'Y' } as const;

/** Objectives as OpenSLO v1, one document each; read back they are the same objectives. */
export function exportOpenSlo(objectives: readonly Objective[]): string {
  return objectives
    .map((one) => stringify(openSloOf(one), { lineWidth: 0, aliasDuplicateObjects: false }))
    .join('---\n');
}

/** One objective as a document. Its annotations carry what OpenSLO has no word for. */
export function openSloOf(objective: Objective): Record<string, unknown> {
  const { slices, components } = objective;
  return {
    apiVersion: 'openslo/v1',
    kind: 'SLO',
    metadata: { name: objective.id, displayName: objective.title, annotations: annotationsOf(objective) },
    spec: {
      service: objective.service,
      ...(components ? {} : { indicator: indicatorPart(objective, slices?.bad) }),
      timeWindow: [timeWindow(objective.periodMs, objective.calendar)],
      budgetingMethod: slices ? 'Timeslices' : 'Occurrences',
      objectives: components
        ? components.map((one) => ({
            displayName: one.title,
            target: one.target,
            compositeWeight: one.weight,
            indicator: { spec: { ratioMetric: ratio(one.indicator) } },
          }))
        : [
            slices
              ? // The slice's own expression says what is bad: 1. At most 0.5 of that is a good slice.
                {
                  target: objective.target,
                  op: 'lte',
                  value: 0.5,
                  timeSliceWindow: promDuration(slices.lengthMs),
                }
              : { target: objective.target },
          ],
    },
  };
}

function indicatorPart(objective: Objective, bad: string | undefined) {
  if (bad !== undefined) return { spec: { thresholdMetric: metric(bad) } };
  return { spec: { ratioMetric: ratio(objective.indicator) } };
}

function ratio({ good, bad, total }: Indicator) {
  return {
    counter: true,
    ...(good === undefined ? {} : { good: metric(good) }),
    ...(bad === undefined ? {} : { bad: metric(bad) }),
    total: metric(total),
  };
}

function metric(query: string) {
  return { metricSource: { type: 'Prometheus', spec: { query } } };
}

function timeWindow(periodMs: number, calendar: Calendar | undefined) {
  if (!calendar) return { duration: promDuration(periodMs), isRolling: true };
  const { unit, count, startTime, timeZone } = calendar;
  return { duration: `${count}${LETTER[unit]}`, isRolling: false, calendar: { startTime, timeZone } };
}

function annotationsOf(objective: Objective): Record<string, string> {
  const { source, policy, kind, thresholdMs, wake, evaluationDelayMs, when } = objective;
  const within = when?.deployedWithinMs ?? null;
  const before = when?.deployedBeforeMs ?? null;
  return {
    ...(source === '' ? {} : { [ANNOTATION.source]: source }),
    [ANNOTATION.policy]: policy,
    [ANNOTATION.kind]: kind,
    ...(thresholdMs === undefined ? {} : { [ANNOTATION.threshold]: promDuration(thresholdMs) }),
    ...(evaluationDelayMs === undefined ? {} : { [ANNOTATION.delay]: promDuration(evaluationDelayMs) }),
    ...(wake ? { [ANNOTATION.wake]: wake.policy, [ANNOTATION.wakeFloor]: String(wake.floor) } : {}),
    ...(when && when.expression !== null ? { [ANNOTATION.when]: when.expression } : {}),
    ...(within === null ? {} : { [ANNOTATION.deployedWithin]: promDuration(within) }),
    ...(before === null ? {} : { [ANNOTATION.deployedBefore]: promDuration(before) }),
  };
}

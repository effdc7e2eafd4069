import { stringify } from 'yaml';
import { ANNOTATION } from '../../shared/config/objective.ts';

/** What a foreign objective over a ratio comes down to. */
export interface OpenSloDocument {
  readonly name: string;
  readonly title: string;
  readonly service: string;
  readonly description: string | undefined;
  readonly period: string;
  readonly target: number;
  readonly policy: string | undefined;
  readonly good: string | undefined;
  readonly bad: string | undefined;
  readonly total: string;
}

/** The OpenSLO v1 text of it. */
export function ratioDocument(one: OpenSloDocument): string {
  const metric = (query: string) => ({ metricSource: { type: 'Prometheus', spec: { query: query.trim() } } });
  return stringify(
    {
      apiVersion: 'openslo/v1',
      kind: 'SLO',
      metadata: {
        name: one.name,
        displayName: one.title,
        ...(one.policy === undefined ? {} : { annotations: { [ANNOTATION.policy]: one.policy } }),
      },
      spec: {
        ...(one.description === undefined ? {} : { description: one.description }),
        service: one.service,
        indicator: {
          spec: {
            ratioMetric: {
              counter: true,
              ...(one.good === undefined ? {} : { good: metric(one.good) }),
              ...(one.bad === undefined ? {} : { bad: metric(one.bad) }),
              total: metric(one.total),
            },
          },
        },
        timeWindow: [{ duration: one.period, isRolling: true }],
        budgetingMethod: 'Occurrences',
        objectives: [{ target: one.target }],
      },
    },
    { lineWidth: 0, aliasDuplicateObjects: false },
  );
}

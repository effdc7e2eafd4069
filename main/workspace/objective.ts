import { ANNOTATION, type OpenSloFile } from '../../shared/config/objective.ts';
import type { Objective } from '../../shared/model/objective.ts';
import { parseDuration } from '../../shared/unit/time.ts';
import { definedAt, partOf, type Written } from './written.ts';

/** One Midwatch objective an entry of `objectives`: an OpenSLO document may hold several targets over one indicator. */
export function objectivesOf(written: Written<OpenSloFile>, source: string): Written<Objective>[] {
  const { metadata, spec } = written.config;
  const { good, bad, total } = spec.indicator.spec.ratioMetric;
  const several = spec.objectives.length > 1;
  const threshold = metadata.annotations[ANNOTATION.threshold];
  const thresholdMs = threshold === undefined ? undefined : parseDuration(threshold);
  return spec.objectives.map((one, index) => {
    const path = ['spec', 'objectives', index];
    const suffix = slug(one.displayName ?? '') || String(index + 1);
    const title = metadata.displayName ?? metadata.name;
    return partOf(written, path, {
      id: several ? `${metadata.name}-${suffix}` : metadata.name,
      title: several ? `${title}: ${one.displayName ?? index + 1}` : title,
      service: spec.service,
      source,
      kind: thresholdMs === undefined ? 'availability' : 'latency',
      indicator: {
        ...(good === undefined ? {} : { good: good.metricSource.spec.query }),
        ...(bad === undefined ? {} : { bad: bad.metricSource.spec.query }),
        total: total.metricSource.spec.query,
      },
      target: one.target ?? fraction(one.targetPercent ?? Number.NaN),
      ...(thresholdMs === undefined ? {} : { thresholdMs }),
      periodMs: spec.timeWindow[0]?.duration ?? Number.NaN,
      policy: metadata.annotations[ANNOTATION.policy] ?? 'midwatch',
      definedAt: definedAt(written, path),
    });
  });
}

/** 99.99 is 0.9999 and not 0.9998999…: divided in binary, a budget of 0.01 % would be off in its tenth digit. */
function fraction(percent: number): number {
  return Number((percent / 100).toPrecision(15));
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40);
}

import {
  ANNOTATION,
  type IndicatorPart,
  type OpenSloFile,
  readCalendarDuration,
  type TargetConfig,
  THRESHOLD_PLACE,
} from '../../shared/config/objective.ts';
import { readFiringCondition } from '../../shared/model/firing-condition.ts';
import {
  type Calendar,
  type Component,
  type Indicator,
  type Objective,
  ObjectiveKind,
  type Slices,
} from '../../shared/model/objective.ts';
import { DAY_MS, MINUTE_MS, parseDuration } from '../../shared/unit/time.ts';
import { badSliceQuery, type SliceRule, sliceCondition } from '../slo/index.ts';
import { definedAt, partOf, type Written } from './written.ts';

/** An indicator by the name of its document, for composites that refer to it. */
export type FindIndicator = (name: string) => IndicatorPart | undefined;

const UNIT_DAYS = { day: 1, week: 7, month: 30, quarter: 91, year: 365 } as const;
const WAKE_FLOOR = 0.25;

/** One Midwatch objective an entry of `objectives`; a composite is one objective whose entries are its components. */
export function objectivesOf(
  written: Written<OpenSloFile>,
  source: string,
  find: FindIndicator,
): Written<Objective>[] {
  const { metadata, spec } = written.config;
  const title = metadata.displayName ?? metadata.name;
  if (!spec.indicator) {
    const components = componentsOf(spec.objectives, find);
    const first = components[0];
    // Without one the reference is unknown, which the cross-check says.
    if (!first) return [];
    return [
      partOf(written, [], {
        ...commonOf(written.config, source),
        id: metadata.name,
        title,
        indicator: first.indicator,
        target: compositeTarget(components),
        kind: kindOf(written.config, undefined, undefined),
        components,
        definedAt: definedAt(written, []),
      }),
    ];
  }
  const several = spec.objectives.length > 1;
  return spec.objectives.map((one, index) => {
    const path = ['spec', 'objectives', index];
    const suffix = slug(one.displayName ?? '') || String(index + 1);
    return partOf(written, path, {
      ...single(written.config, one, source),
      id: several ? `${metadata.name}-${suffix}` : metadata.name,
      title: several ? `${title}: ${one.displayName ?? index + 1}` : title,
      definedAt: definedAt(written, path),
    });
  });
}

function single(
  config: OpenSloFile,
  one: TargetConfig,
  source: string,
): Omit<Objective, 'id' | 'title' | 'definedAt'> {
  const part = config.spec.indicator?.spec ?? {};
  const slices = config.spec.budgetingMethod === 'Timeslices' ? slicesOf(part, one) : undefined;
  const thresholdMs = thresholdOf(config, part, one);
  return {
    ...commonOf(config, source),
    kind: kindOf(config, thresholdMs, one),
    indicator: part.ratioMetric
      ? indicatorOf(part, one)
      : { bad: slices?.bad ?? '', total: part.thresholdMetric?.metricSource.spec.query ?? '' },
    target: targetOf(one),
    ...(thresholdMs === undefined ? {} : { thresholdMs }),
    ...(slices ? { slices } : {}),
  };
}

function commonOf({ metadata, spec }: OpenSloFile, source: string) {
  const { annotations } = metadata;
  const delayMs = parseDuration(annotations[ANNOTATION.delay] ?? '');
  const wake = annotations[ANNOTATION.wake];
  const floor = annotations[ANNOTATION.wakeFloor];
  const when = readFiringCondition({
    when: annotations[ANNOTATION.when],
    deployedWithin: annotations[ANNOTATION.deployedWithin],
    deployedBefore: annotations[ANNOTATION.deployedBefore],
  });
  return {
    service: spec.service,
    source,
    policy: annotations[ANNOTATION.policy] ?? 'midwatch',
    ...periodOf(spec.timeWindow[0]),
    ...(delayMs === undefined ? {} : { evaluationDelayMs: delayMs }),
    ...(wake === 'budget'
      ? { wake: { policy: 'budget' as const, floor: floor === undefined ? WAKE_FLOOR : Number(floor) } }
      : {}),
    ...(when ? { when } : {}),
  };
}

function periodOf(window: OpenSloFile['spec']['timeWindow'][number] | undefined): {
  periodMs: number;
  calendar?: Calendar;
} {
  if (!window || window.isRolling) return { periodMs: parseDuration(window?.duration ?? '') ?? Number.NaN };
  const length = readCalendarDuration(window.duration) ?? { unit: 'month' as const, count: 1 };
  const { startTime, timeZone } = window.calendar ?? { startTime: '2026-01-01', timeZone: 'UTC' };
  return {
    periodMs: UNIT_DAYS[length.unit] * length.count * DAY_MS,
    calendar: { ...length, timeZone, startTime },
  };
}

function slicesOf(part: IndicatorPart['spec'], one: TargetConfig): Slices {
  const lengthMs = one.timeSliceWindow ?? MINUTE_MS;
  const rule = sliceRuleOf(part, one);
  return { lengthMs, bad: badSliceQuery(rule, lengthMs), condition: sliceCondition(rule) };
}

function sliceRuleOf(part: IndicatorPart['spec'], one: TargetConfig): SliceRule {
  if (part.thresholdMetric) {
    const { query } = part.thresholdMetric.metricSource.spec;
    return { kind: 'threshold', query, op: one.op ?? 'gte', value: one.value ?? 0 };
  }
  const indicator = indicatorOf(part, one);
  return one.timeSliceTarget === undefined
    ? { kind: 'rate', indicator, least: one.value ?? 0 }
    : { kind: 'share', indicator, least: one.timeSliceTarget };
}

function indicatorOf({ ratioMetric }: IndicatorPart['spec'], one: TargetConfig): Indicator {
  const query = (metric: { metricSource: { spec: { query: string } } }) =>
    fillThreshold(metric.metricSource.spec.query, one.value);
  return {
    ...(ratioMetric?.good ? { good: query(ratioMetric.good) } : {}),
    ...(ratioMetric?.bad ? { bad: query(ratioMetric.bad) } : {}),
    total: ratioMetric ? query(ratioMetric.total) : '',
  };
}

/** Client libraries write the bucket of one second as `1` or `1.0`; both are the same bucket. */
function fillThreshold(text: string, value: number | undefined): string {
  if (value === undefined) return text;
  const bound = Number.isInteger(value) ? `=~"${value}(\\\\.0)?"` : `="${value}"`;
  return text.replaceAll(`le="${THRESHOLD_PLACE}"`, `le${bound}`).replaceAll(THRESHOLD_PLACE, String(value));
}

function thresholdOf(
  config: OpenSloFile,
  part: IndicatorPart['spec'],
  one: TargetConfig,
): number | undefined {
  const written = config.metadata.annotations[ANNOTATION.threshold];
  if (written !== undefined) return parseDuration(written);
  const placed = JSON.stringify(part).includes(THRESHOLD_PLACE) && one.value !== undefined;
  // 0.1 s are 100 ms and not 100.00000000000001.
  return placed ? Number(((one.value ?? 0) * 1_000).toPrecision(12)) : undefined;
}

function kindOf(
  config: OpenSloFile,
  thresholdMs: number | undefined,
  one: TargetConfig | undefined,
): ObjectiveKind {
  const said = ObjectiveKind.safeParse(config.metadata.annotations[ANNOTATION.kind]);
  if (said.success) return said.data;
  if (thresholdMs !== undefined) return 'latency';
  const isSliced = config.spec.budgetingMethod === 'Timeslices';
  return isSliced && one?.timeSliceTarget === undefined ? 'throughput' : 'availability';
}

function componentsOf(objectives: readonly TargetConfig[], find: FindIndicator): Component[] {
  return objectives.flatMap((one, index) => {
    const part = one.indicator ?? find(one.indicatorRef ?? '');
    if (!part?.spec.ratioMetric) return [];
    const name = one.displayName ?? one.indicatorRef ?? `part ${index + 1}`;
    return [
      {
        title: name,
        indicator: indicatorOf(part.spec, one),
        target: targetOf(one),
        weight: one.compositeWeight ?? 1,
      },
    ];
  });
}

/** The budgets' weighted mean: a component's burn then counts by its weight. */
function compositeTarget(components: readonly Component[]): number {
  const weights = components.reduce((sum, one) => sum + one.weight, 0);
  const budget = components.reduce((sum, one) => sum + one.weight * (1 - one.target), 0) / weights;
  return Number((1 - budget).toPrecision(15));
}

function targetOf(one: TargetConfig): number {
  return one.target ?? fraction(one.targetPercent ?? Number.NaN);
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

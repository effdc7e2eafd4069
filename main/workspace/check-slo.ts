import { ANNOTATION, type IndicatorPart, THRESHOLD_PLACE } from '../../shared/config/objective.ts';
import { parseDuration } from '../../shared/unit/time.ts';
import { readCounter } from '../slo/index.ts';
import { type Checker, type Names, sayQueryError, unknown } from './checker.ts';
import type { Configuration } from './configuration.ts';
import type { Problem } from './problem.ts';
import { say } from './written.ts';

type WrittenSlo = Configuration['slos'][number];

/** An indicator of the document with where it stands. */
interface PlacedIndicator {
  readonly part: IndicatorPart['spec'];
  readonly path: readonly PropertyKey[];
}

/** Names, expressions and thresholds of one document of objectives. */
export function checkSlo(
  written: WrittenSlo,
  check: Checker,
  names: Names,
  find: (name: string) => IndicatorPart | undefined,
  problems: Problem[],
): void {
  const { metadata, spec } = written.config;
  check.service(written, ['spec', 'service'], spec.service);
  const annotation = (name: string) => ['metadata', 'annotations', name];
  const asked = check.source(written, annotation(ANNOTATION.source), sourceOfSlo(written.config));
  const when = metadata.annotations[ANNOTATION.when];
  if (when !== undefined) check.expression(written, annotation(ANNOTATION.when), when, asked);
  const policy = metadata.annotations[ANNOTATION.policy];
  if (policy !== undefined && !names.policies.includes(policy))
    say(problems, written, annotation(ANNOTATION.policy), unknown('policy', policy, names.policies));
  for (const placed of indicatorsOf(written)) checkIndicator(written, placed, check, asked, problems);
  for (const [at, { indicatorRef }] of spec.objectives.entries()) {
    if (indicatorRef === undefined || find(indicatorRef)?.spec.ratioMetric) continue;
    say(
      problems,
      written,
      ['spec', 'objectives', at, 'indicatorRef'],
      `expected the name of an SLO of this workspace, or of its indicator, that counts a ratio; got ${JSON.stringify(indicatorRef)}`,
    );
  }
}

function indicatorsOf({ config }: WrittenSlo): PlacedIndicator[] {
  const { indicator, objectives } = config.spec;
  const own = objectives.flatMap((one, at) =>
    one.indicator
      ? [{ part: one.indicator.spec, path: ['spec', 'objectives', at, 'indicator', 'spec'] as PropertyKey[] }]
      : [],
  );
  return indicator ? [{ part: indicator.spec, path: ['spec', 'indicator', 'spec'] }, ...own] : own;
}

function checkIndicator(
  written: WrittenSlo,
  { part, path }: PlacedIndicator,
  check: Checker,
  asked: string | undefined,
  problems: Problem[],
): void {
  const threshold = parseDuration(written.config.metadata.annotations[ANNOTATION.threshold] ?? '');
  const gauge = part.thresholdMetric?.metricSource.spec.query;
  if (gauge !== undefined && !/\$window|\{\{/.test(gauge))
    check.expression(written, [...path, 'thresholdMetric', 'metricSource', 'spec', 'query'], gauge, asked);
  for (const name of ['good', 'bad', 'total'] as const) {
    const metric = part.ratioMetric?.[name];
    if (!metric) continue;
    const where = [...path, 'ratioMetric', name, 'metricSource', 'spec', 'query'];
    const text = metric.metricSource.spec.query;
    const counter = readCounter(text);
    if (!counter.ok) sayQueryError(problems, written, where, text, counter.error);
    // A template is no expression until its window is filled in, and then its positions are not the author's.
    else if (counter.value.kind === 'selector') check.expression(written, where, text, asked);
    const bound = /\ble="([^"]*)"/.exec(text)?.[1];
    if (threshold === undefined || bound === undefined || bound === THRESHOLD_PLACE) continue;
    if (Math.abs(Number(bound) * 1_000 - threshold) > 1e-6)
      say(
        problems,
        written,
        where,
        `expected the bucket of the threshold, le="${threshold / 1_000}", got le=${JSON.stringify(bound)}`,
      );
  }
}

export function sourceOfSlo(config: WrittenSlo['config']): string | undefined {
  const refs = [config.spec.indicator, ...config.spec.objectives.map((one) => one.indicator)].flatMap(
    (one) => one?.spec.ratioMetric?.total ?? one?.spec.thresholdMetric ?? [],
  );
  return (
    config.metadata.annotations[ANNOTATION.source] ??
    refs.map((one) => one.metricSource.metricSourceRef).find((ref) => ref !== undefined)
  );
}

/** Finds an indicator by the name of its document or by its own. */
export function indicatorFinder(slos: readonly WrittenSlo[]): (name: string) => IndicatorPart | undefined {
  const found = new Map<string, IndicatorPart>();
  for (const { config } of slos) {
    const { indicator } = config.spec;
    if (!indicator) continue;
    const own = indicator.metadata?.name;
    if (typeof own === 'string') found.set(own, indicator);
    found.set(config.metadata.name, indicator);
  }
  return (name) => found.get(name);
}

import type { Alert } from '../../shared/model/alert.ts';
import type { Detector } from '../../shared/model/detector.ts';
import type { EvidenceChart } from '../../shared/model/incident.ts';
import type { Indicator, ObjectiveStatus } from '../../shared/model/objective.ts';
import { formatSignificant } from '../../shared/unit/number.ts';
import { MINUTE_MS, promDuration } from '../../shared/unit/time.ts';
import { oneLine } from './words.ts';

/** A chart to be copied. The first expression that fills half of its time is kept, else the one that fills most. */
export interface ChartPlan {
  readonly title: string;
  readonly unit: string;
  readonly expressions: readonly string[];
  readonly source: string;
  readonly threshold: EvidenceChart['threshold'];
}

/** One minute shows the moment best; where scrapes are further apart than that, five. */
const WINDOWS_MS: readonly number[] = [MINUTE_MS, 5 * MINUTE_MS];
/** Enough to understand one incident, few enough to be had within the deadline. */
const CHARTS_MAX = 8;

/** The charts for an incident: burn, requests and latency of its objectives, and what its detectors looked at. */
export function planCharts(
  alerts: readonly Alert[],
  objectives: readonly ObjectiveStatus[],
  detectors: readonly Detector[],
  near: readonly ObjectiveStatus[] = [],
): ChartPlan[] {
  const plans = [
    ...objectives.flatMap((status) => objectiveCharts(status, thresholdOf(alerts, status))),
    // Of a neighbour the one chart that says most: the latency that people know, or its burn.
    ...near.flatMap((status) => {
      const charts = objectiveCharts(status, thresholdOf(alerts, status));
      return charts.find((chart) => chart.unit === 's') ?? charts[0] ?? [];
    }),
    ...detectors.map((detector) => ({
      title: oneLine(detector.title),
      unit: detector.unit,
      expressions: [detector.query],
      source: detector.source,
      threshold: null,
    })),
  ];
  const seen = new Set<string>();
  return plans
    .filter((plan) => {
      const key = `${plan.source}\n${plan.expressions[0]}`;
      return !seen.has(key) && seen.add(key);
    })
    .slice(0, CHARTS_MAX);
}

function thresholdOf(
  alerts: readonly Alert[],
  { objective, rows }: ObjectiveStatus,
): EvidenceChart['threshold'] {
  const own = alerts.find(
    (alert) => alert.kind === 'burn' && alert.ruleId === objective.id && alert.threshold !== null,
  );
  const row = rows.find((one) => one.leftOut === null);
  const value = own?.threshold ?? row?.threshold;
  if (value === undefined) return null;
  const name = rows.find((one) => one.threshold === value)?.name ?? 'alert';
  return { value, label: `${name} ${formatSignificant(value, 4)}×` };
}

function objectiveCharts({ objective }: ObjectiveStatus, threshold: EvidenceChart['threshold']): ChartPlan[] {
  const { indicator, source, target } = objective;
  const name = oneLine(objective.id);
  const charts: ChartPlan[] = [
    {
      title: `Burn rate, ${name}`,
      unit: '×',
      expressions: WINDOWS_MS.map(
        (windowMs) => `(${failingShare(indicator, windowMs)}) / ${budgetText(target)}`,
      ),
      source,
      threshold,
    },
    {
      title: `Requests, ${name}`,
      unit: 'requests/s',
      expressions: WINDOWS_MS.map((windowMs) => perSecond(indicator.total, windowMs)),
      source,
      threshold: null,
    },
  ];
  const buckets = indicator.good === undefined ? null : bucketSelector(indicator.good);
  if (objective.kind === 'latency' && buckets) {
    charts.push({
      title: `P99 latency, ${name}`,
      unit: 's',
      expressions: WINDOWS_MS.map(
        (windowMs) => `histogram_quantile(0.99, sum by (le) (rate(${buckets}[${promDuration(windowMs)}])))`,
      ),
      source,
      threshold:
        objective.thresholdMs === undefined
          ? null
          : {
              value: objective.thresholdMs / 1000,
              label: `objective ${formatSignificant(objective.thresholdMs)} ms`,
            },
    });
  }
  return charts;
}

/** 1 − T without the tail that floating point gives it: 0.001, not 0.0010000000000000009. */
function budgetText(target: number): string {
  return String(Number((1 - target).toPrecision(12)));
}

const WINDOW_PLACE = /\{\{\s*\.window\s*\}\}|\$window\b|\$\{window\}/g;

/** Events over a window: a plain selector is wrapped, an expression with a place for the window has it filled in. */
function events(counter: string, windowMs: number): string {
  const window = promDuration(windowMs);
  return counter.search(WINDOW_PLACE) < 0
    ? `sum(increase(${counter}[${window}]))`
    : `sum(${counter.replace(WINDOW_PLACE, window)})`;
}

function perSecond(counter: string, windowMs: number): string {
  const isRate = counter.search(WINDOW_PLACE) >= 0 && /\bi?rate\s*\(/.test(counter);
  return isRate ? events(counter, windowMs) : `${events(counter, windowMs)} / ${windowMs / 1000}`;
}

function failingShare({ good, bad, total }: Indicator, windowMs: number): string {
  const all = events(total, windowMs);
  if (good !== undefined) return `1 - ${events(good, windowMs)} / ${all}`;
  if (bad === undefined) return '0 / 0';
  // A counter of failures that has never counted is absent, and absent failures are none where there are requests.
  return `(${events(bad, windowMs)} or ${all} * 0) / ${all}`;
}

/** `requests_bucket{le="0.1", job="a"}` without its `le`; null where the indicator is not one bucket of a histogram. */
export function bucketSelector(good: string): string | null {
  const match = /^\s*([a-zA-Z_:][\w:]*_bucket)\s*\{((?:[^"'{}`]|"(?:[^"\\]|\\.)*")*)\}\s*$/.exec(good);
  if (!match) return null;
  const [, name = '', inside = ''] = match;
  const matchers = [...inside.matchAll(/([a-zA-Z_]\w*)\s*(=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*")/g)];
  const rest = matchers
    .filter(([, label]) => label !== 'le')
    .map(([, label, op, value]) => `${label}${op}${value}`);
  return rest.length === matchers.length ? null : `${name}{${rest.join(', ')}}`;
}

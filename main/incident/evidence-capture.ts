import { messageOf } from '../../shared/error/coded.ts';
import type { EvidenceChart } from '../../shared/model/incident.ts';
import type { QueryTarget, RangeWindow, Series } from '../../shared/model/metric.ts';
import type { Unwatched } from '../../shared/model/watch.ts';
import { formatDuration, HOUR_MS, SECOND_MS } from '../../shared/unit/time.ts';
import type { Clock, Ids } from '../platform/index.ts';
import type { EvidenceSeries, EvidenceWrite } from '../store/index.ts';
import type { ChartPlan } from './evidence-plan.ts';

export interface CaptureDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly target: (sourceId: string) => QueryTarget | undefined;
  readonly unwatched?: (sourceId: string, fromAt: number, toAt: number) => readonly Unwatched[];
}

/** How far before the condition began the charts reach. */
export const EVIDENCE_BEFORE_MS = 2 * HOUR_MS;
/** An incident is opened and told within seconds; a slow source must not hold it up. What is missing is fetched later. */
const DEADLINE_MS = 2 * SECOND_MS;
const STEP_MS = 10 * SECOND_MS;
/** A remote API answers at most 11,000 points a series; an incident that stays open for days is fetched in wider steps. */
const POINTS_MAX = 4_000;
/** A query without aggregation can answer thousands of series; a chart shows a few. */
const SERIES_MAX = 20;
/** Share of the grid that an expression must fill to be taken before the next one is tried. */
const COVERED = 0.5;

type Answer =
  | { readonly kind: 'data'; readonly series: readonly EvidenceSeries[]; readonly expression: string }
  | { readonly kind: 'missing'; readonly reason: string };

/** Copies the planned charts up to now, all at once, within the deadline; what could not be had says why. */
export async function capture(
  deps: CaptureDeps,
  incidentId: string,
  plans: readonly ChartPlan[],
  fromAt: number,
): Promise<EvidenceWrite[]> {
  const toAt = deps.clock.now();
  const charts = plans.map((plan) => ({ plan, id: deps.ids.fresh() }));
  return Promise.all(
    charts.map(async ({ plan, id }) => {
      const answer = await withinDeadline(deps.clock, () =>
        fetchChart(deps, plan.source, plan.expressions, fromAt, toAt),
      );
      const chart: EvidenceChart = {
        id,
        incidentId,
        title: plan.title,
        unit: plan.unit,
        expression: answer.kind === 'data' ? answer.expression : (plan.expressions[0] ?? ''),
        ...(answer.kind === 'missing' ? { otherExpressions: plan.expressions.slice(1) } : {}),
        source: plan.source,
        threshold: plan.threshold,
        fromAt,
        toAt,
        missing: answer.kind === 'data' ? null : answer.reason,
        ...unwatchedIn(deps, plan.source, fromAt, toAt),
      };
      return { chart, series: answer.kind === 'data' ? answer.series : [] };
    }),
  );
}

/** Absent where nobody knows: that is not the same as *all of it was watched*. */
export function unwatchedIn(
  { unwatched }: Pick<CaptureDeps, 'unwatched'>,
  source: string,
  fromAt: number,
  toAt: number,
): Pick<EvidenceChart, 'unwatched'> {
  return unwatched ? { unwatched: [...unwatched(source, fromAt, toAt)] } : {};
}

/** What has come since the kept end of a chart, or the whole of one that was missing. */
export async function fetchLater(deps: CaptureDeps, chart: EvidenceChart, toAt: number): Promise<Answer> {
  const fromAt = chart.missing === null ? chart.toAt : chart.fromAt;
  // What is kept goes on with the expression it began with; what is missing may still be had by another.
  const others = chart.missing === null ? [] : (chart.otherExpressions ?? []);
  return withinDeadline(deps.clock, () =>
    fetchChart(deps, chart.source, [chart.expression, ...others], fromAt, toAt),
  );
}

async function fetchChart(
  { target }: CaptureDeps,
  source: string,
  expressions: readonly string[],
  fromAt: number,
  toAt: number,
): Promise<Answer> {
  const from = target(source);
  if (!from) return { kind: 'missing', reason: `There is no source named ${source}.` };
  const stepMs = Math.max(STEP_MS, Math.ceil((toAt - fromAt) / POINTS_MAX / STEP_MS) * STEP_MS);
  // On whole steps, so that later fetches continue the same grid.
  const window: RangeWindow = { fromAt: Math.ceil(fromAt / stepMs) * stepMs, toAt, stepMs };
  let reason = `${source} has no data for it.`;
  const grid = Math.max(1, (toAt - window.fromAt) / stepMs);
  let best: { readonly answer: Answer; readonly points: number } | undefined;
  for (const expression of expressions) {
    const answer = await from.range(expression, window, { timeoutMs: DEADLINE_MS });
    if (!answer.ok) {
      reason = `${source}: ${answer.error.message}`;
      continue;
    }
    const series = answer.value.filter(
      (one) => one.times.length > 0 && one.values.some((value) => !Number.isNaN(value)),
    );
    const points = Math.max(0, ...series.map((one) => one.times.length));
    if (points > (best?.points ?? 0))
      best = { answer: { kind: 'data', series: series.slice(0, SERIES_MAX).map(plain), expression }, points };
    // A narrow window sees nothing where samples are further apart; half of the time seen is enough to prefer it.
    if (points >= grid * COVERED) break;
  }
  return best?.answer ?? { kind: 'missing', reason };
}

const plain = ({ labels, times, values }: Series): EvidenceSeries => ({ labels, times, values });

function withinDeadline(clock: Clock, fetch: () => Promise<Answer>): Promise<Answer> {
  return new Promise((resolve) => {
    const cancel = clock.setTimeout(
      () =>
        resolve({
          kind: 'missing',
          reason: `No answer within ${formatDuration(DEADLINE_MS)}; it is asked again.`,
        }),
      DEADLINE_MS,
    );
    fetch()
      .catch((thrown: unknown): Answer => ({ kind: 'missing', reason: messageOf(thrown) }))
      .then((answer) => {
        cancel();
        resolve(answer);
      });
  });
}

import { decodeSeries, type SeriesFile } from '../../shared/contract/series-file.ts';
import { createLoadedStore, createLoader, type LoadedStore } from './loaded.ts';
import type { Requests } from './request.ts';

/** A span of time to draw, and how often. */
export interface ChartSpan {
  readonly fromAt: number;
  readonly toAt: number;
  readonly stepMs: number;
}

export interface BurnHistory extends ChartSpan, SeriesFile {}

/** The histories behind the objectives' charts. */
export interface ObjectiveDomain {
  readonly burn: LoadedStore<BurnHistory>;
  readonly budget: LoadedStore<SeriesFile>;
  /** Under the key of the objective and of what the chart is for. */
  loadBurn(key: string, objectiveId: string, span: ChartSpan): Promise<void>;
  loadBudget(objectiveId: string): Promise<void>;
}

export function createObjectiveDomain(requests: Requests): ObjectiveDomain {
  const burn = createLoadedStore<BurnHistory>();
  const budget = createLoadedStore<SeriesFile>();
  const loadBurnOf = createLoader(burn);
  const loadBudgetOf = createLoader(budget);
  return {
    burn,
    budget,
    loadBurn: (key, objectiveId, span) =>
      loadBurnOf(key, () =>
        requests.quiet(async (api) => {
          const file = await api.series.burn({ objectiveId, ...span });
          return { ...span, ...decodeSeries(await file.arrayBuffer()) };
        }),
      ),
    loadBudget: (objectiveId) =>
      loadBudgetOf(objectiveId, () =>
        requests.quiet(async (api) => {
          const file = await api.series.budget({ objectiveId });
          return decodeSeries(await file.arrayBuffer());
        }),
      ),
  };
}

const STEPS_MS = [
  1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 1_800_000, 3_600_000,
];
const MOST_POINTS = 360;

/** A span with a step that gives at most a few hundred points, its ends on the step so that points do not wander. */
export function chartSpan(fromAt: number, toAt: number): ChartSpan {
  const stepMs = STEPS_MS.find((step) => (toAt - fromAt) / step <= MOST_POINTS) ?? 6 * 3_600_000;
  return { fromAt: Math.floor(fromAt / stepMs) * stepMs, toAt: Math.ceil(toAt / stepMs) * stepMs, stepMs };
}

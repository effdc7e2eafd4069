import type { SeriesFile } from '../../shared/contract/series-file.ts';
import type { WatchLedger } from '../ingest/index.ts';
import type { Clock } from '../platform/index.ts';
import { budgetSeries, burnSeries } from '../slo/index.ts';
import type { Stages } from './stages.ts';

const NOTHING: SeriesFile = { series: [], unwatched: [] };

/** What charts are drawn from: samples over a range, each with the spans of it in which nobody watched. */
export function chartsOf(
  stages: Pick<Stages, 'pipeline' | 'target' | 'ledger'>,
  clock: Clock,
  unwatched: WatchLedger['unwatched'],
) {
  const objectiveOf = (id: string) => {
    const status = stages.pipeline.status(id);
    const target = status ? stages.target(status.objective.source) : undefined;
    return status && target ? { status, target, source: status.objective.source } : undefined;
  };
  return {
    clock,
    target: stages.target,
    unwatched,
    async burn(id: string, fromAt: number, toAt: number, stepMs: number): Promise<SeriesFile> {
      const found = objectiveOf(id);
      if (!found) return NOTHING;
      const series = await burnSeries(found.status, found.target, { fromAt, toAt, stepMs });
      return { series, unwatched: stages.ledger.unwatched(found.source, fromAt, toAt) };
    },
    async budget(id: string): Promise<SeriesFile> {
      const found = objectiveOf(id);
      if (!found) return NOTHING;
      const at = clock.now();
      const series = await budgetSeries(found.status, found.target, at);
      const fromAt = at - found.status.objective.periodMs;
      return { series, unwatched: stages.ledger.unwatched(found.source, fromAt, at) };
    },
  };
}

import { messageOf } from '../../shared/error/coded.ts';
import type { EvidenceChart, Incident } from '../../shared/model/incident.ts';
import { MINUTE_MS } from '../../shared/unit/time.ts';
import type { Logger, WorkerHandle } from '../platform/index.ts';
import type { LogApi } from '../store/index.ts';
import { type CaptureDeps, fetchLater, unwatchedIn } from './evidence-capture.ts';
import { isOver } from './lifecycle.ts';

/** Evidence of open incidents grows each minute. */
const EXTEND_EVERY_MS = MINUTE_MS;
/** After the close the last samples are still fetched for this long; then what is missing stays missing. */
const AFTER_CLOSE_MS = 10 * MINUTE_MS;

export interface EvidenceKeeper {
  /** Extends what is due; answers the charts that were missing and are kept now, by incident. */
  tend(incidents: readonly Incident[], now: number): Promise<ReadonlyMap<string, readonly EvidenceChart[]>>;
}

/** Lets the evidence of each incident grow until its close, and fetches what could not be had at first. */
export function createEvidenceKeeper(
  deps: CaptureDeps & { readonly log: WorkerHandle<LogApi>; readonly logger: Logger },
): EvidenceKeeper {
  const tendedAt = new Map<string, number>();
  const isDue = (incident: Incident, now: number): boolean => {
    const lastAt = tendedAt.get(incident.id) ?? incident.openedAt;
    if (!isOver(incident.phase)) return now - lastAt >= EXTEND_EVERY_MS;
    const { closedAt } = incident;
    if (closedAt === null || now - closedAt > AFTER_CLOSE_MS || lastAt > closedAt) return false;
    return now > closedAt;
  };
  const extend = async (chart: EvidenceChart, toAt: number): Promise<boolean> => {
    if (chart.missing === null && chart.toAt >= toAt) return false;
    const answer = await fetchLater(deps, chart, toAt);
    if (answer.kind === 'missing') return false;
    const known = unwatchedIn(deps, chart.source, chart.fromAt, toAt);
    if (chart.missing === null) {
      await deps.log.call.extendEvidence(chart.id, toAt, answer.series, known.unwatched);
      return false;
    }
    const { otherExpressions: _asked, ...rest } = chart;
    const kept = { ...rest, expression: answer.expression, toAt, missing: null, ...known };
    await deps.log.call.addEvidence([{ chart: kept, series: answer.series }]);
    return true;
  };
  const tendOne = async (incident: Incident, now: number): Promise<EvidenceChart[]> => {
    const toAt = incident.closedAt ?? now;
    try {
      const charts = await deps.log.call.evidenceCharts(incident.id);
      const filled = await Promise.all(charts.map((chart) => extend(chart, toAt)));
      tendedAt.set(incident.id, now);
      return charts.filter((_, i) => filled[i]);
    } catch (thrown) {
      deps.logger.warn(
        { incident: incident.name, problem: messageOf(thrown) },
        'evidence could not be extended',
      );
      return [];
    }
  };
  return {
    async tend(incidents, now) {
      // At once, so that a silent source costs one deadline and not one for each incident.
      const due = incidents.filter((incident) => isDue(incident, now));
      const found = await Promise.all(
        due.map(async (incident) => [incident.id, await tendOne(incident, now)] as const),
      );
      return new Map(found.filter(([, charts]) => charts.length > 0));
    },
  };
}

import { type Report, reportedId } from '../alert/index.ts';

/** A report before it is said when it is decided. */
export type NewReport = Omit<Report, 'at'>;

/** A round that is larger keeps everybody else waiting for too long. */
const ROUND_ALERTS_MAX = 2_000;

/**
 * Whether a report may be decided in one round with others. A whole list says what is over by what it leaves out, and of
 * two reports of the same alert the later one counts: those are decided one after the other.
 */
export function goesWith(report: NewReport, others: readonly NewReport[]): boolean {
  const all = [report, ...others];
  if (all.some((one) => one.whole)) return false;
  if (all.reduce((sum, one) => sum + one.alerts.length, 0) > ROUND_ALERTS_MAX) return false;
  const ids = idsOf(report);
  return others.every((other) =>
    idsOf(other)
      .values()
      .every((id) => !ids.has(id)),
  );
}

const known = new WeakMap<NewReport, ReadonlySet<string>>();

/** Made once: a report is compared with each that comes while it waits. */
function idsOf(report: NewReport): ReadonlySet<string> {
  const ids = known.get(report) ?? new Set(report.alerts.map(reportedId));
  known.set(report, ids);
  return ids;
}

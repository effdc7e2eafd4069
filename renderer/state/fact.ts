import type { Alert } from '../../shared/model/alert.ts';
import type { Incident } from '../../shared/model/incident.ts';
import {
  EXHAUSTION_NEVER,
  type ObjectiveStatus,
  type PolicyRow,
  type WindowBurn,
} from '../../shared/model/objective.ts';
import { formatPercent, formatSignificant } from '../../shared/unit/number.ts';
import { DAY_MS, formatDuration, promDuration } from '../../shared/unit/time.ts';

/** One big number with its name, unit and what to hold it against. `value` null is *no data*. */
export interface Fact {
  readonly label: string;
  readonly value: string | null;
  readonly unit: string;
  readonly note: string;
  readonly hot: boolean;
}

/** The objective that burns most among those of an incident. */
export function worstObjective(
  incident: Incident,
  objectives: ReadonlyMap<string, ObjectiveStatus>,
): ObjectiveStatus | null {
  const mine = incident.objectiveIds.flatMap((id) => objectives.get(id) ?? []);
  return (
    mine.sort(
      (a, b) => Number(b.holding !== null) - Number(a.holding !== null) || peakBurn(b) - peakBurn(a),
    )[0] ?? null
  );
}

function peakBurn(status: ObjectiveStatus): number {
  return Math.max(-1, ...status.windows.map((one) => one.burnRate ?? -1));
}

/** The row to speak of: the one that holds, else the most urgent that can fire. */
export function leadingRow(status: ObjectiveStatus): PolicyRow | null {
  return (
    status.rows.find((row) => row.name === status.holding) ??
    status.rows.find((row) => row.leftOut === null) ??
    status.rows[0] ??
    null
  );
}

export function windowOf(status: ObjectiveStatus, windowMs: number): WindowBurn | null {
  return status.windows.find((one) => one.windowMs === windowMs) ?? null;
}

/** `5 m`, `1 h`, `3 d`: windows as people say them. */
export function windowName(windowMs: number): string {
  return promDuration(windowMs).replace(/^(\d+)(\D+)$/, '$1 $2');
}

export function objectiveFacts(status: ObjectiveStatus): Fact[] {
  const row = leadingRow(status);
  const short = row ? windowOf(status, row.shortMs) : (status.windows[0] ?? null);
  const long = row ? windowOf(status, row.longMs) : null;
  const shortName = short ? windowName(short.windowMs) : '';
  const limit = row ? `${row.name} ${thresholdText(row.threshold)}` : 'no row can fire';
  const longText =
    long && row
      ? `${windowName(row.longMs)} ${long.burnRate === null ? 'no data' : burnText(long.burnRate)}, `
      : '';
  return [
    {
      label: `Burn rate, ${shortName}`,
      value: short?.burnRate == null ? null : burnNumber(short.burnRate),
      unit: '×',
      note: `${longText}${limit}`,
      hot: status.state === 'burning',
    },
    {
      label: `${badName(status)}, ${shortName}`,
      value: shareOf(short),
      unit: '%',
      note:
        short?.bad != null && short.total != null
          ? `${formatSignificant(Math.round(short.bad), 4)} of ${formatSignificant(Math.round(short.total), 4)}; ${formatPercent(1 - status.objective.target)} allowed`
          : `${formatPercent(1 - status.objective.target)} allowed`,
      hot: false,
    },
    {
      label: 'Budget remaining',
      value: status.budgetRemaining === null ? null : formatSignificant(status.budgetRemaining * 100),
      unit: '%',
      note: `of ${windowName(status.objective.periodMs)}`,
      hot: status.budgetRemaining !== null && status.budgetRemaining <= 0,
    },
    {
      label: 'Time to exhaustion',
      value: exhaustionText(status.timeToExhaustionMs),
      unit: '',
      note: 'at this rate',
      hot: status.timeToExhaustionMs === 0,
    },
  ];
}

/** For an incident that no objective tells of: the alert's own value against its threshold, where it has either. */
export function alertFacts(alert: Alert): Fact[] {
  if (alert.value === null && alert.threshold === null) return [];
  const burns = alert.kind === 'burn';
  return [
    {
      label: burns ? 'Burn rate' : 'Value',
      value: alert.value === null ? null : burns ? burnNumber(alert.value) : formatSignificant(alert.value),
      unit: burns ? '×' : '',
      note: alert.ruleId,
      hot: alert.phase === 'firing',
    },
    {
      label: 'Threshold',
      // What somebody wrote is shown as it was written.
      value: alert.threshold === null ? null : exactly(alert.threshold),
      unit: burns ? '×' : '',
      note: alert.definedAt,
      hot: false,
    },
  ];
}

export function exhaustionText(ms: number | null): string | null {
  if (ms === null) return null;
  if (ms === EXHAUSTION_NEVER) return '∞';
  if (ms > YEAR_MS) return '> 1 y';
  return ms === 0 ? '0' : formatDuration(ms);
}

const YEAR_MS = 365 * DAY_MS;
/** Under this a burn rate says only that there is hardly any. */
const LEAST_BURN = 0.01;

/** A burn rate as a column of them can be read: `325×`, `35.7×`, `0.49×`, `<0.01×`, `0×`. */
export function burnText(burnRate: number): string {
  return `${burnNumber(burnRate)}×`;
}

function burnNumber(burnRate: number): string {
  if (!Number.isFinite(burnRate) || burnRate === 0) return formatSignificant(burnRate);
  if (burnRate > 0 && burnRate < LEAST_BURN) return `<${LEAST_BURN}`;
  return burnRate < 99.95 ? burnRate.toFixed(burnRate < 9.995 ? 2 : 1) : formatSignificant(burnRate);
}

/** All digits that were given; what arithmetic in binary added at the end is not one of them. */
function exactly(value: number): string {
  return Number(value.toPrecision(12)).toLocaleString('en-US', { maximumFractionDigits: 12 });
}

/** A threshold as people quote it, to two decimals: `13.44×`, `0.93×`. */
export function thresholdText(threshold: number): string {
  return `${Number(threshold.toFixed(2)).toLocaleString('en-US')}×`;
}

/** What a bad event is, in the objective's own words. */
export function badName(status: ObjectiveStatus): string {
  const { kind, thresholdMs } = status.objective;
  if (kind === 'latency')
    return thresholdMs === undefined ? 'Too slow' : `Over ${formatDuration(thresholdMs)}`;
  return kind === 'availability' ? 'Failed' : 'Bad slices';
}

/** `availability, 99.99 %` or `latency, 99 % under 100 ms`. */
export function targetText(status: ObjectiveStatus): string {
  const { kind, target, thresholdMs } = status.objective;
  const percent = formatPercent(target, 6);
  return kind === 'latency' && thresholdMs !== undefined
    ? `latency, ${percent} under ${formatDuration(thresholdMs)}`
    : `${kind}, ${percent}`;
}

function shareOf(window: WindowBurn | null): string | null {
  if (window?.bad == null || window.total == null || window.total === 0) return null;
  return formatSignificant((window.bad / window.total) * 100);
}

import type { Alert } from '../../shared/model/alert.ts';
import type { AlertChange } from '../../shared/model/alert-change.ts';
import type { NewTimelineEntry } from '../../shared/model/incident.ts';
import type { ObjectiveStatus, WindowBurn } from '../../shared/model/objective.ts';
import { formatBurnRate, formatSignificant } from '../../shared/unit/number.ts';
import { MIDWATCH } from './lifecycle.ts';

/** A title is one line on a screen and in a notification. */
const TITLE_MAX = 200;

/** One line without control characters, cut with an ellipsis. Labels and titles are hostile text. */
export function oneLine(text: string, max = TITLE_MAX): string {
  const line = text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\s+/gu, ' ')
    .trim();
  const letters = [...line];
  return letters.length <= max ? line : `${letters.slice(0, max - 1).join('')}…`;
}

/** "gateway-availability burns at 35.7×: 4 of 120 requests failed". */
export function titleOf(alert: Alert, status: ObjectiveStatus | undefined): string {
  if (alert.kind !== 'burn' || alert.value === null || alert.phase !== 'firing') return oneLine(alert.title);
  const name = status?.objective.id ?? alert.ruleId;
  const counts = status && countsNear(status.windows, alert.value);
  const failed = counts
    ? `: ${formatSignificant(Math.round(counts.bad))} of ${formatSignificant(Math.round(counts.total))} ${failedWord(status)}`
    : '';
  return oneLine(`${name} burns at ${formatBurnRate(alert.value)}${failed}`);
}

function failedWord(status: ObjectiveStatus): string {
  return status.objective.kind === 'latency' ? 'requests were too slow' : 'requests failed';
}

/** The counts of the window whose burn rate the alert speaks of. */
function countsNear(windows: readonly WindowBurn[], burnRate: number): { bad: number; total: number } | null {
  let best: { bad: number; total: number; away: number } | null = null;
  for (const { bad, total, burnRate: rate } of windows) {
    if (bad === null || total === null || rate === null) continue;
    const away = Math.abs(rate - burnRate);
    if (!best || away < best.away) best = { bad, total, away };
  }
  return best;
}

const CHANGE_WORDS: Readonly<Record<AlertChange['change'], string>> = {
  fired: 'fired',
  'priority-raised': 'became more urgent',
  resolved: 'resolved',
  'no-data': 'has no data',
  acknowledged: 'acknowledged',
};

function wordsOf({ alert, change }: AlertChange): string {
  const words = CHANGE_WORDS[change];
  return alert.title.endsWith(words) ? '' : words;
}

/** The timeline's entry for news of an alert. */
export function alertEntry(change: AlertChange): NewTimelineEntry {
  const { alert } = change;
  return {
    at: change.at,
    kind: 'alert',
    actor: MIDWATCH,
    title: oneLine(`${alert.priority} ${alert.title} ${wordsOf(change)}`),
    // With the alert's id: two alerts may have the same words at the same instant and are still two pieces of news.
    detail: oneLine(`${alert.reason} (${alert.definedAt}, alert ${alert.id})`, 2_000),
  };
}

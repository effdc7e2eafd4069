import type { PageGrades, Replay, ReplayAlert, ReplayRecord } from '../../../shared/model/replay.ts';
import { formatPages } from '../../../shared/unit/page-rate.ts';
import { formatDuration } from '../../../shared/unit/time.ts';

const KINDS = ['page', 'quiet', 'again', 'over'] as const;
const KIND_WORDS = {
  page: ['page', 'pages'],
  quiet: ['quiet message', 'quiet messages'],
  again: ['repeat or escalation', 'repeats and escalations'],
  over: ['message that it is over', 'messages that it is over'],
} as const;
/** What a terminal's reader still reads; the rest is in the JSON. */
const LISTED_MAX = 200;

/** A replay for people. */
export function replayLines(record: Omit<ReplayRecord, 'id' | 'madeAt'>): string[] {
  const { replay, other, difference, grades } = record;
  return [
    ...summaryLines(replay, `${record.workspace}, over ${record.history}`),
    ...listed(replay.alerts.map(alertLine)),
    ...replay.notes.map((note) => `  Note: ${plain(note)}`),
    ...grades.map(gradeLine),
    ...(other && difference ? differenceLines(record, other, difference) : []),
  ];
}

function summaryLines(replay: Replay, what: string): string[] {
  const { alerts, notices, evaluations, fromAt, toAt, wantedToAt } = replay;
  const untold = alerts.filter((one) => one.toldAt === null).length;
  const counts = KINDS.map((kind) => {
    const count = notices.filter((one) => one.kind === kind).length;
    return `${count} ${KIND_WORDS[kind][count === 1 ? 0 : 1]}`;
  });
  const part = toAt < wantedToAt ? `, of the ${formatDuration(wantedToAt - fromAt)} that were wanted` : '';
  return [
    `${utc(fromAt)} to ${utc(toAt)} UTC (${formatDuration(toAt - fromAt)}${part}): ${plain(what)}`,
    `${evaluations.toLocaleString('en-US')} evaluations, ${alerts.length} alerts, ${untold} of them told to nobody; ${counts.join(', ')}.`,
    `That is ${pagesOf(replay)}.`,
  ];
}

function alertLine(one: ReplayAlert): string {
  const told =
    one.toldAt === null
      ? `told to nobody${one.heldBy === null ? '' : ` (${one.heldBy})`}`
      : `${one.paged ? 'paged' : 'told'}${one.toldAt === one.firedAt ? '' : ` at ${utc(one.toldAt)}`}`;
  return `  ${span(one)} ${one.priority} ${plain(one.ruleId)}, ${plain(told)}: ${plain(one.reason)} [${plain(one.definedAt)}]`;
}

function span({ firedAt, resolvedAt }: ReplayAlert): string {
  return `${utc(firedAt)} – ${resolvedAt === null ? 'still firing' : utc(resolvedAt)}`;
}

function gradeLine({ by, pages, incidents, precision, recall, severities }: PageGrades): string {
  const each = severities.map((one) => `${one.severity} ${one.told} of ${one.incidents}`).join(', ');
  return `Judged by ${incidents} incidents (${plain(by)}): precision ${share(precision)} of ${pages} pages, recall ${share(recall)}${each === '' ? '' : ` (${plain(each)})`}.`;
}

function differenceLines(
  record: Omit<ReplayRecord, 'id' | 'madeAt'>,
  other: Replay,
  { onlyBefore, onlyAfter, moved, same }: NonNullable<ReplayRecord['difference']>,
): string[] {
  return [
    `Against ${plain(record.against ?? '')}: ${other.alerts.length} alerts; ${onlyBefore.length} only in the first, ${onlyAfter.length} only in the second, ${moved.length} moved, ${same} the same.`,
    `${capital(pagesOf(record.replay))}; with the second, ${pagesOf(other)}.`,
    ...listed([
      ...onlyBefore.map((one) => `  − ${alertLine(one).trim()}`),
      ...onlyAfter.map((one) => `  + ${alertLine(one).trim()}`),
      ...moved.map((one) => `  ~ ${span(one.before)} ${plain(one.before.ruleId)}: ${one.how.join(', ')}`),
    ]),
    ...other.notes.map((note) => `  Note on the second: ${plain(note)}`),
  ];
}

/** How often somebody would have been woken. */
export function pagesOf({ pagesPerDay, fromAt, toAt }: Replay): string {
  return formatPages(pagesPerDay, toAt - fromAt);
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function listed(lines: readonly string[]): string[] {
  if (lines.length <= LISTED_MAX) return [...lines];
  return [...lines.slice(0, LISTED_MAX), `  … and ${lines.length - LISTED_MAX} more; --json has them all.`];
}

function share(value: number | null): string {
  return value === null ? 'unknown' : `${(value * 100).toFixed(0)} %`;
}

/** Text of labels must not move a terminal's cursor. */
function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Bidi_C}]/gu, ' ');
}

function utc(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ');
}

import type { Correction } from '../../shared/model/correction.ts';
import type { Objective } from '../../shared/model/objective.ts';
import type { ComplianceLine, ObjectiveHistory } from '../../shared/model/objective-history.ts';
import { formatPercent, formatSignificant } from '../../shared/unit/number.ts';
import { formatDuration } from '../../shared/unit/time.ts';

/** What a report is made of. */
export interface ReportFacts {
  readonly workspace: string;
  readonly fromAt: number;
  readonly toAt: number;
  readonly madeAt: number;
  readonly lines: readonly ComplianceLine[];
}

/** One objective over the report's stretch; corrected numbers where corrections are in force, the measured ones beside them. */
export function complianceLine(
  objective: Objective,
  measured: Pick<ObjectiveHistory, 'bad' | 'total' | 'budgetRemaining' | 'seenFraction'>,
  corrected: { readonly bad: number; readonly total: number; readonly of: readonly Correction[] } | null,
): ComplianceLine {
  const { bad, total } = measured;
  const taken = corrected && bad !== null && total !== null ? corrected : null;
  const leftBad = taken && bad !== null ? Math.max(0, bad - taken.bad) : bad;
  const leftTotal = taken && total !== null ? Math.max(0, total - taken.total) : total;
  const achieved = leftBad === null || !leftTotal ? null : 1 - Math.min(1, leftBad / leftTotal);
  return {
    objectiveId: objective.id,
    title: objective.title,
    service: objective.service,
    target: objective.target,
    achieved,
    met: achieved === null ? null : achieved >= objective.target,
    bad: leftBad,
    total: leftTotal,
    budgetRemaining: achieved === null ? null : 1 - (1 - achieved) / (1 - objective.target),
    uncorrectedRemaining: taken ? measured.budgetRemaining : null,
    corrections: (taken?.of ?? []).map(
      (one) => `${day(one.fromAt)} for ${formatDuration(one.toAt - one.fromAt)}: ${one.reason} (${one.by})`,
    ),
    seenFraction: measured.seenFraction,
  };
}

const HEAD = ['Objective', 'Target', 'Achieved', 'Kept', 'Bad of all', 'Budget left', 'Seen'];

/** Compliance by service as Markdown. Names are people's text: nothing of them becomes markup. */
export function reportMarkdown(facts: ReportFacts): string {
  const lines = [
    `# Compliance of ${escapeMarkdown(facts.workspace)}`,
    '',
    ...intro(facts).map(escapeMarkdown),
    '',
  ];
  for (const [service, all] of byService(facts.lines)) {
    lines.push(`## ${escapeMarkdown(service)}`, '', row(HEAD), row(HEAD.map(() => '---')));
    for (const line of all) lines.push(row(cellsOf(line).map(escapeMarkdown)));
    for (const note of notesOf(all)) lines.push('', `- ${escapeMarkdown(note)}`);
    lines.push('');
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

/** The same as one HTML page that loads nothing. */
export function reportHtml(facts: ReportFacts): string {
  const cell = (tag: string, text: string) => `<${tag}>${escapeHtml(text)}</${tag}>`;
  const sections = byService(facts.lines).map(([service, all]) => {
    const rows = all.map(
      (line) =>
        `<tr>${cellsOf(line)
          .map((one) => cell('td', one))
          .join('')}</tr>`,
    );
    const notes = notesOf(all).map((one) => cell('li', one));
    return `<h2>${escapeHtml(service)}</h2>\n<table><thead><tr>${HEAD.map((one) => cell('th', one)).join('')}</tr></thead>\n<tbody>${rows.join('\n')}</tbody></table>${notes.length > 0 ? `\n<ul>${notes.join('')}</ul>` : ''}`;
  });
  const title = `Compliance of ${facts.workspace}`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>:root{color-scheme:light dark}body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem}table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #8884}td:nth-child(n+2){font-variant-numeric:tabular-nums}:is(th,td):is(:nth-child(2),:nth-child(3),:nth-child(n+5)){text-align:right}</style>
</head><body><h1>${escapeHtml(title)}</h1>
${intro(facts)
  .map((one) => cell('p', one))
  .join('\n')}
${sections.join('\n')}
</body></html>
`;
}

/** The line of an objective that could not be asked: unknown, and said so. */
export function unknownLine(objective: Objective): ComplianceLine {
  return complianceLine(objective, { bad: null, total: null, budgetRemaining: null, seenFraction: 0 }, null);
}

function intro({ fromAt, toAt, madeAt, lines }: ReportFacts): string[] {
  const known = lines.filter((one) => one.met !== null);
  const met = known.filter((one) => one.met);
  const unknown = lines.length - known.length;
  return [
    `From ${day(fromAt)} to ${day(toAt)} UTC (${formatDuration(toAt - fromAt)}), made ${day(madeAt)} UTC.`,
    `${met.length} of ${known.length} objectives with data were kept.${unknown > 0 ? ` Of ${unknown} nothing is known: no data is not kept and not missed.` : ''}`,
  ];
}

/** Events are whole, though an increase that is carried to the edges of a window is not. */
function countOf(events: number): string {
  return formatSignificant(Math.round(events), 4);
}

function cellsOf(line: ComplianceLine): string[] {
  const counts =
    line.bad === null || line.total === null ? 'no data' : `${countOf(line.bad)} of ${countOf(line.total)}`;
  return [
    line.title,
    formatPercent(line.target, 6),
    // Rounded down to what it is: 99.995 % must not read as 100 %.
    line.achieved === null ? 'no data' : formatPercent(Math.floor(line.achieved * 1e7) / 1e7, 7),
    line.met === null ? 'unknown' : line.met ? 'yes' : 'no',
    counts,
    line.budgetRemaining === null ? 'unknown' : formatPercent(line.budgetRemaining),
    formatPercent(line.seenFraction),
  ];
}

function notesOf(lines: readonly ComplianceLine[]): string[] {
  return lines.flatMap((line) =>
    line.uncorrectedRemaining === null
      ? []
      : [
          `${line.title}: without corrections ${formatPercent(line.uncorrectedRemaining)} of the budget would be left. ${line.corrections.join('; ')}.`,
        ],
  );
}

function byService(lines: readonly ComplianceLine[]): [string, ComplianceLine[]][] {
  return [...Map.groupBy(lines, (one) => one.service)].sort(([a], [b]) => (a < b ? -1 : 1));
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ');
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function escapeMarkdown(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/[\\`*_{}[\]<>#|~&$^]/g, '\\$&')
    .replace(/:\/\//g, ':\\/\\/')
    .trim();
}

function escapeHtml(text: string): string {
  return text
    .toWellFormed()
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;');
}

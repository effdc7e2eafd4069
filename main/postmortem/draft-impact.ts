import { formatBurnRate, formatPercent, formatSignificant } from '../../shared/unit/number.ts';
import { formatDuration } from '../../shared/unit/time.ts';
import { budgetSpent, type Exhibit, peak, requestCounts } from './evidence-facts.ts';
import { endOf, type PostmortemFacts } from './facts.ts';
import { escapeMarkdown, table, utcTime } from './markdown.ts';

/** The chart of an objective that has the given unit. */
function exhibitOf(evidence: readonly Exhibit[], objectiveId: string, unit: string): Exhibit | undefined {
  return evidence.find(
    ({ chart, series }) =>
      chart.unit === unit && chart.title.endsWith(`, ${objectiveId}`) && series.length > 0,
  );
}

/** Duration, services, and for each objective what failed and what it cost, from the kept samples. */
export function draftImpact(facts: PostmortemFacts): string {
  const { incident, evidence, objectives, now } = facts;
  const endAt = endOf(incident);
  const untilAt = endAt ?? now;
  const length = formatDuration(untilAt - incident.startedAt);
  const rows: string[][] = [
    ['Duration', endAt === null ? `${length}, not over yet` : length],
    ['Services', incident.services.map(escapeMarkdown).join(', ')],
    ['Severity', `${incident.severity}; suggested: ${escapeMarkdown(incident.suggestion.arithmetic)}`],
    ['Users', 'not measured'],
  ];
  for (const { objective, budgetRemaining } of objectives) {
    const name = escapeMarkdown(objective.id);
    const burn = exhibitOf(evidence, objective.id, '×');
    const requests = exhibitOf(evidence, objective.id, 'requests/s');
    const highest = burn && peak(burn, incident.startedAt);
    if (highest)
      rows.push([
        `Highest burn rate, ${name}`,
        `${formatBurnRate(highest.value)} at ${utcTime(highest.at)} UTC`,
      ]);
    const counts =
      burn && requests && requestCounts(burn, requests, objective.target, incident.startedAt, untilAt);
    if (counts) {
      const word = objective.kind === 'latency' ? 'were too slow' : 'failed';
      const share = formatPercent(counts.failed / counts.total);
      rows.push([
        `Requests, ${name}`,
        `about ${formatSignificant(Math.round(counts.failed))} of ${formatSignificant(Math.round(counts.total))} ${word}, ${share}`,
      ]);
    }
    const spent = burn && budgetSpent(burn, incident.startedAt, untilAt, objective.periodMs);
    if (spent !== undefined && spent !== null)
      rows.push([
        `Budget spent, ${name}`,
        `about ${formatPercent(spent)} of ${formatDuration(objective.periodMs)}, from the kept burn rate`,
      ]);
    if (budgetRemaining !== null)
      rows.push([`Budget remaining, ${name}`, `${formatPercent(budgetRemaining)} when this was drafted`]);
  }
  return table(['Measure', 'Value'], rows);
}

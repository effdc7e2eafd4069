import type { Severity } from '../../shared/model/priority.ts';
import { formatDuration } from '../../shared/unit/time.ts';
import { deriveTimes, SEVERITY_TARGETS } from '../incident/index.ts';
import type { PostmortemFacts } from './facts.ts';
import { escapeMarkdown, table, utc } from './markdown.ts';

/** What told us and after how long, with the derived times beside the targets of the severity. */
export function draftDetection({ incident, timeline }: PostmortemFacts): string {
  const times = deriveTimes(incident);
  const opened = timeline.find((entry) => entry.kind === 'opened');
  const alert = timeline.find((entry) => entry.kind === 'alert');
  const parts: string[] = [];
  if (opened && incident.alertIds.length === 0)
    parts.push(
      `No alert told of it: ${escapeMarkdown(opened.actor)} opened the incident by hand at ${utc(opened.at)}.`,
    );
  else if (alert)
    parts.push(
      `${escapeMarkdown(alert.title)} at ${utc(alert.at)}, ${formatDuration(times.detectMs)} after the condition began: ${escapeMarkdown(alert.detail)}.`,
    );
  const targets = SEVERITY_TARGETS[incident.severity];
  const row = (name: string, tookMs: number | null, targetMs: number | null) => [
    name,
    tookMs === null ? 'not yet' : formatDuration(tookMs),
    targetMs === null ? '' : formatDuration(targetMs),
  ];
  parts.push(
    table(
      ['Time to', 'Took', `Target, ${incident.severity}`],
      [
        row('detect', times.detectMs, null),
        row('acknowledge', times.acknowledgeMs, targets.respondMs),
        row('mitigate', times.mitigateMs, null),
        row('recover', times.recoverMs, null),
        row('resolve', times.resolveMs, targets.resolveMs),
      ],
    ),
  );
  return parts.join('\n\n');
}

const bullets = (lines: readonly string[]): string | null =>
  lines.length === 0 ? null : lines.map((line) => `- ${line}`).join('\n');

/** Only what the record shows: targets met, steps that did what they should. */
export function draftWell({ incident, run }: PostmortemFacts): string | null {
  const lines: string[] = [];
  const { acknowledgedAt, resolvedAt, respondByAt, resolveByAt, severity } = incident;
  if (acknowledgedAt !== null && acknowledgedAt <= respondByAt)
    lines.push(
      `Acknowledged after ${formatDuration(acknowledgedAt - incident.openedAt)}, within the target of ${severity} (${within(severity, 'respondMs')}).`,
    );
  if (resolvedAt !== null && resolvedAt <= resolveByAt)
    lines.push(
      `Resolved after ${formatDuration(resolvedAt - incident.openedAt)}, within the target of ${severity} (${within(severity, 'resolveMs')}).`,
    );
  for (const step of run?.steps ?? []) {
    if (step.phase === 'done' && step.verified !== null && step.section === 'mitigation')
      lines.push(`${titleOfStep(run, step.stepId)} was verified: ${escapeMarkdown(step.verified)}.`);
    if (step.phase === 'found') lines.push(`${titleOfStep(run, step.stepId)} indicated the root cause.`);
  }
  return bullets(lines);
}

/** Only what the record shows: targets missed, steps that failed, relapses, time in which nobody watched, evidence that is missing. */
export function draftPoorly({ incident, timeline, evidence, run, now }: PostmortemFacts): string | null {
  const lines: string[] = [];
  const { acknowledgedAt, resolvedAt, respondByAt, resolveByAt, severity } = incident;
  const late = (what: string, at: number | null, byAt: number, target: string) => {
    const lateMs = (at ?? now) - byAt;
    if (lateMs > 0)
      lines.push(
        `${what} ${at === null ? 'had not happened' : 'came'} ${formatDuration(lateMs)} after the target of ${severity} (${target}).`,
      );
  };
  late('The acknowledgement', acknowledgedAt, respondByAt, within(severity, 'respondMs'));
  late('The resolution', resolvedAt ?? incident.closedAt, resolveByAt, within(severity, 'resolveMs'));
  for (const step of run?.steps ?? []) {
    if (step.phase === 'failed' || step.phase === 'unknown')
      lines.push(
        `${titleOfStep(run, step.stepId)} ${step.phase === 'failed' ? 'failed' : 'had an outcome that was lost'}: ${escapeMarkdown(step.reason ?? 'no reason was recorded')}.`,
      );
  }
  for (const entry of timeline) {
    if (entry.kind === 'phase' && /^(Relapse|Back|Reopened): /.test(entry.title))
      lines.push(`${utc(entry.at)}: ${escapeMarkdown(entry.title)} (${escapeMarkdown(entry.detail)}).`);
    if (entry.kind === 'watch')
      lines.push(`${utc(entry.at)}: ${escapeMarkdown(entry.title)} (${escapeMarkdown(entry.detail)}).`);
  }
  for (const { chart } of evidence) {
    if (chart.missing !== null)
      lines.push(`Evidence is missing: ${escapeMarkdown(chart.title)} (${escapeMarkdown(chart.missing)}).`);
  }
  return bullets(lines);
}

function within(severity: Severity, target: 'respondMs' | 'resolveMs'): string {
  return formatDuration(SEVERITY_TARGETS[severity][target]);
}

/** "Check feature availability", as the playbook calls the step. */
export function titleOfStep(run: PostmortemFacts['run'], stepId: string): string {
  const planned =
    run && [...run.playbook.diagnosis, ...run.playbook.mitigation].find((step) => step.id === stepId);
  return `Playbook step "${escapeMarkdown(planned?.title ?? stepId)}"`;
}

import { titleOfStep } from './draft-course.ts';
import type { PostmortemFacts } from './facts.ts';
import { escapeMarkdown, table, utc } from './markdown.ts';

/** What a diagnosis step indicated, and whether a mitigation was seen to remove it; never more than that. */
export function draftRootCause({ run, incident }: PostmortemFacts): string | null {
  if (!run?.rootCause) return null;
  const found = run.steps.find((step) => step.phase === 'found');
  const parts = [`Indicated, not yet confirmed by a person: ${escapeMarkdown(run.rootCause)}.`];
  if (found) {
    const output = found.output === null ? '' : `: ${escapeMarkdown(found.output)}`;
    parts.push(
      `${titleOfStep(run, found.stepId)} found it${found.endedAt === null ? '' : ` at ${utc(found.endedAt)}`}${output}.`,
    );
  }
  const done = run.steps.filter((step) => step.section === 'mitigation' && step.phase === 'done');
  const last = done.at(-1);
  if (last && last.endedAt !== null && incident.recoveredAt !== null && incident.recoveredAt >= last.endedAt)
    parts.push(
      `${titleOfStep(run, last.stepId)} was done at ${utc(last.endedAt)}; the incident recovered at ${utc(incident.recoveredAt)}, which agrees with it but does not prove it.`,
    );
  return parts.join(' ');
}

/** Changes on the timeline before the opening, named as what preceded it, not as what caused it. */
export function draftContributing({ timeline, incident }: PostmortemFacts): string | null {
  const changes = timeline.filter((entry) => entry.kind === 'change' && entry.at <= incident.openedAt);
  if (changes.length === 0) return null;
  const lines = changes.map((entry) =>
    `- ${utc(entry.at)}: ${escapeMarkdown(entry.title)} ${escapeMarkdown(entry.detail)}`.trimEnd(),
  );
  return ['These changes preceded it; whether they contributed is for people to say.', '', ...lines].join(
    '\n',
  );
}

/** Proposals that a fact asks for; owner and date are left for people. */
export function draftActionItems({ run, evidence, incident }: PostmortemFacts): string | null {
  const rows: string[][] = [];
  const propose = (type: 'prevent' | 'detect' | 'mitigate', what: string) =>
    rows.push([incident.priority ?? '', type, what, '', '']);
  for (const step of run?.steps ?? []) {
    const planned = run?.playbook.mitigation.find((one) => one.id === step.stepId);
    if (planned?.kind === 'http' && step.phase === 'done')
      propose(
        'prevent',
        `Fix the cause for good, so that ${titleOfStep(run, step.stepId)} can be undone: it is still in force`,
      );
    if (step.phase === 'failed' || step.phase === 'unknown')
      propose(
        'mitigate',
        `Mend ${titleOfStep(run, step.stepId)}: ${escapeMarkdown(step.reason ?? 'its outcome was lost')}`,
      );
  }
  if (incident.alertIds.length === 0)
    propose('detect', 'Add an alert: a person saw this before any rule did');
  for (const { chart } of evidence) {
    if (chart.missing !== null)
      propose('detect', `Make ${escapeMarkdown(chart.title)} measurable: ${escapeMarkdown(chart.missing)}`);
  }
  return rows.length === 0 ? null : table(['Priority', 'Type', 'What', 'Owner', 'Due'], rows);
}

import type { Postmortem, PostmortemSection, SectionId } from '../../shared/model/postmortem.ts';
import { formatDuration } from '../../shared/unit/time.ts';
import { isAtWork } from '../incident/index.ts';
import { draftActionItems, draftContributing, draftRootCause } from './draft-cause.ts';
import { draftDetection, draftPoorly, draftWell } from './draft-course.ts';
import { draftImpact } from './draft-impact.ts';
import { endOf, type PostmortemFacts } from './facts.ts';
import { escapeMarkdown, table, utc, utcTime } from './markdown.ts';

/** Writes a section, or answers null where nothing is known. */
type Drafter = (facts: PostmortemFacts) => string | null;

interface SectionPlan {
  readonly id: SectionId;
  readonly title: string;
  readonly draft: Drafter;
  /** What a person is asked where nothing is known. */
  readonly question: string;
}

const nothing: Drafter = () => null;

/** The ten sections, in their order. Blameless: actions and conditions are named, never guilt. */
export const SECTIONS: readonly SectionPlan[] = [
  {
    id: 'summary',
    title: 'Summary',
    draft: draftSummary,
    question: 'In two sentences: what broke, for whom, and what ended it?',
  },
  {
    id: 'impact',
    title: 'Impact',
    draft: draftImpact,
    question: 'Who noticed, for how long, and what could they not do?',
  },
  { id: 'timeline', title: 'Timeline', draft: draftTimeline, question: 'What happened when?' },
  {
    id: 'detection',
    title: 'Detection',
    draft: draftDetection,
    question: 'What told us, and could something have told us sooner?',
  },
  {
    id: 'root-cause',
    title: 'Root cause',
    draft: draftRootCause,
    question: 'Which condition had to be there for this to happen? Which test showed it?',
  },
  {
    id: 'contributing-factors',
    title: 'Contributing factors',
    draft: draftContributing,
    question: 'What made it more likely, larger or longer?',
  },
  {
    id: 'went-well',
    title: 'What went well',
    draft: draftWell,
    question: 'What helped, and should be kept?',
  },
  {
    id: 'went-poorly',
    title: 'What went poorly',
    draft: draftPoorly,
    question: 'What was slower or harder than it should have been?',
  },
  {
    id: 'got-lucky',
    title: 'Where we got lucky',
    draft: nothing,
    question: 'What could have made this worse and, by chance, did not?',
  },
  {
    id: 'action-items',
    title: 'Action items',
    draft: draftActionItems,
    question:
      'What will prevent, detect or mitigate this next time? Give each an owner, a date, a type and a priority.',
  },
];

export function sectionQuestion(id: SectionId): string {
  return SECTIONS.find((section) => section.id === id)?.question ?? '';
}

/** A first draft from facts alone; a section about which nothing is known stays empty, with its question asked by the window. */
export function draftSections(facts: PostmortemFacts): PostmortemSection[] {
  return SECTIONS.map(({ id, title, draft }) => {
    const text = draft(facts);
    return text === null ? { id, title, text: '', origin: 'empty' } : { id, title, text, origin: 'drafted' };
  });
}

export function draftPostmortem(facts: PostmortemFacts): Postmortem {
  return {
    incidentId: facts.incident.id,
    title: facts.incident.title,
    revision: 1,
    draftedAt: facts.now,
    savedAt: facts.now,
    sections: draftSections(facts),
  };
}

function draftSummary({ incident, run, now }: PostmortemFacts): string {
  const { name, severity, service, title, startedAt } = incident;
  const endAt = endOf(incident);
  const parts = [
    `${name} (${severity}) on ${escapeMarkdown(service)}: ${escapeMarkdown(title)}.`,
    endAt === null
      ? `It began at ${utc(startedAt)} and was not over at ${utc(now)}.`
      : `It lasted ${formatDuration(endAt - startedAt)}, from ${utc(startedAt)} to ${utc(endAt)}.`,
  ];
  if (run?.rootCause) parts.push(`The playbook indicated: ${escapeMarkdown(run.rootCause)}.`);
  if (incident.recoveredAt !== null)
    parts.push('The error rate was under budget for 3 polls in a row when it was called recovered.');
  else if (isAtWork(incident.phase)) parts.push(`It is ${incident.phase}.`);
  return parts.join(' ');
}

function draftTimeline({ timeline }: PostmortemFacts): string | null {
  const [first] = timeline;
  if (!first) return null;
  const day = new Date(first.at).toISOString().slice(0, 10);
  const rows = timeline.map((entry) => {
    const at = new Date(entry.at).toISOString();
    const when = at.startsWith(day) ? utcTime(entry.at) : `${at.slice(0, 10)} ${utcTime(entry.at)}`;
    return [
      when,
      `**${escapeMarkdown(entry.title)}** ${escapeMarkdown(entry.detail)}`.trim(),
      escapeMarkdown(entry.actor),
    ];
  });
  return table([`Time (UTC, ${day})`, 'What happened', 'Who'], rows);
}

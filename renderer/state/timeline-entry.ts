import type { IncidentPhase, TimelineEntry } from '../../shared/model/incident.ts';
import { splitExact } from './exact-text.ts';

/** An entry as a row shows it: what happened in a line, why in a sentence or two, and the rest on demand. */
export interface EntryView {
  readonly title: string;
  readonly text: string;
  /** Requests, queries and answers, as they were. */
  readonly exact: string;
  readonly names: readonly string[];
  /** Who did it; null where Midwatch itself did, or where the title says it. */
  readonly actor: string | null;
}

const OWN_ACTOR = 'midwatch';

export function entryView(entry: TimelineEntry): EntryView {
  const actor = entry.actor === OWN_ACTOR || entry.title.includes(entry.actor) ? null : entry.actor;
  const title = entry.title.replace(/([?!.]): /g, '$1 ');
  if (entry.kind === 'evidence') return { ...evidenceView(entry), actor };
  // Only steps send and are answered; a note with a brace in it is still a note.
  if (entry.kind === 'step') return { ...splitExact(entry.detail), title, names: [], actor };
  return { title, text: entry.detail, exact: '', names: [], actor };
}

function evidenceView(entry: TimelineEntry): Omit<EntryView, 'actor'> {
  const parts = entry.detail.split('; ').filter((one) => one !== '');
  return {
    title: entry.title.replace(/^Evidence: /, ''),
    text: parts.filter((one) => one.startsWith('missing: ')).join('; '),
    exact: '',
    names: parts.filter((one) => !one.startsWith('missing: ')).map((one) => one.replace(/^kept: /, '')),
  };
}

const PHASE_CHANGE = /\b([a-z]+) → ([a-z]+)\b/g;

/** When an incident last came into each phase, as its timeline tells. */
export function phaseTimes(
  entries: readonly TimelineEntry[],
  phases: readonly IncidentPhase[],
): ReadonlyMap<IncidentPhase, number> {
  const times = new Map<IncidentPhase, number>();
  const known = (word: string | undefined) => phases.find((one) => one === word);
  for (const entry of entries)
    for (const text of [entry.title, entry.detail])
      for (const [, from, to] of text.matchAll(PHASE_CHANGE)) {
        const phase = known(to);
        if (phase && known(from)) times.set(phase, entry.at);
      }
  return times;
}

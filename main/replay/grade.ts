import { parse } from 'yaml';
import { z } from 'zod';
import { CodedError, messageOf } from '../../shared/error/coded.ts';
import type { Replay } from './replay.ts';

const Instant = z
  .union([z.number(), z.string().transform((text) => Date.parse(text))])
  .refine((at) => Number.isFinite(at), { message: 'expected a time such as 2026-01-05T10:00:00Z' });

/** An incident that people say happened, for judging what alerts would have told of it. */
export const LabelledIncident = z.object({
  from: Instant,
  to: Instant,
  objectives: z.array(z.string()).optional(),
});
export type LabelledIncident = z.infer<typeof LabelledIncident>;

/** How well pages match labelled incidents; null where there is nothing to divide by. */
export interface PageGrades {
  readonly pages: number;
  readonly incidents: number;
  /** Pages that belong to an incident, of all pages. */
  readonly precision: number | null;
  /** Incidents that had a page, of all incidents. */
  readonly recall: number | null;
}

/** Reads labelled incidents, YAML or JSON: a list of `from`, `to` and, where wanted, `objectives`. */
export function readIncidents(text: string, file: string): LabelledIncident[] {
  try {
    return z.array(LabelledIncident).parse(parse(text, { maxAliasCount: 10 }));
  } catch (thrown) {
    const why = thrown instanceof z.ZodError ? z.prettifyError(thrown) : messageOf(thrown);
    throw new CodedError(
      'incidents-unreadable',
      `${file} is no list of incidents ([{ from, to }]), so nothing can be judged by it: ${why}`,
    );
  }
}

/** Only pages (P0) are judged: a ticket wakes nobody. */
export function gradePages(replay: Replay, incidents: readonly LabelledIncident[]): PageGrades {
  const pages = replay.objectives.flatMap(({ objectiveId, episodes }) =>
    episodes
      .filter((one) => one.priority === 'P0')
      .map((one) => ({ objectiveId, from: one.firedAt, to: one.resolvedAt ?? replay.toAt })),
  );
  const matches = (incident: LabelledIncident, page: (typeof pages)[number]) =>
    page.from <= incident.to &&
    incident.from <= page.to &&
    (incident.objectives === undefined || incident.objectives.includes(page.objectiveId));
  const right = pages.filter((page) => incidents.some((one) => matches(one, page)));
  const told = incidents.filter((one) => pages.some((page) => matches(one, page)));
  return {
    pages: pages.length,
    incidents: incidents.length,
    precision: pages.length === 0 ? null : right.length / pages.length,
    recall: incidents.length === 0 ? null : told.length / incidents.length,
  };
}

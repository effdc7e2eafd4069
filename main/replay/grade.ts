import { parse } from 'yaml';
import { z } from 'zod';
import { CodedError, messageOf } from '../../shared/error/coded.ts';
import type { Incident } from '../../shared/model/incident.ts';
import type { PageGrades, Replay, ReplayAlert } from '../../shared/model/replay.ts';

const Instant = z
  .union([
    z.number(),
    z.string().transform((text) => Date.parse(text)),
    z.date().transform((at) => at.getTime()),
  ])
  .refine((at) => Number.isFinite(at), { message: 'expected a time such as 2026-01-05T10:00:00Z' });

const names = z.array(z.string()).optional();

/** An incident that people say happened, for judging what pages would have told of it. */
export const LabelledIncident = z
  .strictObject({
    from: Instant,
    to: Instant,
    /** Ids of objectives, rules or detectors that should have told of it; any, where neither these nor services are named. */
    objectives: names,
    services: names,
    severity: z.string().optional(),
    title: z.string().optional(),
  })
  .refine(({ from, to }) => to >= from, { message: 'expected a "to" that is not before its "from"' });
export type LabelledIncident = z.infer<typeof LabelledIncident>;

/** Reads labelled incidents, YAML or JSON; throws `incidents-unreadable` with what is wrong. */
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

/**
 * Midwatch's own incidents as labels. One that was cancelled was none, so a page in its time is a false one; merged and
 * invented ones are left out.
 */
export function ownIncidents(
  incidents: readonly Incident[],
  fromAt: number,
  toAt: number,
): LabelledIncident[] {
  return incidents
    .filter((one) => !one.synthetic && one.phase !== 'cancelled' && one.phase !== 'merged')
    .map((one) => ({
      from: one.startedAt,
      to: one.resolvedAt ?? one.recoveredAt ?? one.closedAt ?? toAt,
      objectives: one.objectiveIds.length > 0 ? [...one.objectiveIds] : undefined,
      services: [...new Set([one.service, ...one.services])],
      severity: one.severity,
      title: `${one.name} ${one.title}`,
    }))
    .filter((one) => one.from <= toAt && one.to >= fromAt);
}

/** Only pages are judged: what makes no sound wakes nobody. */
export function gradePages(replay: Replay, incidents: readonly LabelledIncident[], by: string): PageGrades {
  const within = incidents.filter((one) => one.from <= replay.toAt && one.to >= replay.fromAt);
  const pages = replay.notices.filter((one) => one.kind === 'page');
  const alertsOf = (page: (typeof pages)[number]) =>
    page.alerts.flatMap((place) => replay.alerts[place] ?? []);
  const tells = (page: (typeof pages)[number], incident: LabelledIncident) =>
    alertsOf(page).some((alert) => matches(alert, incident, replay.toAt));
  const right = pages.filter((page) => within.some((one) => tells(page, one)));
  const told = within.filter((one) => pages.some((page) => tells(page, one)));
  const severities = [...new Set(within.flatMap((one) => one.severity ?? []))].sort();
  return {
    by,
    pages: pages.length,
    incidents: within.length,
    precision: pages.length === 0 || within.length === 0 ? null : right.length / pages.length,
    recall: within.length === 0 ? null : told.length / within.length,
    severities: severities.map((severity) => ({
      severity,
      incidents: within.filter((one) => one.severity === severity).length,
      told: told.filter((one) => one.severity === severity).length,
    })),
  };
}

function matches(alert: ReplayAlert, incident: LabelledIncident, endAt: number): boolean {
  const { objectives, services } = incident;
  const isOfIt =
    (objectives === undefined && services === undefined) ||
    (objectives?.includes(alert.ruleId) ?? false) ||
    (services?.includes(alert.service) ?? false);
  return isOfIt && alert.firedAt <= incident.to && incident.from <= (alert.resolvedAt ?? endAt);
}

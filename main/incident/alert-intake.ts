import { CodedError, messageOf } from '../../shared/error/coded.ts';
import type { Alert } from '../../shared/model/alert.ts';
import type { AlertChange } from '../../shared/model/alert-change.ts';
import type { Incident } from '../../shared/model/incident.ts';
import type { Service } from '../../shared/model/service.ts';
import { stormOf } from '../../shared/model/storm.ts';
import { formatDuration } from '../../shared/unit/time.ts';
import { createTurns } from '../platform/index.ts';
import { type Book, type Change, isKnown } from './book.ts';
import { capture, EVIDENCE_BEFORE_MS } from './evidence-capture.ts';
import { type ChartPlan, planCharts } from './evidence-plan.ts';
import type { IncidentDeps, Placement } from './incident-deps.ts';
import { belongsTo, GROUP_INTERVAL_MS, holds, isConnected, joinChange, sharesStorm } from './join.ts';
import { isAtWork, isOver, step } from './lifecycle.ts';
import { byUrgency, draftFromAlerts, evidenceEntry, impactOf, openingEntries } from './opening.ts';
import type { Impact } from './severity.ts';
import { alertEntry } from './words.ts';

/** What is remembered of an alert that belongs to an incident. */
interface Member {
  readonly incidentId: string;
  /** `unknown`: it has no data or an error, which is neither firing nor over. */
  readonly state: 'firing' | 'unknown' | 'over';
  readonly change: AlertChange | null;
}

export interface AlertIntake {
  /** Takes up what the log says of alerts after a start. */
  remember(alerts: readonly Alert[], incidents: readonly Incident[]): void;
  handle(changes: readonly AlertChange[]): Promise<Placement[]>;
}

/** What the intake works with. */
interface Intake {
  readonly deps: IncidentDeps;
  readonly book: Book;
  readonly members: Map<string, Member>;
  readonly overSince: (objectiveId: string) => number | null;
  /** What a batch leaves to be done once all its alerts are placed. */
  readonly afterwards: (() => Promise<void>)[];
}

/** Puts alerts into incidents: opens, joins, and records what becomes of them. One batch after the other. */
export function createAlertIntake(
  deps: IncidentDeps,
  book: Book,
  overSince: Intake['overSince'],
): AlertIntake {
  const intake: Intake = { deps, book, members: new Map(), overSince, afterwards: [] };
  const turns = createTurns();

  const handle = async (changes: readonly AlertChange[]): Promise<Placement[]> => {
    const asks = (change: AlertChange) => isFiring(change) || isNewlyUnknown(intake, change);
    const batch = changes.filter(asks).sort(byUrgency);
    const placements: Placement[] = [];
    const failures: unknown[] = [];
    // The others are not held up by one; whoever told of them tells all of it again, which is harmless.
    const attempt = async (work: () => Promise<readonly Placement[]>) => {
      try {
        placements.push(...(await work()));
      } catch (thrown) {
        failures.push(thrown);
      }
    };
    for (let next = 0; next < batch.length; ) {
      const { incident, together } = joining(intake, batch, next);
      const [first] = together;
      if (incident) await attempt(() => join(intake, together, incident));
      else if (first) await attempt(async () => [await fired(intake, first, batch)]);
      next += together.length;
    }
    for (const change of changes) if (!asks(change)) await attempt(async () => [await news(intake, change)]);
    // All at once: a source that is slow costs the pages that wait one deadline, not one for each alert of a storm.
    await Promise.all(intake.afterwards.splice(0).map((work) => work()));
    if (failures.length > 0) throw failures[0];
    return placements;
  };

  return {
    remember(alerts, incidents) {
      for (const { id, phase } of alerts) {
        const incident = incidents.find((other) => !isOver(other.phase) && holds(other, id));
        if (incident)
          intake.members.set(id, { incidentId: incident.id, state: stateOf(phase), change: null });
      }
    },
    handle: (changes) => turns.take(() => handle(changes)),
  };
}

/** A pending alert has not fired again yet: what comes of it is news. */
function stateOf(phase: Alert['phase']): Member['state'] {
  if (phase === 'firing') return 'firing';
  return phase === 'no_data' || phase === 'error' ? 'unknown' : 'over';
}

function isFiring({ change }: AlertChange): boolean {
  return change === 'fired' || change === 'priority-raised';
}

/** An alert that no incident holds and that is *no data* now: a page about what is not known needs somebody as well. */
function isNewlyUnknown({ book }: Intake, { change, alert }: AlertChange): boolean {
  return (
    change === 'no-data' &&
    !book.list().some((incident) => !isOver(incident.phase) && holds(incident, alert.id))
  );
}

function chartsFor(deps: IncidentDeps, changes: readonly AlertChange[]): ChartPlan[] {
  const own = changes.flatMap(({ objectiveId }) =>
    objectiveId === null ? [] : (deps.objective(objectiveId) ?? []),
  );
  const looked = changes.flatMap(({ alert }) =>
    alert.kind === 'detector' ? (deps.detector?.(alert.ruleId) ?? []) : [],
  );
  // The cause is often a service that the failing one stands on: what is known of those is kept too.
  const services = reach(
    changes.map(({ alert }) => alert.service),
    deps.services(),
  );
  const near = deps.near?.(services) ?? { objectives: [], detectors: [] };
  return planCharts(
    changes.map((change) => change.alert),
    own,
    [...looked, ...near.detectors],
    near.objectives,
  );
}

/** The services, then those they depend on, nearest first. */
export function reach(from: readonly string[], services: readonly Service[]): string[] {
  const found = new Set(from);
  for (const id of found)
    for (const next of services.find((one) => one.id === id)?.dependsOn ?? []) found.add(next);
  return [...found];
}

/** The next alert of a batch and, where it joins an open incident, all that come right behind it and join the same. */
function joining(
  { book, deps }: Intake,
  batch: readonly AlertChange[],
  from: number,
): { readonly incident: Incident | undefined; readonly together: readonly AlertChange[] } {
  const incidents = book.list();
  const services = deps.services();
  const of = (change: AlertChange | undefined) =>
    change && change.alert.priority !== 'P3' ? belongsTo(change, incidents, services) : undefined;
  const incident = of(batch[from]);
  let to = from + 1;
  while (incident && to < batch.length && of(batch[to]) === incident) to += 1;
  return { incident, together: batch.slice(from, to) };
}

/** A new firing: into the incident it belongs to, or a new one. */
async function fired(intake: Intake, change: AlertChange, batch: readonly AlertChange[]): Promise<Placement> {
  const { book, deps } = intake;
  const incident = belongsTo(change, book.list(), deps.services());
  if (change.alert.priority === 'P3' && !(incident && holds(incident, change.alert.id)))
    return placed(change, null, false, 'P3 opens no incident');
  if (incident) return joinOne(intake, change, incident);
  try {
    return await open(intake, change, batch);
  } catch (thrown) {
    if (!(thrown instanceof CodedError) || thrown.code !== 'incident-already-open') throw thrown;
    await book.load();
    const stored = belongsTo(change, book.list(), deps.services());
    if (!stored) throw thrown;
    return joinOne(intake, change, stored);
  }
}

async function open(intake: Intake, change: AlertChange, batch: readonly AlertChange[]): Promise<Placement> {
  const { deps, book, members } = intake;
  const together = [
    change,
    ...batch.filter((other) => other !== change && sharesOpening(change, other, deps)),
  ];
  const facts = {
    id: deps.ids.fresh(),
    now: deps.clock.now(),
    changes: together,
    services: deps.services(),
    objective: deps.objective,
    business: deps.businessDeadline,
    overSince: intake.overSince,
  };
  const draft = draftFromAlerts(facts);
  if (!draft) return placed(change, null, false, `${change.alert.priority} opens no incident`);
  const proposed = { ...draft, playbookId: deps.playbookFor(draft) };
  const evidence = await capture(
    deps,
    draft.id,
    chartsFor(deps, together),
    draft.startedAt - EVIDENCE_BEFORE_MS,
  );
  const incident = await book.open(proposed, openingEntries(proposed, facts, evidence), evidence);
  for (const one of together)
    members.set(one.alert.id, { incidentId: incident.id, state: 'firing', change: one });
  return placed(change, incident.id, true, `${incident.name} opened: ${incident.suggestion.arithmetic}`);
}

async function joinOne(intake: Intake, change: AlertChange, incident: Incident): Promise<Placement> {
  const [placement] = await join(intake, [change], incident);
  if (!placement) throw new Error('An alert that joined an incident has no place.');
  return placement;
}

async function join(
  intake: Intake,
  changes: readonly AlertChange[],
  incident: Incident,
): Promise<Placement[]> {
  const { deps, book, members } = intake;
  const held = new Set(incident.alertIds);
  const joining = new Set(changes.map((change) => change.alert.id));
  const isRepeat = ({ change, alert }: AlertChange) =>
    change === 'fired' && held.has(alert.id) && (members.get(alert.id)?.state ?? 'firing') === 'firing';
  const others = [...members.entries()].flatMap(([id, one]) =>
    !joining.has(id) && one.incidentId === incident.id && one.state !== 'over' && one.change
      ? [impactOf(one.change)]
      : [],
  );
  const facts = {
    now: deps.clock.now(),
    impacts: distinct([...others, ...changes.map(impactOf)]),
    services: deps.services(),
    business: deps.businessDeadline,
    isRepeat,
  };
  const joined = await book.change(incident.id, (current, recent) =>
    joinChange(
      current,
      changes.filter((change) => !isKnown(recent, alertEntry(change))),
      facts,
    ),
  );
  for (const change of changes) {
    // Only now: where the store refused, the same news must not be taken for a repeat.
    members.set(change.alert.id, { incidentId: incident.id, state: 'firing', change });
    if (!held.has(change.alert.id)) intake.afterwards.push(() => addEvidence(intake, joined, change));
  }
  return changes.map((change) => placed(change, incident.id, false, joinReason(change, incident)));
}

/** Thousands of alerts of a few hundred services say the same of the impact. */
function distinct(impacts: readonly Impact[]): Impact[] {
  const found = new Map(
    impacts.map((one) => [`${one.priority}|${one.failingShare}|${one.service}`, one] as const),
  );
  return [...found.values()];
}

/** A further objective brings its own charts; it has joined already, so a failure here costs only these. */
async function addEvidence({ deps, book }: Intake, incident: Incident, change: AlertChange): Promise<void> {
  try {
    const wished = chartsFor(deps, [change]);
    if (wished.length === 0) return;
    const kept = await deps.log.call.evidenceCharts(incident.id);
    const plans = wished.filter((plan) => !kept.some((chart) => chart.title === plan.title));
    if (plans.length === 0) return;
    const evidence = await capture(deps, incident.id, plans, incident.startedAt - EVIDENCE_BEFORE_MS);
    await deps.log.call.addEvidence(evidence);
    const entries = [evidenceEntry(deps.clock.now(), evidence)];
    await book.change(incident.id, () => ({ incident: {}, entries }));
  } catch (thrown) {
    deps.logger.warn(
      { incident: incident.name, problem: messageOf(thrown) },
      'evidence of a joined alert is missing',
    );
  }
}

/** What becomes of an alert that an open incident holds. */
async function news({ book, members }: Intake, change: AlertChange): Promise<Placement> {
  const { id } = change.alert;
  const incident = book.list().findLast((one) => !isOver(one.phase) && holds(one, id));
  if (!incident) return placed(change, null, false, 'no open incident holds this alert');
  const resolved = change.change === 'resolved';
  const allResolved = incident.alertIds.every((other) =>
    other === id ? resolved : members.get(other)?.state === 'over',
  );
  const entry = alertEntry(change);
  await book.change(incident.id, (current, recent) =>
    isKnown(recent, entry) ? null : newsChange(current, change, allResolved, entry),
  );
  if (resolved) members.set(id, { incidentId: incident.id, state: 'over', change });
  if (change.change === 'no-data') members.set(id, { incidentId: incident.id, state: 'unknown', change });
  return placed(change, incident.id, false, `told to ${incident.name}`);
}

function placed(change: AlertChange, incidentId: string | null, opened: boolean, reason: string): Placement {
  return { alertId: change.alert.id, incidentId, opened, reason };
}

function joinReason(change: AlertChange, incident: Incident): string {
  if (holds(incident, change.alert.id)) return `belongs to ${incident.name} already`;
  if (incident.groupKey === change.alert.groupKey)
    return `joins ${incident.name}: the same ${stormOf(incident.groupKey) ? 'storm of alerts' : 'alert group'}`;
  if (change.causeId && holds(incident, change.causeId))
    return `joins ${incident.name}: what it follows from is there`;
  return `joins ${incident.name}: connected service, within ${formatDuration(GROUP_INTERVAL_MS)} of its opening`;
}

/** Alerts that fire in one evaluation open one incident if they are of one group or of connected services. */
function sharesOpening(first: AlertChange, other: AlertChange, deps: IncidentDeps): boolean {
  if (other.alert.priority === 'P3') return false;
  if (first.alert.groupKey === other.alert.groupKey) return true;
  if (first.causeId === other.alert.id || other.causeId === first.alert.id) return true;
  if (first.causeId && first.causeId === other.causeId) return true;
  if (!sharesStorm(first.alert.groupKey, other.alert.groupKey)) return false;
  return isConnected(first.alert.service, other.alert.service, deps.services());
}

/** What a resolution, missing data or an acknowledgement of one alert changes in the incident. */
function newsChange(
  incident: Incident,
  change: AlertChange,
  allResolved: boolean,
  entry: Change['entries'][number],
): Change | null {
  const acknowledgement = change.alert.acknowledgement;
  if (change.change === 'acknowledged' && acknowledgement) {
    const next = step(incident, { kind: 'acknowledge', by: acknowledgement.by }, acknowledgement.at);
    if (!next.ok) return { incident: {}, entries: [entry] };
    if (next.value.effects.length > 0) return { incident: next.value.state, entries: next.value.effects };
    // Its alerts are acknowledged together, which is one piece of news; one that broke and came again is another.
    return acknowledgement.at > (incident.acknowledgedAt ?? 0) ? { incident: {}, entries: [entry] } : null;
  }
  // What is unknown is not over, whatever was said before.
  if (change.change === 'no-data') return { incident: { resolvedAt: null }, entries: [entry] };
  if (change.change !== 'resolved' || !allResolved) return { incident: {}, entries: [entry] };
  const resolved = { resolvedAt: change.at };
  // Without an objective there are no polls that could say that it recovered: its alerts are all there is.
  if (incident.objectiveIds.length > 0 || !isAtWork(incident.phase))
    return { incident: resolved, entries: [entry] };
  const reason =
    incident.alertIds.length === 1
      ? 'Its alert has resolved'
      : `All ${incident.alertIds.length} alerts have resolved`;
  const next = step(incident, { kind: 'recovered', sinceAt: change.at, reason }, change.at);
  return next.ok
    ? { incident: { ...next.value.state, ...resolved }, entries: [entry, ...next.value.effects] }
    : { incident: resolved, entries: [entry] };
}

import { CodedError } from '../../shared/error/coded.ts';
import type { AlertChange } from '../../shared/model/alert-change.ts';
import type {
  Incident,
  IncidentPhase,
  NewTimelineEntry,
  TimelineEntry,
} from '../../shared/model/incident.ts';
import type { ObjectiveStatus } from '../../shared/model/objective.ts';
import type { PlaybookRun } from '../../shared/model/playbook.ts';
import type { Severity } from '../../shared/model/priority.ts';
import { DAY_MS } from '../../shared/unit/time.ts';
import { createAlertIntake } from './alert-intake.ts';
import { type Book, createBook, type IncidentDraft, isKnown } from './book.ts';
import { createEvidenceKeeper } from './evidence-keeper.ts';
import type { IncidentDeps, Placement } from './incident-deps.ts';
import { isOver, type LifecycleEvent, step } from './lifecycle.ts';
import { freshTimes, immediateActions } from './opening.ts';
import { createPollWatch } from './poll-watch.ts';
import { runChange } from './run-news.ts';
import { type BusinessDeadline, deadlines } from './severity.ts';
import { oneLine } from './words.ts';

/**
 * Incidents from opening to close. Each function answers after its commit, and rejects with a coded error:
 * `incident-not-found`, `stale-revision`, `transition-refused`, `reason-needed`, `store-failed`, `worker-died`.
 */
export interface Incidents {
  load(): Promise<void>;
  /** Newest first. */
  list(): Incident[];
  get(id: string): Incident | undefined;
  timeline(id: string, afterSeq: number): Promise<TimelineEntry[]>;
  /**
   * Opens, joins and records; one placement a change, in the order of urgency. Rejects where
   * the store took not all of it; to tell the same batch again is safe, after a failure and after a crash.
   */
  handleAlerts(changes: readonly AlertChange[]): Promise<Placement[]>;
  /** Never rejects: what could not be saved is decided again at the next poll. */
  onPoll(status: ObjectiveStatus): Promise<void>;
  /** To be called every few seconds: evidence grows, and what of it was missing is asked for again. */
  tend(now: number): Promise<void>;
  acknowledge(id: string, by: string): Promise<Incident>;
  changePhase(
    id: string,
    to: IncidentPhase,
    by: string,
    reason: string,
    revision: number | null,
  ): Promise<Incident>;
  changeSeverity(
    id: string,
    to: Severity,
    by: string,
    reason: string,
    revision: number | null,
  ): Promise<Incident>;
  close(id: string, by: string, reason: string, revision: number | null): Promise<Incident>;
  addNote(id: string, by: string, text: string): Promise<Incident>;
  /** News of playbooks, notifications and the watch. The very same entry again is not repeated. */
  append(id: string, entry: NewTimelineEntry): Promise<Incident>;
  /** Takes up from the log what others have appended to its timeline. */
  refresh(id: string): Promise<Incident>;
  openByHand(wish: { title: string; service: string; severity: Severity; by: string }): Promise<Incident>;
  attachRun(id: string, runId: string): Promise<Incident>;
  /** Attaches the run and follows its mitigations: begun is *mitigating*, done is *resolving*. */
  followRun(run: PlaybookRun): Promise<Incident>;
}

/** Alerts that resolved longer ago than this say nothing about an incident that is still open. */
const REMEMBERED_MS = 30 * DAY_MS;

export function createIncidents(deps: IncidentDeps): Incidents {
  const { clock, log } = deps;
  const book = createBook({
    ...deps,
    onChange: (incident) => {
      polls.notice(incident);
      deps.onChange(incident);
    },
  });
  const polls = createPollWatch(deps, book);
  const intake = createAlertIntake(deps, book, (id) => polls.overSince(id));
  const keeper = createEvidenceKeeper(deps);

  /** One lifecycle event by a person; what the table does not list is refused. */
  const send = (id: string, event: LifecycleEvent, revision: number | null) =>
    book.change(
      id,
      (incident) => {
        const next = step(incident, event, clock.now());
        if (!next.ok) throw next.error;
        return next.value.effects.length === 0
          ? null
          : { incident: next.value.state, entries: next.value.effects };
      },
      revision,
    );
  const append = (id: string, entry: NewTimelineEntry) =>
    book.change(id, (_, recent) => (isKnown(recent, entry) ? null : { incident: {}, entries: [entry] }));
  const changePhase: Incidents['changePhase'] = (id, to, by, reason, revision) =>
    send(id, { kind: 'move', to, by, reason }, revision);

  return {
    async load() {
      await book.load();
      const open = book.list().filter((incident) => !isOver(incident.phase));
      // An incident may stay open for longer: what became of its alerts since then is still asked.
      const sinceAt = Math.min(clock.now() - REMEMBERED_MS, ...open.map((incident) => incident.startedAt));
      intake.remember(await log.call.loadAlerts(sinceAt), open);
    },
    list: () => [...book.list()].sort((a, b) => b.openedAt - a.openedAt || (a.name < b.name ? 1 : -1)),
    get: (id) => book.get(id),
    timeline: (id, afterSeq) => log.call.timeline(id, afterSeq),
    handleAlerts: (changes) => intake.handle(changes),
    onPoll: (status) => polls.take(status),
    async tend(now) {
      for (const [id, charts] of await keeper.tend(book.list(), now)) {
        const detail = oneLine(charts.map((chart) => chart.title).join('; '), 4_000);
        const title = `Evidence: ${charts.length} that had been missing ${charts.length === 1 ? 'is' : 'are'} kept now`;
        await append(id, { at: now, kind: 'evidence', actor: 'midwatch', title, detail });
      }
    },
    acknowledge: (id, by) => send(id, { kind: 'acknowledge', by }, null),
    changePhase,
    close: (id, by, reason, revision) => changePhase(id, 'closed', by, reason, revision),
    changeSeverity: (id, to, by, reason, revision) =>
      book.change(id, (incident) => severityChange(incident, to, by, reason, deps), revision),
    addNote: (id, by, text) =>
      append(id, { at: clock.now(), kind: 'note', actor: by, title: 'Note', detail: text }),
    append,
    refresh: (id) => book.refresh(id),
    openByHand: (wish) => openByHand(deps, book, wish),
    attachRun: (id, runId) =>
      book.change(id, (incident) => (incident.runId === runId ? null : { incident: { runId }, entries: [] })),
    followRun: (run) =>
      book.change(run.incidentId, (incident, recent) => runChange(incident, run, recent, clock.now())),
  };
}

type Wish = Parameters<Incidents['openByHand']>[0];

function openByHand(
  deps: IncidentDeps,
  book: Book,
  { title, service, severity, by }: Wish,
): Promise<Incident> {
  const now = deps.clock.now();
  const draft = draftByHand(deps.ids.fresh(), oneLine(title), service, severity, now, deps.businessDeadline);
  const proposed = { ...draft, playbookId: deps.playbookFor(draft) };
  const opened: NewTimelineEntry = {
    at: now,
    kind: 'opened',
    actor: by,
    title: `Incident opened by hand, ${severity}`,
    detail: `${proposed.title}; service ${oneLine(service)}`,
  };
  return book.open(proposed, [opened, ...(severity === 'SEV-1' ? immediateActions(now) : [])], []);
}

function draftByHand(
  id: string,
  title: string,
  service: string,
  severity: Severity,
  now: number,
  business: BusinessDeadline | undefined,
): IncidentDraft {
  return {
    id,
    title,
    phase: 'triage',
    severity,
    suggestion: { severity, arithmetic: 'Opened by hand: nothing was measured, a person chose the severity' },
    priority: null,
    service,
    services: [service],
    groupKey: null,
    alertIds: [],
    objectiveIds: [],
    startedAt: now,
    ...freshTimes(severity, now, business),
    severityConfirmedAt: now,
  };
}

/** A person confirms or changes the severity; the deadlines follow, counted from the opening. */
function severityChange(incident: Incident, to: Severity, by: string, reason: string, deps: IncidentDeps) {
  if (isOver(incident.phase))
    throw new CodedError(
      'transition-refused',
      `${incident.name} is ${incident.phase}; its severity stays ${incident.severity}. Reopen it first.`,
    );
  const now = deps.clock.now();
  const confirmed = to === incident.severity;
  if (confirmed && incident.severityConfirmedAt !== null) return null;
  const entry: NewTimelineEntry = {
    at: now,
    kind: 'severity',
    actor: by,
    title: confirmed ? `${to} confirmed` : `${incident.severity} → ${to}`,
    detail: [reason.trim(), `suggested: ${incident.suggestion.arithmetic}`]
      .filter((part) => part !== '')
      .join('; '),
  };
  return {
    incident: {
      severity: to,
      severityConfirmedAt: now,
      ...(confirmed ? {} : deadlines(to, incident.openedAt, deps.businessDeadline)),
    },
    entries: [entry, ...(to === 'SEV-1' && !confirmed ? immediateActions(now) : [])],
  };
}

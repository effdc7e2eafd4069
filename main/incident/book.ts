import { CodedError } from '../../shared/error/coded.ts';
import type { Incident, NewTimelineEntry, TimelineEntry } from '../../shared/model/incident.ts';
import { type Clock, createTurns, type Logger, type WorkerHandle } from '../platform/index.ts';
import type { EvidenceWrite, LogApi } from '../store/index.ts';

/** What a change makes of an incident, and what the timeline says of it. */
export interface Change {
  readonly incident: Partial<Incident>;
  readonly entries: readonly NewTimelineEntry[];
}

/** Decides on the incident as it is now; null where there is nothing to do, so that a repeat is harmless. */
export type Decide = (incident: Incident, recent: readonly TimelineEntry[]) => Change | null;

export type IncidentDraft = Parameters<LogApi['openIncident']>[0];

/**
 * All incidents in memory, as the log acked them. Changes go one after the other, each answered after its commit;
 * where the store's thread dies in between, the log is read again before the change is repeated.
 */
export interface Book {
  load(): Promise<void>;
  list(): readonly Incident[];
  get(id: string): Incident | undefined;
  /** Reads one incident from the log again, and tells where it is not what memory holds. */
  refresh(id: string): Promise<Incident>;
  open(
    draft: IncidentDraft,
    entries: readonly NewTimelineEntry[],
    evidence: readonly EvidenceWrite[],
  ): Promise<Incident>;
  /** With a revision, refuses with `stale-revision` where the incident has moved on. */
  change(id: string, decide: Decide, revision?: number | null): Promise<Incident>;
}

interface BookDeps {
  readonly clock: Clock;
  readonly log: WorkerHandle<LogApi>;
  readonly logger: Logger;
  readonly onChange: (incident: Incident) => void;
}

/** A store thread is back within a second or so; then somebody must hear that nothing is saved. */
const ATTEMPTS = 5;
const RETRY_WAIT_MS = 300;
/** A repeat after a crash follows closely; further back the same words at the same instant do not come again. */
const RECENT_ENTRIES = 100;

export function createBook({ clock, log, logger, onChange }: BookDeps): Book {
  const incidents = new Map<string, Incident>();
  const turns = createTurns();
  const take = (incident: Incident): Incident => {
    incidents.set(incident.id, incident);
    onChange(incident);
    return incident;
  };
  const takeRead = (incident: Incident): Incident => {
    const known = incidents.get(incident.id);
    if (known && known.revision === incident.revision && known.timelineSeq === incident.timelineSeq)
      return known;
    return take(incident);
  };
  const readAll = async () => {
    for (const incident of await log.call.loadIncidents())
      if (incidents.has(incident.id)) takeRead(incident);
      else incidents.set(incident.id, incident);
  };
  const insist = createInsistence({ clock, logger }, readAll);
  const found = (id: string): Incident => {
    const incident = incidents.get(id);
    if (incident) return incident;
    throw new CodedError(
      'incident-not-found',
      `There is no incident ${id}. It may be of another workspace.`,
      { details: { id } },
    );
  };

  return {
    load: () => turns.take(readAll),
    list: () => [...incidents.values()],
    get: (id) => incidents.get(id),
    refresh: (id) =>
      turns.take(() =>
        insist(async () => {
          const known = found(id);
          const stored = await log.call.loadIncident(id);
          return stored ? takeRead(stored) : known;
        }),
      ),
    open: (draft, entries, evidence) =>
      turns.take(() =>
        insist(async () => take((await log.call.openIncident(draft, entries, evidence)).incident)),
      ),
    change: (id, decide, revision = null) =>
      turns.take(async () => {
        const asked = found(id);
        if (revision !== null && revision !== asked.revision) throw outdated(asked, revision);
        let tried: Change | null = null;
        return insist(async () => {
          const incident = found(id);
          const recent = await log.call.timeline(id, Math.max(0, incident.timelineSeq - RECENT_ENTRIES));
          // The answer was lost and the commit was not.
          if (tried && tried.entries.length > 0 && tried.entries.every((entry) => isKnown(recent, entry)))
            return incident;
          const change = decide(incident, recent);
          tried = change;
          if (change === null) return incident;
          const next = { ...incident, ...change.incident, revision: incident.revision + 1 };
          return take((await log.call.updateIncident(next, change.entries)).incident);
        });
      }),
  };
}

/** Repeats work whose answer was lost with its thread, which says nothing of the commit: it looks before doing it again. */
function createInsistence({ clock, logger }: Pick<BookDeps, 'clock' | 'logger'>, look: () => Promise<void>) {
  return async <T>(work: () => Promise<T>): Promise<T> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        if (attempt > 1) await look();
        return await work();
      } catch (thrown) {
        if (!(thrown instanceof CodedError) || !REPEATABLE.has(thrown.code) || attempt === ATTEMPTS)
          throw thrown;
        logger.warn({ code: thrown.code, attempt }, 'a change of an incident is tried again');
        if (thrown.code === 'worker-died')
          await new Promise<void>((resolve) => void clock.setTimeout(resolve, attempt * RETRY_WAIT_MS));
      }
    }
  };
}

/** `stale-revision` of the store means that memory is behind, which the reading before the repeat mends. */
const REPEATABLE: ReadonlySet<string> = new Set(['worker-died', 'stale-revision']);

function outdated(incident: Incident, revision: number): CodedError {
  return new CodedError(
    'stale-revision',
    `${incident.name} was changed meanwhile: it is at revision ${incident.revision}, this change was made for ${revision}. Nothing was saved; look at it again and repeat the change.`,
    { details: { id: incident.id, revision: incident.revision, given: revision } },
  );
}

/** The same words by the same actor at the same instant: a caller repeats itself after a crash. */
export function isKnown(recent: readonly TimelineEntry[], entry: NewTimelineEntry): boolean {
  return recent.some(
    (one) =>
      one.at === entry.at &&
      one.kind === entry.kind &&
      one.actor === entry.actor &&
      one.title === entry.title &&
      one.detail === entry.detail,
  );
}

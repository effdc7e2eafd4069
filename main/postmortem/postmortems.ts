import { CodedError, messageOf } from '../../shared/error/coded.ts';
import type { Incident, NewTimelineEntry } from '../../shared/model/incident.ts';
import type { ObjectiveStatus } from '../../shared/model/objective.ts';
import type { Postmortem } from '../../shared/model/postmortem.ts';
import { type Clock, createTurns, type Logger, type WorkerHandle, writeFiles } from '../platform/index.ts';
import type { LogApi } from '../store/index.ts';
import { draftPostmortem, draftSections } from './draft.ts';
import { exportFiles } from './export.ts';
import type { PostmortemFacts } from './facts.ts';
import { mergeDraft, mergeWritten, type Written } from './merge.ts';

export interface PostmortemDeps {
  readonly clock: Clock;
  readonly log: WorkerHandle<LogApi>;
  readonly logger: Logger;
  readonly incident: (id: string) => Incident | undefined;
  readonly objective: (id: string) => ObjectiveStatus | undefined;
  /** Puts an entry on the incident's timeline: that a draft was written, that it was exported. */
  readonly onTimeline?: (incidentId: string, entry: NewTimelineEntry) => Promise<unknown>;
}

export interface ExportedPostmortem {
  readonly path: string;
  /** All files, the Markdown last. */
  readonly files: string[];
  readonly markdown: string;
}

/** Drafts, edits and exports; each answers after its commit. Rejects with `incident-not-found`, `stale-revision`, `store-failed`, `export-failed`. */
export interface Postmortems {
  /** The postmortem, drafted the first time it is asked for. */
  ensure(incidentId: string): Promise<Postmortem>;
  get(incidentId: string): Promise<Postmortem | null>;
  /** Saves what a person wrote on the given revision. A redraft in between is no conflict, another person's words are. */
  save(incidentId: string, revision: number, written: Written, by?: string): Promise<Postmortem>;
  /** Drafts again what no person has written, if there is a postmortem; to be called when the incident moves on. */
  refresh(incidentId: string): Promise<Postmortem | null>;
  exportMarkdown(incidentId: string, folder: string): Promise<ExportedPostmortem>;
}

/** Versions that a slow window may still be writing on. */
const VERSIONS_KEPT = 20;

export function createPostmortems(deps: PostmortemDeps): Postmortems {
  const { clock, log } = deps;
  const versions = new Map<string, Postmortem[]>();
  const turns = createTurns();
  const remember = (postmortem: Postmortem): Postmortem => {
    const known = (versions.get(postmortem.incidentId) ?? []).filter(
      (one) => one.revision !== postmortem.revision,
    );
    versions.set(postmortem.incidentId, [...known, postmortem].slice(-VERSIONS_KEPT));
    return postmortem;
  };
  const store = async (postmortem: Postmortem): Promise<Postmortem> => {
    await log.call.savePostmortem(postmortem);
    return remember(postmortem);
  };
  const load = async (incidentId: string) => {
    const stored = await log.call.loadPostmortem(incidentId);
    return stored && remember(stored);
  };
  const ensure = async (incidentId: string) => {
    const stored = await load(incidentId);
    if (stored) return stored;
    const drafted = await store(draftPostmortem(await gatherFacts(deps, incidentId)));
    await say(deps, incidentId, 'midwatch', 'Postmortem drafted', 'From the timeline and the kept evidence');
    return drafted;
  };

  return {
    ensure: (incidentId) => turns.take(() => ensure(incidentId)),
    get: (incidentId) => turns.take(() => load(incidentId)),
    save: (incidentId, revision, written) =>
      turns.take(async () => {
        const stored = await ensure(incidentId);
        const base = versions.get(incidentId)?.find((one) => one.revision === revision);
        if (!base) throw outdated(stored, revision, []);
        const merge = mergeWritten(base, stored, written, clock.now());
        if (merge.kind === 'conflict') throw outdated(stored, revision, merge.sections);
        return merge.kind === 'unchanged' ? stored : store(merge.postmortem);
      }),
    refresh: (incidentId) =>
      turns.take(async () => {
        const stored = await load(incidentId);
        if (!stored) return null;
        const fresh = mergeDraft(stored, draftSections(await gatherFacts(deps, incidentId)), clock.now());
        return fresh ? store(fresh) : stored;
      }),
    exportMarkdown: (incidentId, folder) =>
      turns.take(async () => {
        const postmortem = await ensure(incidentId);
        const { markdown, charts } = exportFiles(postmortem, await gatherFacts(deps, incidentId));
        const files = await written(folder, [...charts, markdown]);
        const path = files.at(-1) ?? folder;
        await say(
          deps,
          incidentId,
          'midwatch',
          'Postmortem exported',
          `${markdown.name} with ${charts.length} charts, revision ${postmortem.revision}`,
        );
        return { path, files, markdown: markdown.text };
      }),
  };
}

async function written(folder: string, files: Parameters<typeof writeFiles>[1]): Promise<string[]> {
  try {
    return await writeFiles(folder, files);
  } catch (thrown) {
    throw new CodedError(
      'export-failed',
      `The postmortem could not be written to ${folder}: ${messageOf(thrown)}. It is still saved in Midwatch; look at the folder's space and rights and export again.`,
      { retryable: true, details: { folder }, cause: thrown },
    );
  }
}

async function gatherFacts(deps: PostmortemDeps, incidentId: string): Promise<PostmortemFacts> {
  const { log, clock } = deps;
  const incident = deps.incident(incidentId);
  if (!incident)
    throw new CodedError(
      'incident-not-found',
      `There is no incident ${incidentId}. It may be of another workspace.`,
      {
        details: { id: incidentId },
      },
    );
  const [timeline, charts, runs] = await Promise.all([
    log.call.timeline(incidentId, 0),
    log.call.evidenceCharts(incidentId),
    incident.runId === null ? [] : log.call.loadRuns(),
  ]);
  const evidence = await Promise.all(
    charts.map(async (chart) => ({ chart, series: await log.call.evidenceSeries(chart.id) })),
  );
  return {
    incident,
    // Midwatch's own news of the postmortem would make each draft differ from the one before.
    timeline: timeline.filter((entry) => entry.kind !== 'postmortem'),
    evidence,
    run: runs.find((run) => run.id === incident.runId) ?? null,
    objectives: incident.objectiveIds.flatMap((id) => deps.objective(id) ?? []),
    now: clock.now(),
  };
}

/** The draft is saved whether or not the timeline can be told of it. */
async function say(
  deps: PostmortemDeps,
  incidentId: string,
  actor: string,
  title: string,
  detail: string,
): Promise<void> {
  try {
    await deps.onTimeline?.(incidentId, { at: deps.clock.now(), kind: 'postmortem', actor, title, detail });
  } catch (thrown) {
    deps.logger.warn({ incidentId, problem: messageOf(thrown) }, 'the timeline was not told of a postmortem');
  }
}

function outdated(stored: Postmortem, given: number, sections: readonly string[]): CodedError {
  const what =
    sections.length > 0 ? ` The same sections were written meanwhile: ${sections.join(', ')}.` : '';
  return new CodedError(
    'stale-revision',
    `The postmortem is at revision ${stored.revision}, and this was written on ${given}.${what} Nothing was overwritten; keep your text, read the postmortem again, and put it in.`,
    { details: { incidentId: stored.incidentId, revision: stored.revision, given, sections } },
  );
}

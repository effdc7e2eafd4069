import { CodedError, messageOf } from '../../shared/error/coded.ts';
import type { NewTimelineEntry } from '../../shared/model/incident.ts';
import type { Playbook, PlaybookRun } from '../../shared/model/playbook.ts';
import type { PlaybooksDeps } from './deps.ts';
import { proposePlaybook, type Subject } from './propose.ts';
import { tellTimeline } from './record.ts';
import { type Decision, newRun } from './run.ts';
import { openSession, type RunNextOptions, type Session } from './session.ts';

/**
 * Playbooks and their runs. Commands reject with coded errors: `…-not-found`, `step-running`, `confirmation-needed`
 * (details.type is the name to type), `observation-needed`, `step-not-…`, and `store-failed` from the log.
 */
export interface Playbooks {
  list(): readonly Playbook[];
  runs(): readonly PlaybookRun[];
  proposeFor(subject: Subject): Playbook | null;
  start(incidentId: string, playbookId: string, by: string): Promise<PlaybookRun>;
  /** Passes over steps whose condition does not hold and runs the first one that does; answers when it has ended. */
  runNext(runId: string, options: RunNextOptions): Promise<PlaybookRun>;
  /** What the step would do, with its real arguments; nothing is sent. */
  dryRun(runId: string, stepId: string): Promise<string>;
  /** Sends a failed step back and runs it at once, with its inputs and its idempotency key. */
  retry(runId: string, stepId: string, options: RunNextOptions): Promise<PlaybookRun>;
  /** A person says what is true of a step. It sends nothing: after `retry` the step runs with the next `runNext`. */
  decide(runId: string, stepId: string, decision: Decision, by: string): Promise<PlaybookRun>;
  /** Ends the run. A step under way is aborted first; what became of it is said, not guessed. */
  stop(runId: string, by: string): Promise<PlaybookRun>;
  /** Reads runs back after a start and says what was under way when the process ended. */
  load(): Promise<void>;
}

export function createPlaybooks(deps: PlaybooksDeps): Playbooks {
  const sessions = new Map<string, Session>();
  const sessionOf = (runId: string): Session => {
    const session = sessions.get(runId);
    if (session) return session;
    throw new CodedError('run-not-found', `There is no playbook run ${runId}; read the incident again.`);
  };

  return {
    list: () => deps.playbooks(),
    runs: () => [...sessions.values()].map((session) => session.run()),
    proposeFor: (subject) => proposePlaybook(deps.playbooks(), subject),
    async start(incidentId, playbookId, by) {
      const playbook = requireStartable(deps, sessions, incidentId, playbookId);
      const now = deps.clock.now();
      const run = newRun(playbook, deps.ids.fresh(), incidentId, now);
      // Kept before it is saved: two presses of one key must not start two runs.
      const session = openSession(deps, run);
      sessions.set(run.id, session);
      try {
        await deps.log.saveRun(run, [], [startEntry(playbook, by, now)]);
      } catch (thrown) {
        sessions.delete(run.id);
        throw thrown;
      }
      deps.onRun(run);
      await tellTimeline(deps, run);
      return session.run();
    },
    // Written as async so that an unknown run rejects instead of throwing into the caller.
    runNext: async (runId, options) => sessionOf(runId).runNext(options),
    dryRun: async (runId, stepId) => sessionOf(runId).dryRun(stepId),
    retry: async (runId, stepId, options) => sessionOf(runId).retry(stepId, options),
    decide: async (runId, stepId, decision, by) => sessionOf(runId).decide(stepId, decision, by),
    stop: async (runId, by) => sessionOf(runId).stop(by),
    async load() {
      const [runs, open] = [await deps.log.loadRuns(), await deps.log.openJournal()];
      for (const run of runs) {
        const session = openSession(deps, run);
        sessions.set(run.id, session);
        try {
          await session.recover(open);
        } catch (thrown) {
          // A disk that is full now must not keep Midwatch from starting: the next command settles the run first.
          deps.logger.error(
            { run: run.id, problem: messageOf(thrown) },
            'what became of a playbook run could not be saved yet',
          );
        }
        deps.onRun(session.run());
      }
    },
  };
}

function requireStartable(
  deps: PlaybooksDeps,
  sessions: ReadonlyMap<string, Session>,
  incidentId: string,
  playbookId: string,
): Playbook {
  const playbook = deps.playbooks().find((one) => one.id === playbookId);
  if (!playbook)
    throw new CodedError(
      'playbook-not-found',
      `There is no playbook ${playbookId} in the workspace; its file may have been removed.`,
    );
  if (!deps.incident(incidentId))
    throw new CodedError(
      'incident-not-found',
      `There is no incident ${incidentId}; a playbook runs for an incident.`,
    );
  for (const session of sessions.values()) {
    const run = session.run();
    if (run.incidentId === incidentId && run.endedAt === null)
      throw new CodedError(
        'run-in-progress',
        `"${run.playbook.title}" is still running for this incident; finish or stop it first.`,
        {
          details: { runId: run.id },
        },
      );
  }
  return playbook;
}

function startEntry(playbook: Playbook, by: string, now: number): NewTimelineEntry {
  const detail = `${playbook.diagnosis.length} diagnosis steps, ${playbook.mitigation.length} mitigation actions (${playbook.definedAt})`;
  return { at: now, kind: 'step', actor: by, title: `Playbook started: ${playbook.title}`, detail };
}

import { messageOf } from '../../shared/error/coded.ts';
import type { PlaybookRun } from '../../shared/model/playbook.ts';
import type { JournalRecord } from '../store/index.ts';
import type { PlaybooksDeps } from './deps.ts';
import { recoverRun } from './recovery.ts';
import { type RunEvent, step } from './run.ts';

/** A run as it is remembered here, never ahead of the log. */
export interface RunRecord {
  run(): PlaybookRun;
  /** The one way a run changes: decided purely, made durable, and only then believed and told. */
  apply(event: RunEvent, journal?: readonly JournalRecord[]): Promise<void>;
  /** Says of a step that was under way what became of it. */
  recover(open: readonly JournalRecord[]): Promise<void>;
  /** After a save that failed: what the log holds is what is true, and what was under way is for a person to judge. */
  settle(): Promise<void>;
}

export function openRecord(deps: PlaybooksDeps, loaded: PlaybookRun): RunRecord {
  let run = loaded;
  /** A save was refused or its answer was lost: the log may be one change ahead. */
  let doubtful = false;

  const apply: RunRecord['apply'] = async (event, journal = []) => {
    const change = step(run, event, deps.clock.now());
    if (!change.ok) throw change.error;
    try {
      await deps.log.saveRun(change.value.run, journal, change.value.effects);
    } catch (thrown) {
      doubtful = true;
      throw thrown;
    }
    run = change.value.run;
    deps.onRun(run);
    if (change.value.effects.length > 0) await tellTimeline(deps, run);
  };

  const recover: RunRecord['recover'] = async (open) => {
    const recovery = recoverRun(run, open, deps.clock.now());
    if (recovery) await apply(recovery.event, recovery.journal ? [recovery.journal] : []);
  };

  return {
    run: () => run,
    apply,
    recover,
    async settle() {
      if (doubtful) {
        const stored = (await deps.log.loadRuns()).find((one) => one.id === run.id);
        doubtful = false;
        const isAhead = stored !== undefined && stored.revision !== run.revision;
        run = stored ?? run;
        if (isAhead) {
          deps.onRun(run);
          await tellTimeline(deps, run);
        }
      }
      if (run.steps.some((one) => one.phase === 'running')) await recover(await deps.log.openJournal());
    },
  };
}

/** What happened is durable by now: windows that hear of it late must not make a step fail that has had its effect. */
export async function tellTimeline(deps: PlaybooksDeps, run: PlaybookRun): Promise<void> {
  try {
    await deps.onTimeline(run.incidentId);
  } catch (thrown) {
    deps.logger.warn(
      { run: run.id, problem: messageOf(thrown) },
      'the timeline of a playbook run is saved, but could not be told',
    );
  }
}

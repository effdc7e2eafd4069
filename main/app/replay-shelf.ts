import type { Workspace } from '../../shared/config/workspace.ts';
import { CodedError } from '../../shared/error/coded.ts';
import type { ReplayRecord } from '../../shared/model/replay.ts';
import { type Logger, randomIds, systemClock } from '../platform/index.ts';
import { openLog, openReplayShelf, type ReplayShelf } from '../store/index.ts';
import { dataFolders } from './data-folder.ts';
import { takeInstanceLock } from './instance-lock.ts';

/** What is kept of one replay: the first so many alerts and messages; its numbers are of all. */
const LISTED_MAX = 20_000;

/** Keeps a replay in the workspace's log, also while Midwatch runs over it; answers its id. */
export async function keepReplay(
  workspace: Workspace,
  dataFolder: string | undefined,
  made: Omit<ReplayRecord, 'id' | 'madeAt'>,
  log: Logger,
): Promise<string> {
  const { root, logPath } = dataFolders(workspace.id, dataFolder, process.env);
  const shelf = shelfAt(logPath, log) ?? (await makeShelf(root, logPath, log));
  try {
    const record = {
      ...made,
      id: randomIds().fresh().slice(0, 12),
      madeAt: systemClock().now(),
      replay: listed(made.replay),
      other: made.other && listed(made.other),
    };
    shelf.save(record);
    return record.id;
  } finally {
    shelf.close();
  }
}

/** The replays that are kept, the newest first; none where there is no log yet. */
export function keptReplays(
  workspace: Workspace,
  dataFolder: string | undefined,
  log: Logger,
): ReplayRecord[] {
  const { logPath } = dataFolders(workspace.id, dataFolder, process.env);
  const shelf = shelfAt(logPath, log);
  try {
    return shelf?.list() ?? [];
  } finally {
    shelf?.close();
  }
}

function shelfAt(logPath: string, log: Logger): ReplayShelf | null {
  return openReplayShelf(logPath, (_table, id, problem) =>
    log.warn({ replay: id, problem }, 'a replay that was kept cannot be read'),
  );
}

/** The log is made, or brought to its present format, as a start does it: by whoever holds the lock. */
async function makeShelf(root: string, logPath: string, log: Logger): Promise<ReplayShelf> {
  const clock = systemClock();
  const lock = await takeInstanceLock(root, () => 'a replay that is being kept', clock);
  try {
    openLog(logPath, { clock }).close();
  } finally {
    await lock.release();
  }
  const shelf = shelfAt(logPath, log);
  if (shelf) return shelf;
  throw new CodedError('store-failed', `${logPath} has no place for replays, so this one was not kept.`);
}

function listed(replay: ReplayRecord['replay']): ReplayRecord['replay'] {
  const { alerts, notices } = replay;
  if (alerts.length <= LISTED_MAX && notices.length <= LISTED_MAX) return replay;
  const note = `Kept are the first ${LISTED_MAX} of ${alerts.length} alerts and ${notices.length} messages.`;
  return {
    ...replay,
    alerts: alerts.slice(0, LISTED_MAX),
    notices: notices.slice(0, LISTED_MAX),
    notes: [...replay.notes, note],
  };
}

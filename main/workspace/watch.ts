import { type FSWatcher, watch } from 'node:fs';
import type { Workspace } from '../../shared/config/workspace.ts';
import { messageOf } from '../../shared/error/coded.ts';
import { SECOND_MS } from '../../shared/unit/time.ts';
import type { Clock, Logger } from '../platform/index.ts';
import { stampFolder } from './folder.ts';
import { type LoadDeps, loadWorkspace, type WorkspaceLoad } from './load.ts';
import { type Problem, problemAt } from './problem.ts';

export interface WatchOptions extends LoadDeps {
  readonly clock: Clock;
  readonly log: Logger;
  /** What is running; nothing is reported until the files say something else. */
  readonly initial: WorkspaceLoad;
  readonly onWorkspace: (workspace: Workspace, problems: readonly Problem[]) => Promise<void> | void;
  /** The last good configuration goes on running; an empty list cannot come here. */
  readonly onRefused: (problems: readonly Problem[]) => void;
  readonly debounceMs?: number;
  readonly rescanMs?: number;
}

export interface WorkspaceWatch {
  /** Looks now, whatever the file system said. */
  check(): Promise<void>;
  /** Writes while nothing is read, then looks: half a change is never taken over. */
  during<T>(write: () => Promise<T>): Promise<T>;
  /** The fingerprint of what was last taken over, or refused. */
  fingerprint(): string;
  stop(): void;
}

/** An editor writes, renames and touches several times for one save. */
const DEBOUNCE_MS = 250;
/** File systems without notices (network, some containers) are found out by looking; notices can be lost too. */
const RESCAN_MS = 5 * SECOND_MS;

/** Takes changes on disk over without a restart. One look at a time; a change during one makes another. */
export function watchWorkspace(path: string, options: WatchOptions): WorkspaceWatch {
  const { clock, log } = options;
  let stopped = false;
  let fingerprint = options.initial.fingerprint;
  let stamp = '';
  let looking: Promise<void> | null = null;
  let cancelDebounce: () => void = () => undefined;
  let cancelRescan: () => void = () => undefined;

  const look = async (): Promise<void> => {
    const seen = await stampFolder(path);
    if (seen === stamp) return;
    const load = await loadWorkspace(path, options);
    stamp = seen;
    if (stopped || load.fingerprint === fingerprint) return;
    fingerprint = load.fingerprint;
    if (load.workspace) await options.onWorkspace(load.workspace, load.problems);
    else options.onRefused(load.problems);
  };
  const check = async (): Promise<void> => {
    while (looking) await looking;
    if (stopped) return;
    looking = look()
      .catch((thrown: unknown) => {
        // The folder may be gone for a moment (a checkout, a remount); the next look tries again.
        stamp = '';
        fingerprint = '';
        log.warn({ problem: messageOf(thrown) }, 'the workspace could not be read again');
        options.onRefused([problemAt({ file: '', line: 1, column: 1 }, '', messageOf(thrown))]);
      })
      .finally(() => {
        looking = null;
      });
    await looking;
  };
  const rescan = async (): Promise<void> => {
    await check();
    if (!stopped) cancelRescan = clock.setTimeout(rescan, options.rescanMs ?? RESCAN_MS);
  };
  const notices = listen(path, log, () => {
    cancelDebounce();
    cancelDebounce = clock.setTimeout(check, options.debounceMs ?? DEBOUNCE_MS);
  });
  cancelRescan = clock.setTimeout(rescan, options.rescanMs ?? RESCAN_MS);

  const during = async <T>(write: () => Promise<T>): Promise<T> => {
    while (looking) await looking;
    const writing = write();
    const held = writing.then(
      () => undefined,
      () => undefined,
    );
    looking = held.finally(() => {
      looking = null;
    });
    const written = await writing;
    await check();
    return written;
  };

  return {
    check,
    during,
    fingerprint: () => fingerprint,
    stop() {
      stopped = true;
      cancelDebounce();
      cancelRescan();
      notices?.close();
    },
  };
}

/** Null where this system gives no notices; the regular look finds changes all the same. */
function listen(path: string, log: Logger, onNotice: () => void): FSWatcher | null {
  try {
    const watcher = watch(path, { recursive: true, persistent: false }, onNotice);
    watcher.on('error', (thrown) =>
      log.warn(
        { problem: messageOf(thrown) },
        'no notices of changed files any more; the folder is looked at instead',
      ),
    );
    return watcher;
  } catch (thrown) {
    log.warn({ problem: messageOf(thrown) }, 'no notices of changed files; the folder is looked at instead');
    return null;
  }
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inlineWorker, type Remote, systemClock, type WorkerHandle } from '../../main/platform/index.ts';
import { type LogApi, type LogOptions, openLog } from '../../main/store/index.ts';

/** A real `midwatch.db` in a folder of its own, served in this thread. */
export interface TestLog {
  readonly log: WorkerHandle<LogApi>;
  readonly folder: string;
  readonly path: string;
  /** Closes and opens the same file, as a restart does; use the new handle afterwards. */
  reopen(): TestLog;
  /** Closes and removes the folder. */
  remove(): void;
}

/** Opens a log in a fresh temporary folder, or the one that lies in the given folder. */
export function openTestLog(
  options: Partial<LogOptions> = {},
  folder = mkdtempSync(join(tmpdir(), 'midwatch-log-')),
): TestLog {
  const path = join(folder, 'midwatch.db');
  const api = openLog(path, { clock: systemClock(), ...options });
  return {
    log: inlineWorker('log', api),
    folder,
    path,
    reopen() {
      api.close();
      return openTestLog(options, folder);
    },
    remove() {
      api.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The same log with some of its functions in other hands: a full disk, a thread that dies after the commit. */
export function withCalls(
  log: WorkerHandle<LogApi>,
  change: (call: Remote<LogApi>) => Partial<Remote<LogApi>>,
): WorkerHandle<LogApi> {
  const changed = change(log.call);
  const call = new Proxy(log.call, {
    get: (inner, name) =>
      Object.hasOwn(changed, name) ? Reflect.get(changed, name) : Reflect.get(inner, name),
  });
  return { ...log, call };
}

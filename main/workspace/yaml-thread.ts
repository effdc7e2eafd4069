import type { WorkspaceEdit } from '../../shared/config/edit.ts';
import { CodedError } from '../../shared/error/coded.ts';
import { formatDuration, SECOND_MS } from '../../shared/unit/time.ts';
import { type Clock, type Logger, startWorker, type WorkerHandle } from '../platform/index.ts';
import type { FileChange } from './file-change.ts';
import type { YamlProblem, YamlReading } from './yaml-reader.ts';

export type YamlApi = {
  read(text: string): YamlReading;
  change(file: string, before: string | null, edits: readonly WorkspaceEdit[]): FileChange;
};

/** Reads and changes YAML in a thread of its own. */
export interface YamlThread {
  read(text: string): Promise<YamlReading>;
  change(file: string, before: string | null, edits: readonly WorkspaceEdit[]): Promise<FileChange>;
  stop(): Promise<void>;
}

/** A whole file of honest configuration takes a tenth of this on a slow laptop. */
const DEADLINE_MS = 5 * SECOND_MS;
/** It is needed at the start, at a reload and when a person writes; in between it would only take room. */
const REST_MS = 10 * SECOND_MS;
/** The first text is given to a thread that is still starting, which on a busy machine takes longer than any text. */
const STARTS_WAITED = 6;

export interface YamlThreadOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** `yaml.worker`: beside this file as source, beside the host's entry once built. */
  readonly entry: URL;
}

export function startYamlThread(options: YamlThreadOptions): YamlThread {
  const worker = startWorker<YamlApi>({
    name: 'yaml',
    entry: options.entry,
    init: null,
    clock: options.clock,
    log: options.log,
    restAfterMs: REST_MS,
  });
  // A workspace is read first of all.
  worker.wake();
  return overWorker(worker, options.clock, DEADLINE_MS);
}

/** Ends the thread of a text that takes longer than the deadline; the file is then a problem like any other. */
export function overWorker(worker: WorkerHandle<YamlApi>, clock: Clock, deadlineMs: number): YamlThread {
  const inTime = async <T>(call: () => Promise<T>, tooLate: (problem: YamlProblem) => T): Promise<T> => {
    let late = false;
    let cancel: () => void = () => undefined;
    const arm = (starts: number) => {
      const isStarting = worker.health().condition !== 'ok';
      cancel = clock.setTimeout(() => {
        if (isStarting && starts > 0) return arm(starts - 1);
        late = true;
        return worker.kill();
      }, deadlineMs);
    };
    arm(STARTS_WAITED);
    try {
      return await call();
    } catch (thrown) {
      if (!late || !(thrown instanceof CodedError)) throw thrown;
      const message = `expected YAML that can be read within ${formatDuration(deadlineMs)}; make the file smaller`;
      return tooLate({ line: 1, column: 1, message });
    } finally {
      cancel();
    }
  };
  return {
    read: (text) =>
      inTime<YamlReading>(
        () => worker.call.read(text),
        (problem) => ({ documents: [], problems: [problem] }),
      ),
    change: (file, before, edits) =>
      inTime<FileChange>(
        () => worker.call.change(file, before, edits),
        (problem) => ({ ok: false, problem }),
      ),
    stop: () => worker.stop(),
  };
}

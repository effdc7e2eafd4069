import { CodedError } from '../../shared/error/coded.ts';
import { formatDuration, SECOND_MS } from '../../shared/unit/time.ts';
import { type Clock, type Logger, startWorker, type WorkerHandle } from '../platform/index.ts';
import type { YamlReading } from './yaml-reader.ts';

export type YamlApi = { read(text: string): YamlReading };

/** Reads YAML in a thread of its own. */
export interface YamlThread {
  read(text: string): Promise<YamlReading>;
  stop(): Promise<void>;
}

/** A whole file of honest configuration takes a tenth of this on a slow laptop. */
const DEADLINE_MS = 5 * SECOND_MS;

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
  });
  return overWorker(worker, options.clock, DEADLINE_MS);
}

/** Ends the thread of a text that takes longer than the deadline; the file is then a problem like any other. */
export function overWorker(worker: WorkerHandle<YamlApi>, clock: Clock, deadlineMs: number): YamlThread {
  return {
    async read(text) {
      let late = false;
      const cancel = clock.setTimeout(() => {
        late = true;
        return worker.kill();
      }, deadlineMs);
      try {
        return await worker.call.read(text);
      } catch (thrown) {
        if (!late || !(thrown instanceof CodedError)) throw thrown;
        const message = `expected YAML that can be read within ${formatDuration(deadlineMs)}; make the file smaller`;
        return { documents: [], problems: [{ line: 1, column: 1, message }] };
      } finally {
        cancel();
      }
    },
    stop: () => worker.stop(),
  };
}

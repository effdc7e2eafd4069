import { serveWorker, systemClock } from '../platform/index.ts';
import type { LogApi } from './log-api.ts';
import { openLog } from './log-writer.ts';

/** What the thread of `midwatch.db` is started with. */
export interface LogWorkerInit {
  readonly path: string;
}

serveWorker<LogWorkerInit, LogApi>(({ path }) => openLog(path, { clock: systemClock() }));

import type { Api } from './api.ts';

/** One open connection to the core; `closed` settles with the reason when it ends, however it ends. */
export interface Line {
  readonly api: Api;
  readonly closed: Promise<string>;
  close(): void;
}

/** Opens a line or throws an error whose message a person can read. */
export type OpenLine = (signal: AbortSignal) => Promise<Line>;

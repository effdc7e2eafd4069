import { timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import { readKey } from './session.ts';

/** Who may scrape Midwatch's own metrics without a window: whoever can read the token in the data folder. */
export interface MetricsAccess {
  isValid(authorization: string | undefined): boolean;
  /** Where a scraper finds the token; names no path, as it is said to whoever asks. */
  readonly help: string;
}

export const METRICS_TOKEN_FILE = 'metrics-token';

export function createMetricsAccess(dataFolder: string): MetricsAccess {
  const expected = Buffer.from(readKey(join(dataFolder, METRICS_TOKEN_FILE)));
  return {
    help: `Midwatch's metrics need "Authorization: Bearer …" with the token in the file ${METRICS_TOKEN_FILE} of its data folder. A Prometheus takes it by authorization: { credentials_file: … }.`,
    isValid(authorization) {
      const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
      if (token === undefined) return false;
      const given = Buffer.from(token);
      return given.length === expected.length && timingSafeEqual(given, expected);
    },
  };
}

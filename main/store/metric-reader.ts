import { statSync } from 'node:fs';
import type { MetricReader } from './metric-api.ts';
import { MetricConnection } from './metric-connection.ts';

/** Decoded samples kept for the series asked for last: 16 bytes each, so 64 MiB. */
export const CACHED_SAMPLES_MAX = 4_000_000;

/**
 * Opens `metrics.db` for reading, in this thread. The file may come later, or be replaced by a fresh one: both are noticed
 * at the next question. Until it is there, no series are found.
 */
export function openMetricReader(path: string, cachedSamplesMax = CACHED_SAMPLES_MAX): MetricReader {
  let connection: { readonly inode: number; readonly open: MetricConnection } | undefined;
  let isOther = false;
  const current = (): MetricConnection | undefined => {
    const inode = statSync(path, { throwIfNoEntry: false })?.ino;
    if (connection && connection.inode !== inode) {
      connection.open.close();
      connection = undefined;
      isOther = true;
    }
    if (!connection && inode !== undefined)
      connection = { inode, open: new MetricConnection(path, cachedSamplesMax) };
    return connection?.open;
  };
  return {
    select: (matchers, fromAt, toAt, options = {}) =>
      current()?.select(matchers, fromAt, toAt, options) ?? [],
    rollups: (matchers, fromAt, toAt, widthMs, options = {}) =>
      current()?.rollups(matchers, { fromAt, toAt, widthMs }, options) ?? [],
    pastChanges(afterId) {
      const answer = current()?.pastChanges(afterId) ?? { lastId: 0, changes: null };
      // Another file has another past, and other numbers for its series.
      const changes = isOther ? null : answer.changes;
      isOther = false;
      return { lastId: answer.lastId, changes };
    },
    labelSets: (matchers) => current()?.labelSets(matchers) ?? [],
    close: () => connection?.open.close(),
  };
}

import { openMetricReader } from '../../../main/store/metric-reader.ts';
import { METRIC_LIMITS, openMetricWriter } from '../../../main/store/metric-writer.ts';

/** Opens a store as the application's threads do, whose bundles hold these alone, to write and to read, and answers one question about its newest samples. */
const [path = ''] = process.argv.slice(2);
const beganAt = performance.now();
const writer = openMetricWriter(path, METRIC_LIMITS, { now: Date.now });
const { newestAt, notice, samples } = writer.stats();
const openedAt = performance.now();
const reader = openMetricReader(path);
const until = newestAt ?? 0;
const found = reader.select(
  [{ name: '__name__', op: '=', value: 'made_events_total_0' }],
  until - 300_000,
  until,
);
console.log(
  JSON.stringify({
    series: found.length,
    notice,
    samples,
    openMs: openedAt - beganAt,
    answerMs: performance.now() - openedAt,
    cpuMs: (process.cpuUsage().user + process.cpuUsage().system) / 1_000,
  }),
);
reader.close();
writer.close();

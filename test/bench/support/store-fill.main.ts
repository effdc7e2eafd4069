import { METRIC_LIMITS, openMetricWriter } from '../../../main/store/index.ts';
import { makeSamples, STEP_MS } from './made-samples.ts';

/**
 * Fills a store with thirty days in steps of five minutes and with a head of two hours at 15 s, compacting as the
 * application does, says so, and goes on appending until it is killed.
 */
const DAY_MS = 86_400_000;
const HISTORY_STEP_MS = 300_000;
const HEAD_STEPS = (2 * 3_600_000) / STEP_MS;
const [path = '', seriesText = '', seed = '', headFrom = ''] = process.argv.slice(2);
const seriesCount = Number(seriesText);
const headFromAt = Number(headFrom);
const writer = openMetricWriter(path, METRIC_LIMITS, { now: Date.now });
writer.nameSeries([[{ name: '__name__', op: '=', value: 'made_events_total_0' }]]);

const { times, series } = makeSamples(Number(seed), seriesCount, headFromAt, HEAD_STEPS);
const { refs } = writer.register(series.map((one) => ({ __name__: one.name, ...one.labels })));
const pastTimes = Float64Array.from(
  { length: (30 * DAY_MS) / HISTORY_STEP_MS },
  (_, i) => headFromAt - 30 * DAY_MS + i * HISTORY_STEP_MS,
);
// A store of thirty days holds more series than most of them lived: the month is that of the first two thousand.
const past = series.slice(0, 2_000);
for (let from = 0; from < past.length; from += 50) {
  writer.backfill(
    past.slice(from, from + 50).map((one) => ({
      labels: { __name__: one.name, ...one.labels },
      times: pastTimes,
      values: pastTimes.map((_at, i) => one.values[i % HEAD_STEPS] ?? 0),
      synthetic: true,
    })),
  );
}
const compact = () => {
  while (writer.compact(Date.now()).more);
};
compact();
for (const [step, at] of times.entries()) {
  writer.append({ at, refs, values: Float64Array.from(series, (one) => one.values[step] ?? 0) });
  if (step % 4 === 0) compact();
}
console.log(JSON.stringify(writer.stats()));

function goOn(at: number): void {
  writer.append({ at, refs, values: new Float64Array(refs.length).fill(1) });
  setTimeout(() => goOn(at + 1), 5);
}
goOn((times.at(-1) ?? 0) + 1_000);

import { METRIC_LIMITS, openMetricWriter } from '../../../main/store/index.ts';
import { madeCounters } from './objective-series.ts';

/** Writes so many minutes of the made counters, a sample a second, says so, and goes on each second until it is killed. */
const [path = '', minutes = ''] = process.argv.slice(2);
const writer = openMetricWriter(path, METRIC_LIMITS, { now: Date.now });
const counters = madeCounters();
writer.nameSeries([]);
const beganAt = Math.floor(Date.now() / 1_000) * 1_000 - Number(minutes) * 60_000;
const counted = (perS: number, at: number) => Math.floor((perS * (at - beganAt)) / 1_000) + 1;
const times = Float64Array.from({ length: Number(minutes) * 60 }, (_, second) => beganAt + second * 1_000);
for (let from = 0; from < counters.length; from += 50)
  writer.backfill(
    counters.slice(from, from + 50).map(({ labels, perS }) => ({
      labels,
      times,
      values: times.map((at) => counted(perS, at)),
      synthetic: false,
    })),
  );
const { refs } = writer.register(counters.map((one) => one.labels));
const append = () => {
  const at = Date.now();
  writer.append({ at, refs, values: Float64Array.from(counters, ({ perS }) => counted(perS, at)) });
};
append();
console.log(`filled ${counters.length}`);
setInterval(append, 1_000);

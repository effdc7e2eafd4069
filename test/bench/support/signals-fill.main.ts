import { METRIC_LIMITS, openMetricWriter } from '../../../main/store/index.ts';
import { makeSamples } from './made-samples.ts';

/** Fills a store with made series under one name, compacts it as the application does, and ends. */
const [path = '', seriesText = '', stepsText = '', fromText = '', seed = ''] = process.argv.slice(2);
const steps = Number(stepsText);
const writer = openMetricWriter(path, METRIC_LIMITS, { now: Date.now });
// The kinds of values repeat: a hundred of them are as hard to pack and to draw as all.
const { times, series } = makeSamples(Number(seed), 100, Number(fromText), steps);
const labelsOf = (i: number) => ({ __name__: 'many', ...series[i % series.length]?.labels, id: String(i) });
for (let from = 0; from < Number(seriesText); from += 200) {
  writer.backfill(
    Array.from({ length: Math.min(200, Number(seriesText) - from) }, (_, i) => ({
      labels: labelsOf(from + i),
      times,
      values: series[(from + i) % series.length]?.values ?? new Float64Array(steps),
      synthetic: false,
    })),
  );
  while (writer.compact(Date.now()).more);
}
writer.close();
console.log('filled');

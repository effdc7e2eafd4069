import { METRIC_LIMITS, openMetricWriter } from '../../main/store/index.ts';

/**
 * Goes on where the file ends: appends one batch a minute of its own time, packs, rolls up and squeezes, and prints the
 * number of each batch that was answered, until it is killed.
 */
const START = 1_700_006_400_000;
const SERIES = 20;
const path = process.argv[2] ?? '';
const limits = { ...METRIC_LIMITS, packAfterSamples: 60, packSamplesMax: 400, chunkSamplesMax: 32 };
const writer = openMetricWriter(path, limits, { now: () => START });
writer.nameSeries([[{ name: '__name__', op: '=', value: 'm' }]]);
const { refs } = writer.register(
  Array.from({ length: SERIES }, (_, i) => ({ __name__: i % 2 === 0 ? 'm' : 'other', i: String(i) })),
);

function step(batch: number): void {
  const at = START + batch * 60_000;
  writer.append({ at, refs, values: new Float64Array(SERIES).fill(batch) });
  process.stdout.write(`${batch}\n`, () => {
    if (batch % 3 === 0) writer.compact(at);
    step(batch + 1);
  });
}

const { newestAt } = writer.stats();
step(newestAt === null ? 0 : (newestAt - START) / 60_000 + 1);

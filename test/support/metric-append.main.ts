import { METRIC_LIMITS, openMetricWriter } from '../../main/store/index.ts';

/** Appends and packs as fast as it can and prints how many batches were answered, until it is killed. */
const path = process.argv[2] ?? '';
const limits = { ...METRIC_LIMITS, packAfterSamples: 100, packSamplesMax: 300, chunkSamplesMax: 32 };
const writer = openMetricWriter(path, limits, { now: () => 1_700_000_000_000 });
const { refs } = writer.register(Array.from({ length: 20 }, (_, i) => ({ __name__: 'm', i: String(i) })));

function step(batch: number): void {
  writer.append({ at: 1_700_000_000_000 + batch * 1000, refs, values: new Float64Array(20).fill(batch) });
  if (batch % 3 === 0) writer.compact(1_700_000_000_000);
  process.stdout.write(`${batch + 1}\n`, () => step(batch + 1));
}

step(0);

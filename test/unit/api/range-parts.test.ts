import { describe, expect, it } from 'vitest';
import { createRangeParts } from '../../../main/api/range-parts.ts';
import { wholeFile } from '../../../renderer/state/signal-file.ts';
import { decodeSeries } from '../../../shared/contract/series-file.ts';
import { ok } from '../../../shared/error/result.ts';
import { apiBench } from '../../support/api-bench.ts';

/** The size of a part, and of what its tests are made of. */
const PART = 256 * 1024;

function bytesOf(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, i) => i % 251);
}

describe('a large answer', () => {
  it('comes in parts that give the whole, each of its points', async () => {
    const times = Float64Array.from({ length: 100_000 }, (_, i) => i);
    const series = Array.from({ length: 6 }, (_, id) => ({
      labels: { id: String(id) },
      // Of two series the times lie at no one distance, and are written.
      times: id < 2 ? times.map((at) => at + (at > 50 ? 1 : 0)) : times,
      values: times,
    }));
    const { call } = apiBench({ 'query.target': { range: async () => ok(series) }, 'series.unwatched': [] });
    const range = { source: 's', expression: 'm', fromAt: 0, toAt: 99_999, stepMs: 1 };
    const answer = await call.query.range(range);
    expect(answer.more?.parts).toBeGreaterThan(20);
    expect(answer.series.size).toBeLessThanOrEqual(PART);
    const file = await wholeFile(call as never, answer, new AbortController().signal);
    const whole = decodeSeries(file).series;
    expect(whole.map(({ labels }) => labels.id)).toEqual(['0', '1', '2', '3', '4', '5']);
    expect(whole[5]?.values[99_999]).toBe(99_999);
    await expect(call.query.part({ answer: answer.more?.answer ?? '', part: 1 })).rejects.toThrow(
      /not kept any more/,
    );
  });

  it('is one message where it is small', async () => {
    const { first, more } = createRangeParts({ monotonic: () => 0 }).hold(bytesOf(1_000));
    expect({ size: first.size, more }).toEqual({ size: 1_000, more: null });
  });

  it('is kept until each part was asked for, in any order, for a minute, and while there is room', async () => {
    let now = 0;
    const parts = createRangeParts({ monotonic: () => now });
    const one = parts.hold(bytesOf(2.5 * PART)).more?.answer ?? '';
    const other = parts.hold(bytesOf(2.5 * PART)).more?.answer ?? '';
    expect(parts.part(one, 2)?.size).toBe(PART / 2);
    expect(parts.part(one, 3)).toBeUndefined();
    expect(new Uint8Array((await parts.part(one, 1)?.arrayBuffer()) ?? new ArrayBuffer(0))[0]).toBe(
      PART % 251,
    );
    expect(parts.part(one, 2)).toBeUndefined();
    now = 60_001;
    expect(parts.part(other, 1)).toBeUndefined();
    expect(parts.part('answer-99', 1)).toBeUndefined();
  });
});

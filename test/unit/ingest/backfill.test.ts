import { describe, expect, it } from 'vitest';
import { createBackfill } from '../../../main/ingest/index.ts';
import { silentLogger, VirtualClock } from '../../../main/platform/index.ts';
import type { Unwatched } from '../../../shared/model/watch.ts';

const gap: Unwatched = { fromAt: 0, toAt: 1_200_000, causes: ['asleep'], filledAt: null };

function bench(answers: (boolean | Error)[]) {
  const clock = new VirtualClock(gap.toAt);
  const asked: number[] = [];
  const filled: unknown[] = [];
  const backfill = createBackfill({
    clock,
    logger: silentLogger(),
    random: () => 0.5,
    ledger: { filled: (_source, _gap, at, found) => void filled.push([at, found]) },
    async lookBack() {
      asked.push(clock.now() - gap.toAt);
      const answer = answers.shift() ?? false;
      if (answer instanceof Error) throw answer;
      return { complete: answer, found: answer ? ['It burned.'] : [] };
    },
    onFilled: (_source, one) => void filled.push(one.found),
  });
  return { clock, asked, filled, backfill };
}

describe('a gap that has ended', () => {
  it('is asked for a while after the catch-up poll, once, and kept with what was found', async () => {
    const { clock, asked, filled, backfill } = bench([true]);
    backfill.ended('prom', gap);
    await clock.advance(4_999);
    expect(asked).toEqual([]);
    await clock.advance(3_600_000);
    expect(asked).toEqual([5_000]);
    expect(filled).toEqual([[gap.toAt + 5_000, ['It burned.']], ['It burned.']]);
  });

  it('is asked for again, further and further apart, and left as it is in the end', async () => {
    const { clock, asked, filled, backfill } = bench([false, new Error('broken'), false, false, true]);
    backfill.ended('prom', gap);
    await clock.advance(3_600_000);
    expect(asked).toEqual([5_000, 35_000, 155_000, 755_000]);
    expect(filled).toEqual([]);
  });

  it('of less than a minute is not asked for: each poll’s windows hold it', async () => {
    const { clock, asked, backfill } = bench([true]);
    backfill.ended('prom', { ...gap, fromAt: gap.toAt - 59_000 });
    await clock.advance(60_000);
    expect(asked).toEqual([]);
  });

  it('is forgotten at the end, and of too many the oldest are', async () => {
    const { clock, asked, backfill } = bench(Array.from({ length: 60 }, () => true));
    for (let i = 0; i < 60; i += 1) backfill.ended('prom', gap);
    await clock.advance(60_000);
    expect(asked).toHaveLength(50);
    backfill.ended('prom', gap);
    backfill.stop();
    await clock.advance(60_000);
    expect(asked).toHaveLength(50);
  });
});

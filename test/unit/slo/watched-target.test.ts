import { describe, expect, it } from 'vitest';
import { createPastLooks } from '../../../main/api/past-looks.ts';
import { createInlineTarget } from '../../../main/query/index.ts';
import { historyOf, partOfWatch, planObjective, whatIf } from '../../../main/slo/index.ts';
import { DAY_MS, MINUTE_MS } from '../../../shared/unit/time.ts';
import { createMemorySamples } from '../../support/memory-metrics.ts';
import { gatewayObjective, shippedPolicy } from '../../support/objective.ts';

const T0 = Date.UTC(2026, 0, 5);
const objective = gatewayObjective();
const range = { fromAt: T0, toAt: T0 + DAY_MS };

function target() {
  const { writer, reader } = createMemorySamples();
  const times = Float64Array.from({ length: 1_440 }, (_one, i) => T0 + i * MINUTE_MS);
  for (const __name__ of ['failed', 'requests'])
    writer.backfill([{ labels: { __name__ }, times, values: times.map((_at, i) => i), synthetic: false }]);
  return createInlineTarget('local', reader);
}

describe('a look at the past', () => {
  it('says how far it is, up to its end and never back', async () => {
    const seen: [number, number][] = [];
    const onProgress = (done: number, all: number) => void seen.push([done, all]);
    await whatIf(objective, { target: 0.99 }, [shippedPolicy('midwatch')], target(), range, { onProgress });
    const shares = seen.map(([done, all]) => done / all);
    expect(shares[0]).toBe(0);
    expect(shares.at(-1)).toBe(1);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.length).toBeGreaterThan(8);
  });

  it('asks nothing more once nobody waits', async () => {
    const cancel = new AbortController();
    const plan = planObjective(objective, shippedPolicy('midwatch'));
    const look = historyOf(objective, plan, target(), range, {
      signal: cancel.signal,
      onProgress: (done) => {
        if (done === 2) cancel.abort();
      },
    });
    await expect(look).rejects.toThrow(/could not be asked for: It was cancelled|cancel/i);
  });

  it('is one part of several', () => {
    const seen: [number, number][] = [];
    const watch = { onProgress: (done: number, all: number) => void seen.push([done, all]) };
    partOfWatch(watch, 1, 3).onProgress?.(2, 4);
    expect(seen).toEqual([[6, 12]]);
    expect(partOfWatch({}, 0, 2).onProgress).toBeUndefined();
  });
});

describe('looks under way', () => {
  it('are known by their names until they end, also where they fail', async () => {
    const looks = createPastLooks();
    let go: () => void = () => undefined;
    const look = looks.during('a', undefined, async ({ onProgress }) => {
      onProgress?.(3, 8);
      await new Promise<void>((resolve) => {
        go = resolve;
      });
      throw new Error('no answer');
    });
    expect(looks.progress('a')).toEqual({ done: 3, all: 8 });
    expect(looks.progress('b')).toBeNull();
    go();
    await expect(look).rejects.toThrow('no answer');
    expect(looks.progress('a')).toBeNull();
    await expect(looks.during(undefined, undefined, async () => 5)).resolves.toBe(5);
  });
});

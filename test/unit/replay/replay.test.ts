import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createInlineTarget } from '../../../main/query/index.ts';
import { addIncreases, counterSamples } from '../../../main/replay/increase-column.ts';
import {
  compareReplays,
  gradePages,
  readIncidents,
  readSampleFile,
  replayObjectives,
} from '../../../main/replay/index.ts';
import { historyOf, planObjective } from '../../../main/slo/index.ts';
import { DAY_MS, MINUTE_MS } from '../../../shared/unit/time.ts';
import { createMemorySamples } from '../../support/memory-metrics.ts';
import { gatewayObjective, shippedPolicy } from '../../support/objective.ts';

const T0 = Date.UTC(2026, 0, 5);
const policies = ['midwatch', 'sre-workbook', 'fixed'].map(shippedPolicy);

/** Two days each minute, in which 30 % fail for 40 minutes. */
function samples() {
  const { writer, reader } = createMemorySamples();
  const minutes = 2 * 24 * 60;
  const block = (name: string, ofMinute: (minute: number) => number) => {
    let value = 0;
    const times = Float64Array.from({ length: minutes }, (_one, i) => T0 + (i + 1) * MINUTE_MS);
    const values = Float64Array.from(times, (_one, i) => {
      value += ofMinute(i);
      return value;
    });
    return { labels: { __name__: name }, times, values, synthetic: false };
  };
  writer.backfill([
    block('failed', (minute) => (minute >= 1_800 && minute < 1_840 ? 300 : 0)),
    block('requests', () => 1_000),
  ]);
  return reader;
}

describe('increases over a grid of steps', () => {
  it('are those of the engine, with resets, gaps and any window', async () => {
    const series = fc.array(
      fc.record({ gap: fc.integer({ min: 1, max: 200 }), value: fc.integer({ min: 0, max: 50 }) }),
      { minLength: 1, maxLength: 60 },
    );
    await fc.assert(
      fc.asyncProperty(series, fc.constantFrom(1, 5, 30), async (points, minutes) => {
        const { writer, reader } = createMemorySamples();
        let at = T0;
        const times = points.map(({ gap }) => {
          at += gap * 1_000;
          return at;
        });
        const block = {
          labels: { __name__: 'c' },
          times: Float64Array.from(times),
          values: Float64Array.from(points, (one) => one.value),
          synthetic: false,
        };
        writer.backfill([block]);
        const grid = { fromAt: T0, stepMs: MINUTE_MS, steps: Math.ceil((at - T0) / MINUTE_MS) + 2 };
        const [sum, present] = [new Float64Array(grid.steps), new Uint8Array(grid.steps)];
        const [stored] = reader.select([{ name: '__name__', op: '=', value: 'c' }], 0, at);
        if (!stored) throw new Error('no series');
        addIncreases(counterSamples(stored), minutes * MINUTE_MS, grid, sum, present);
        const asked = await createInlineTarget('local', reader).range(`increase(c[${minutes}m])`, {
          ...{ fromAt: T0, toAt: T0 + (grid.steps - 1) * MINUTE_MS, stepMs: MINUTE_MS },
        });
        if (!asked.ok) throw new Error(asked.error.message);
        const expected = new Map(
          Array.from(asked.value[0]?.times ?? [], (time, i) => [time, asked.value[0]?.values[i] ?? 0]),
        );
        expect([...present].reduce((a, b) => a + b, 0)).toBe(expected.size);
        for (const [time, value] of expected) expect(sum[(time - T0) / MINUTE_MS]).toBeCloseTo(value, 9);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a replay', () => {
  const range = { fromAt: T0 + DAY_MS, toAt: T0 + 2 * DAY_MS, stepMs: MINUTE_MS };
  const objective = gatewayObjective({ target: 0.99 });
  const run = (change: Parameters<typeof gatewayObjective>[0] = {}) => {
    const reader = samples();
    const target = createInlineTarget('local', reader);
    return replayObjectives({
      objectives: [{ ...objective, ...change }],
      policies,
      reader,
      target,
      ...range,
    });
  };

  it('finds the alerts that asking the source step by step finds', async () => {
    const replay = await run();
    const plan = planObjective(objective, policies[0] as never);
    const asked = await historyOf(objective, plan, createInlineTarget('local', samples()), range);
    expect(replay.objectives[0]?.episodes).toEqual(asked.episodes);
    expect(replay.objectives[0]?.episodes).toHaveLength(1);
    expect(replay.evaluations).toBe(1_441);
  });

  it('asks step by step where the objective counts by an expression', async () => {
    const indicator = { bad: 'sum(increase(failed[$window]))', total: 'sum(increase(requests[$window]))' };
    const replay = await run({ indicator });
    expect(replay.objectives[0]?.episodes).toHaveLength(1);
  });

  it('says what another configuration would have changed', async () => {
    const [before, after] = [await run(), await run({ target: 0.5 })];
    expect(compareReplays(before, after)).toMatchObject([
      { came: [], gone: [{ row: 'page' }], kept: 0, onlyIn: null },
    ]);
    const gone = compareReplays(before, { ...after, objectives: [] });
    expect(gone[0]?.onlyIn).toBe('before');
  });

  it('is judged by labelled incidents', async () => {
    const replay = await run();
    const [from, to] = ['2026-01-06T06:00:00Z', '2026-01-06T06:40:00Z'];
    const incidents = readIncidents(`- { from: "${from}", to: "${to}" }\n- { from: 0, to: 1 }\n`, 'i.yaml');
    expect(gradePages(replay, incidents)).toEqual({ pages: 1, incidents: 2, precision: 1, recall: 0.5 });
    expect(gradePages({ ...replay, objectives: [] }, incidents)).toMatchObject({
      precision: null,
      recall: 0,
    });
    expect(() => readIncidents('- { from: yesterday }', 'i.yaml')).toThrow(/i\.yaml is no list of incidents/);
  });

  it('of nothing knows nothing', async () => {
    const reader = createMemorySamples().reader;
    const target = createInlineTarget('local', reader);
    const replay = await replayObjectives({ objectives: [objective], policies, reader, target, ...range });
    expect(replay.objectives[0]).toMatchObject({ episodes: [], bad: null, seenFraction: 0 });
    expect(replay.objectives[0]?.notes[0]).toContain('nothing is known');
  });
});

describe('a file of samples', () => {
  it('is read with its times, in any order, and refused where one has none', () => {
    const [block] = readSampleFile('a{x="1"} 2 2000\na{x="1"} 1 1000\n', 'a.prom');
    expect(block?.labels).toEqual({ __name__: 'a', x: '1' });
    expect([...(block?.times ?? [])]).toEqual([1_000, 2_000]);
    expect(() => readSampleFile('a 1\n', 'a.prom')).toThrow(/a\.prom cannot be replayed.*no time/);
  });
});

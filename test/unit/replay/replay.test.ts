import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createInlineTarget } from '../../../main/query/index.ts';
import { addIncreases, counterSamples } from '../../../main/replay/increase-column.ts';
import {
  compareReplays,
  gradePages,
  ownIncidents,
  readIncidents,
  readSampleFile,
} from '../../../main/replay/index.ts';
import { historyOf, planObjective } from '../../../main/slo/index.ts';
import { MaintenanceConfig } from '../../../shared/config/maintenance.ts';
import { RoutingConfig } from '../../../shared/config/routing.ts';
import type { Silence } from '../../../shared/model/silence.ts';
import { DAY_MS, MINUTE_MS } from '../../../shared/unit/time.ts';
import { incidentDraft } from '../../support/incident.ts';
import { createMemorySamples } from '../../support/memory-metrics.ts';
import { gatewayObjective, shippedPolicy } from '../../support/objective.ts';
import { NO_CHAINS, type ReplayTrial, replayTrial } from '../../support/replaying.ts';

const T0 = Date.UTC(2026, 0, 5);

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
        addIncreases(
          counterSamples(stored),
          minutes * MINUTE_MS,
          grid,
          sum,
          present,
          new Float64Array(grid.steps),
        );
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

describe('how much of a window was seen', () => {
  it('grows from the first sample, and is all of it where samples lie before its beginning', () => {
    const times = Float64Array.from({ length: 30 }, (_one, i) => T0 + i * MINUTE_MS);
    const samples = counterSamples({ times, values: times.map((_at, i) => i), stale: new Uint32Array(0) });
    const grid = { fromAt: T0 + MINUTE_MS, stepMs: MINUTE_MS, steps: 20 };
    const seen = new Float64Array(grid.steps);
    addIncreases(samples, 10 * MINUTE_MS, grid, new Float64Array(20), new Uint8Array(20), seen);
    expect([seen[0], seen[4], seen[9], seen[19]]).toEqual([0.1, 0.5, 1, 1]);
  });
});

describe('a replay of objectives', () => {
  const range = { fromAt: T0 + DAY_MS, toAt: T0 + 2 * DAY_MS };
  const objective = gatewayObjective({ target: 0.99 });
  const run = (change: Parameters<typeof gatewayObjective>[0] = {}, asked = false) =>
    replayTrial({ reader: samples(), objectives: [{ ...objective, ...change }], asked, ...range });

  it('finds the alerts that asking the source step by step finds, and pages once', async () => {
    const replay = await run();
    const plan = planObjective(objective, shippedPolicy('midwatch'));
    const asked = await historyOf(objective, plan, createInlineTarget('local', samples()), range);
    expect(replay.alerts.map(({ firedAt, resolvedAt }) => ({ firedAt, resolvedAt }))).toEqual(
      asked.episodes.map(({ firedAt, resolvedAt }) => ({ firedAt, resolvedAt })),
    );
    expect(replay.alerts).toMatchObject([{ priority: 'P0', paged: true, heldBy: null, kind: 'burn' }]);
    expect(replay.notices.map((one) => one.kind)).toEqual(['page', 'over']);
    expect(replay.pagesPerDay).toBe(1);
    expect(replay.evaluations).toBe(1_441);
    expect(replay.notes).toEqual([]);
  });

  it('finds the same where a source counts, the long windows at each hundredth of them', async () => {
    const [here, there] = [await run(), await run({}, true)];
    expect(there.alerts).toHaveLength(1);
    const apartMs = Math.abs((there.alerts[0]?.firedAt ?? 0) - (here.alerts[0]?.firedAt ?? 0));
    expect(apartMs).toBeLessThanOrEqual(4 * MINUTE_MS);
  });

  it('asks where the objective counts by an expression', async () => {
    const indicator = { bad: 'sum(increase(failed[$window]))', total: 'sum(increase(requests[$window]))' };
    expect((await run({ indicator })).alerts).toHaveLength(1);
  });

  it('says what another configuration would have changed', async () => {
    const [before, stricter, none] = [await run(), await run({ target: 0.999 }), await run({ target: 0.5 })];
    const { onlyBefore, onlyAfter, moved, pagesPerDay } = compareReplays(before, none);
    expect([onlyBefore.length, onlyAfter.length, moved.length, ...pagesPerDay]).toEqual([1, 0, 0, 1, 0]);
    expect(compareReplays(none, before).onlyAfter).toHaveLength(1);
    expect(compareReplays(before, before)).toMatchObject({
      same: 1,
      onlyBefore: [],
      onlyAfter: [],
      moved: [],
    });
    const [move] = compareReplays(before, stricter).moved;
    expect(move?.how.join()).toMatch(/^fires .* earlier,ends .* later$/);
  });

  it('is judged by labelled incidents, and by Midwatch’s own', async () => {
    const replay = await run();
    const [from, to] = ['2026-01-06T06:00:00Z', '2026-01-06T06:40:00Z'];
    const text = `- { from: "${from}", to: "${to}", severity: SEV-1 }
- { from: 2026-01-06T12:00:00Z, to: 2026-01-06T13:00:00Z, severity: SEV-2 }
- { from: 0, to: 1 }
`;
    expect(gradePages(replay, readIncidents(text, 'i.yaml'), 'i.yaml')).toEqual({
      by: 'i.yaml',
      pages: 1,
      incidents: 2,
      precision: 1,
      recall: 0.5,
      severities: [
        { severity: 'SEV-1', incidents: 1, told: 1 },
        { severity: 'SEV-2', incidents: 1, told: 0 },
      ],
    });
    const other = [{ from: Date.parse(from), to: Date.parse(to), services: ['billing'] }];
    expect(gradePages(replay, other, 'x')).toMatchObject({ precision: 0, recall: 0 });
    const own = { ...incidentDraft(), name: 'INC-0001', timelineSeq: 0, evidenceCount: 0 };
    const held = { ...own, service: 'gateway', startedAt: Date.parse(from), resolvedAt: Date.parse(to) };
    const labels = ownIncidents([held, { ...held, phase: 'cancelled' }], range.fromAt, range.toAt);
    expect(gradePages(replay, labels, 'own')).toMatchObject({ incidents: 1, precision: 1, recall: 1 });
    expect(gradePages({ ...replay, notices: [] }, labels, 'own')).toMatchObject({
      precision: null,
      recall: 0,
    });
    expect(() => readIncidents('- { from: yesterday }', 'i.yaml')).toThrow(/i\.yaml is no list of incidents/);
    expect(() => readIncidents('- { from: 2, to: 1 }', 'i.yaml')).toThrow(/not before its "from"/);
  });

  it('of nothing knows nothing, and of a part says so', async () => {
    const reader = createMemorySamples().reader;
    const nothing = await replayTrial({ reader, objectives: [objective], ...range });
    expect(nothing.alerts).toEqual([]);
    expect(nothing.notes.join(' ')).toMatch(/nothing of it is there for 1 d.*no data, so nothing is known/);
    const late = await replayTrial({
      reader: samples(),
      objectives: [objective],
      fromAt: T0 - DAY_MS,
      toAt: T0 + DAY_MS,
    });
    expect(late.notes.join(' ')).toMatch(/data for 4\d % of the time/);
    expect(late.alerts).toEqual([]);
  });

  it('ends where it is cancelled, and says what it did until then', async () => {
    const cancel = new AbortController();
    const seen: number[] = [];
    const replay = await replayTrial({
      reader: samples(),
      objectives: [objective],
      ...range,
      signal: cancel.signal,
      onProgress: ({ at, toRead }) => {
        seen.push(at);
        if (toRead === 0 && at > T0 + 1.3 * DAY_MS) cancel.abort();
      },
    });
    expect(replay.toAt).toBeGreaterThan(T0 + 1.3 * DAY_MS);
    expect(replay.toAt).toBeLessThan(replay.wantedToAt);
    expect(replay.notes[0]).toMatch(/ended before its time, at 2026-01-06 .*cancelled/);
    expect(seen[0]).toBe(range.fromAt);
  });
});

describe('what keeps an alert from people', () => {
  const range = { fromAt: T0 + DAY_MS, toAt: T0 + 2 * DAY_MS };
  const objective = gatewayObjective({ target: 0.99 });
  const run = (change: Partial<ReplayTrial>) =>
    replayTrial({ reader: samples(), objectives: [objective], ...range, ...change });

  it('is planned maintenance of that time', async () => {
    const config = MaintenanceConfig.parse({
      id: 'upgrade',
      services: ['gateway'],
      from: '2026-01-06T05:00',
      to: '2026-01-06T08:00',
    });
    const replay = await run({ maintenance: [{ config, definedAt: 'midwatch.yaml:9' }] });
    expect(replay.alerts).toMatchObject([{ toldAt: null, paged: false }]);
    expect(replay.alerts[0]?.heldBy).toContain('In maintenance');
    expect(replay.pagesPerDay).toBe(0);
  });

  it('is a silence that people had made, as long as it was in force', async () => {
    const silence: Silence = {
      id: 's1',
      matchers: [{ name: 'service', op: '=', value: 'gateway' }],
      comment: 'known',
      author: 'anna',
      createdAt: T0 + DAY_MS,
      startsAt: T0 + DAY_MS,
      endsAt: T0 + DAY_MS + 6.5 * 60 * MINUTE_MS,
      expiredAt: null,
      expiredBy: null,
      renewals: [],
      origin: null,
      sharing: [],
      revision: 1,
    };
    const replay = await run({ silences: [silence] });
    const [alert] = replay.alerts;
    expect(alert?.paged).toBe(true);
    expect(alert?.toldAt).toBeGreaterThanOrEqual(silence.endsAt);
    expect((alert?.firedAt ?? 0) < silence.endsAt).toBe(true);
  });

  it('what was said quietly and then gets worse is a page', async () => {
    const { writer, reader } = createMemorySamples();
    const times = Float64Array.from({ length: 2 * 1_440 }, (_one, i) => T0 + (i + 1) * MINUTE_MS);
    let failed = 0;
    // 4 % fail for ten hours, which is a ticket; then 40 %, which is a page.
    const bad = times.map((_at, i) => {
      failed += i < 1_500 || i > 2_400 ? 0 : i < 2_100 ? 80 : 400;
      return failed;
    });
    const total = times.map((_at, i) => (i + 1) * 1_000);
    writer.backfill([
      { labels: { __name__: 'failed' }, times, values: bad, synthetic: false },
      { labels: { __name__: 'requests' }, times, values: total, synthetic: false },
    ]);
    const routing = RoutingConfig.parse(NO_CHAINS);
    const replay = await run({ reader, routing });
    expect(replay.alerts).toMatchObject([{ priority: 'P0', paged: true }]);
    expect(replay.notices[0]?.kind).toBe('quiet');
    expect(replay.notices.filter((one) => one.kind === 'page')).toHaveLength(1);
    expect(replay.pagesPerDay).toBe(1);
  });

  it('repeats and escalations are no pages', async () => {
    const routing = RoutingConfig.parse({ repeat_interval: '15m' });
    const replay = await run({ routing });
    const kinds = replay.notices.map((one) => one.kind);
    expect(kinds.filter((one) => one === 'page')).toHaveLength(1);
    expect(kinds.filter((one) => one === 'again').length).toBeGreaterThan(1);
    expect(replay.pagesPerDay).toBe(1);
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

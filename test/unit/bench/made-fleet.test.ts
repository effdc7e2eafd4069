import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkWorkspace } from '../../../main/app/index.ts';
import { silentLogger, systemClock } from '../../../main/platform/index.ts';
import { BROKEN_SERVICES, madeFleet, SERVICES, serviceName } from '../../bench/support/made-fleet.ts';
import { writeMadeWorkspace } from '../../bench/support/made-workspace.ts';

function valuesOf(exposition: string): Map<string, number> {
  const lines = exposition.trimEnd().split('\n');
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]));
}

const failures = (values: ReadonlyMap<string, number>, service: number) =>
  values.get(`http_requests_total{service="${serviceName(service)}",route="/route/0",code="500"}`) ??
  Number.NaN;

describe('the made fleet', () => {
  it.each([1_500, 2_000, 10_000])('has as many different series as it was asked for: %i', (series) => {
    const fleet = madeFleet(series, 1);
    expect(fleet.series).toBe(series);
    expect(valuesOf(fleet.exposition(3)).size).toBe(series);
  });

  it('moves every series each second', () => {
    const fleet = madeFleet(2_000, 5);
    const before = valuesOf(fleet.exposition(100));
    const after = valuesOf(fleet.exposition(101));
    expect([...after].filter(([name, value]) => before.get(name) === value)).toEqual([]);
  });

  it('says the same for the same seed and another thing for another', () => {
    expect(madeFleet(2_000, 5).exposition(9)).toBe(madeFleet(2_000, 5).exposition(9));
    expect(madeFleet(2_000, 5).exposition(9)).not.toBe(madeFleet(2_000, 6).exposition(9));
  });

  it('fails in the services that break, only while it is broken', () => {
    const fleet = madeFleet(2_000, 5);
    const failedBetween = (fromS: number, toS: number, service: number) =>
      failures(valuesOf(fleet.exposition(toS)), service) -
      failures(valuesOf(fleet.exposition(fromS)), service);
    fleet.break(100);
    fleet.mend(120);
    expect(failedBetween(90, 100, 0)).toBeLessThan(0.1);
    expect(failedBetween(100, 120, 0)).toBeGreaterThan(100);
    expect(failedBetween(120, 140, 0)).toBeLessThan(0.1);
    for (let service = BROKEN_SERVICES; service < SERVICES; service += 1)
      expect(failedBetween(100, 120, service)).toBeLessThan(0.1);
  });
});

describe('the made workspace', () => {
  it('is one that Midwatch takes without a complaint', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'midwatch-made-'));
    try {
      const made = writeMadeWorkspace(folder, 'http://127.0.0.1:1');
      const { workspace, problems } = await checkWorkspace(folder, systemClock(), silentLogger());
      // Its pages end at the screen, which is warned of: nobody is to be woken by a benchmark.
      expect(problems.filter((one) => !one.message.includes('away from this machine'))).toEqual([]);
      expect(workspace?.objectives.map((one) => one.id)).toContain(made.brokenObjective);
      expect([workspace?.objectives.length, workspace?.detectors.length, workspace?.rules.length]).toEqual([
        made.objectives,
        made.detectors,
        made.rules,
      ]);
      expect([made.objectives, made.detectors, made.rules]).toEqual([20, 5, 10]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

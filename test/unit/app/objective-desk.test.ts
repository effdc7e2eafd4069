import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createObjectiveDesk } from '../../../main/app/objective-desk.ts';
import type { Corrections } from '../../../main/slo/index.ts';
import { DAY_MS, SECOND_MS } from '../../../shared/unit/time.ts';
import { counterTarget } from '../../support/counter-target.ts';
import { gatewayObjective, shippedPolicy } from '../../support/objective.ts';

const T0 = Date.UTC(2026, 0, 5);
const none: Corrections = {
  load: async () => undefined,
  of: () => [],
  add: async (draft, by) => ({ ...draft, id: 'c', by, createdAt: T0, revoked: null }),
  revoke: async () => {
    throw new Error('not asked for here');
  },
};

const folder = mkdtempSync(join(tmpdir(), 'midwatch-desk-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function desk() {
  const target = counterTarget();
  target.grow('requests', 10, T0 - 2 * DAY_MS, T0, 60 * SECOND_MS);
  return createObjectiveDesk({
    clock: { now: () => T0 } as never,
    policies: ['midwatch', 'fixed'].map(shippedPolicy),
    workspaceName: () => 'shop',
    objectives: () => [gatewayObjective()],
    target: (id) => (id === 'counters' ? target : undefined),
    corrections: none,
    exportFolder: folder,
    readFile: async () => ({
      text: JSON.stringify({ ...sloDocument(), metadata: { name: 'gateway-availability' } }),
    }),
  });
}

function sloDocument() {
  const { indicator } = gatewayObjective();
  const metric = (query: string) => ({ metricSource: { type: 'Prometheus', spec: { query } } });
  return {
    apiVersion: 'openslo/v1',
    kind: 'SLO',
    metadata: { name: 'shop', displayName: 'Shop' },
    spec: {
      service: 'shop',
      indicator: {
        spec: {
          ratioMetric: {
            counter: true,
            bad: metric(indicator.bad ?? ''),
            total: metric(indicator.total),
          },
        },
      },
      timeWindow: [{ duration: '28d', isRolling: true }],
      budgetingMethod: 'Occurrences',
      objectives: [{ targetPercent: 99 }],
    },
  };
}

describe('what windows ask of objectives', () => {
  it('is answered for policies and detection times, with what can never fire', () => {
    expect(
      desk()
        .policies()
        .map((one) => one.id),
    ).toEqual(['midwatch', 'fixed']);
    const { rows, warnings } = desk().detectionTimes({
      target: 0.5,
      periodMs: 28 * DAY_MS,
      policy: 'midwatch',
    });
    expect(rows).toHaveLength(3);
    expect(warnings[0]).toContain('page: Can never fire');
    const short = desk().detectionTimes({ target: 0.999, periodMs: SECOND_MS, policy: 'midwatch' });
    expect(short.warnings.at(-1)).toContain('No row is left');
  });

  it('is refused by name where the objective, the source, the policy or the range is wrong', async () => {
    const range = { fromAt: T0 - DAY_MS, toAt: T0 };
    await expect(desk().alertHistory({ objectiveId: 'x', ...range })).rejects.toThrow(/no objective x/);
    await expect(
      desk().alertHistory({ objectiveId: 'gateway-availability', fromAt: T0, toAt: T0 }),
    ).rejects.toThrow(/swap its ends/);
    await expect(
      desk().alertHistory({ objectiveId: 'gateway-availability', fromAt: T0 - 500 * DAY_MS, toAt: T0 }),
    ).rejects.toThrow(/At most/);
    const { target } = gatewayObjective();
    const document = sloDocument();
    await expect(desk().tryOut({ document, source: 'gone', ...range })).rejects.toThrow(
      /no source named gone/,
    );
    const [tried] = await desk().tryOut({ document, source: 'counters', ...range });
    expect(tried).toMatchObject({ title: 'Shop', target: 0.99, history: { episodes: [], bad: 0 } });
    await expect(
      desk().tryOut({ document: { ...document, kind: 'Service' }, source: 'counters', ...range }),
    ).rejects.toThrow(/kind: expected kind: SLO/);
    expect(() => desk().detectionTimes({ target, periodMs: DAY_MS, policy: 'other' })).toThrow(
      /no policy named other/,
    );
  });

  it('is a report of the last 28 d by default, as Markdown and as a page', async () => {
    const report = await desk().report({ format: 'markdown' });
    expect(report.fileName).toBe('compliance-2026-01-05.md');
    expect(report.lines[0]).toMatchObject({ objectiveId: 'gateway-availability', met: true });
    expect((await desk().report({ format: 'html' })).text).toMatch(/^<!doctype html>/);
    const saved = await desk().saveReport({ format: 'html' });
    expect(saved.path).toBe(join(folder, 'compliance-2026-01-05.html'));
    expect(readFileSync(saved.path, 'utf8')).toContain('shop');
    const made = await desk().addCorrection(
      { objectiveId: 'gateway-availability', fromAt: T0 - DAY_MS, toAt: T0, reason: 'move' },
      'ana',
    );
    expect(made).toMatchObject({ by: 'ana', revoked: null });
    expect(desk().corrections({ objectiveId: 'gateway-availability' })).toEqual([]);
  });
});

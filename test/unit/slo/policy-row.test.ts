import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { derivePolicyRows, detectionMs, readPolicy } from '../../../main/slo/index.ts';
import { PolicyConfig } from '../../../shared/config/policy.ts';
import { DAY_MS, HOUR_MS, SECOND_MS } from '../../../shared/unit/time.ts';
import { shippedPolicy } from '../../support/objective.ts';

const thresholds = (id: string, days: number, target = 0.999) =>
  derivePolicyRows(shippedPolicy(id), target, days * DAY_MS).map((row) => row.threshold);

describe('the shipped policies', () => {
  it('are all valid and named after their files', () => {
    const files = readdirSync(new URL('../../../assets/policy/', import.meta.url));
    expect(files.sort()).toEqual(['fixed.yaml', 'midwatch.yaml', 'sre-workbook.yaml']);
    for (const file of files)
      expect(shippedPolicy(file.replace('.yaml', '')).id).toBe(file.replace('.yaml', ''));
  });

  it('derive the known thresholds at 30 days, exactly', () => {
    expect(thresholds('midwatch', 30)).toEqual([14.4, 6, 1]);
    expect(thresholds('sre-workbook', 30)).toEqual([14.4, 6, 3, 1]);
    expect(thresholds('fixed', 30)).toEqual([14.4, 6, 2.4]);
  });

  it('derive the known thresholds at 28 days; only midwatch raises the last to 1', () => {
    expect(thresholds('midwatch', 28)).toEqual([13.44, 5.6, 1]);
    const workbook = thresholds('sre-workbook', 28);
    expect(workbook.slice(0, 3)).toEqual([13.44, 5.6, 2.8]);
    expect(workbook[3]).toBeCloseTo(0.9333, 4);
    const rows = derivePolicyRows(shippedPolicy('midwatch'), 0.999, 28 * DAY_MS);
    expect(rows.map((row) => row.raisedToOne)).toEqual([false, false, true]);
  });

  it('do not call a threshold of exactly 1 raised', () => {
    const rows = derivePolicyRows(shippedPolicy('midwatch'), 0.999, 30 * DAY_MS);
    expect(rows.map((row) => row.raisedToOne)).toEqual([false, false, false]);
  });

  it('show what a literal threshold may cost: 2.4 over 3 d is 24 % of 30 d', () => {
    const rows = derivePolicyRows(shippedPolicy('fixed'), 0.999, 30 * DAY_MS);
    expect(rows.map((row) => row.budgetFraction)).toEqual([0.02, 0.05, 0.24]);
  });
});

describe('a row', () => {
  it('is left out where its long window is more than an eighth of the period', () => {
    const rows = derivePolicyRows(shippedPolicy('midwatch'), 0.999, 7 * DAY_MS);
    expect(rows.map((row) => row.leftOut !== null)).toEqual([false, false, true]);
    expect(rows[2]?.leftOut).toContain('an eighth');
  });

  it('is left out where the burn can never reach it: 14.4 under 93.06 %, 6 under 83.33 %', () => {
    const out = (target: number) =>
      derivePolicyRows(shippedPolicy('midwatch'), target, 30 * DAY_MS).map((row) => row.leftOut !== null);
    expect(out(0.9306)).toEqual([false, false, false]);
    expect(out(0.9305)).toEqual([true, false, false]);
    expect(out(0.8334)).toEqual([true, false, false]);
    expect(out(0.8333)).toEqual([true, true, false]);
    const [page] = derivePolicyRows(shippedPolicy('midwatch'), 0.9, 28 * DAY_MS);
    expect(page?.leftOut).toContain('10×');
    expect(page?.leftOut).toContain('13.44×');
    expect(page?.detectionMs).toEqual({ all: null, tenth: null, hundredth: null });
  });

  it('says how long it takes to detect 100, 10 and 1 % errors', () => {
    const [page] = derivePolicyRows(shippedPolicy('midwatch'), 0.9999, 28 * DAY_MS);
    expect(page?.detectionMs.all).toBeCloseTo(4.8384 * SECOND_MS, 3);
    expect(page?.detectionMs.tenth).toBeCloseTo(48.384 * SECOND_MS, 2);
    expect(page?.detectionMs.hundredth).toBeCloseTo(483.84 * SECOND_MS, 1);
    const [slow] = derivePolicyRows(shippedPolicy('midwatch'), 0.999, 30 * DAY_MS);
    expect(slow?.detectionMs.hundredth).toBeNull();
  });

  it('detects when the long window has just filled to its threshold', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 50, noNaN: true }),
        fc.double({ min: 0.9, max: 0.99999, noNaN: true }),
        fc.double({ min: 0.001, max: 1, noNaN: true }),
        (threshold, target, error) => {
          const takes = detectionMs(threshold, HOUR_MS, target, error);
          if (takes === null) expect(error / (1 - target)).toBeLessThanOrEqual(threshold * (1 + 1e-9));
          else expect(((takes / HOUR_MS) * error) / (1 - target)).toBeCloseTo(threshold, 6);
        },
      ),
    );
  });
});

describe('a policy file', () => {
  const row = { name: 'page', priority: 'P0', long: '1h', short: '5m', budget_fraction: 0.02 };
  const policy = { id: 'mine', title: 'Mine', source: 'here', raise_to_one: true, rows: [row] };
  const refused = (change: object) => {
    const answer = PolicyConfig.safeParse({ ...policy, ...change });
    return answer.success ? null : JSON.stringify(answer.error.issues);
  };

  it('has minimums by default', () => {
    expect(PolicyConfig.parse(policy)).toMatchObject({ minimum_failures: 3, minimum_events: 10 });
  });

  it('is refused with both or neither of fraction and threshold', () => {
    expect(refused({ rows: [{ ...row, threshold: 3 }] })).toContain('exactly one');
    expect(refused({ rows: [{ ...row, budget_fraction: undefined }] })).toContain('exactly one');
  });

  it('is refused with windows the wrong way round, an unknown key, a name twice, or a page under a ticket', () => {
    expect(refused({ rows: [{ ...row, long: '5m', short: '1h' }] })).toContain('shorter');
    expect(refused({ rows: [{ ...row, long: 'soon' }] })).toContain('duration');
    expect(refused({ threshhold: 3 })).toContain('threshhold');
    expect(refused({ rows: [row, row] })).toContain('same name');
    expect(refused({ rows: [{ ...row, name: 'a', priority: 'P2' }, row] })).toContain('in order');
  });

  it('is read from text, and a refusal names the file', () => {
    const good = readPolicy(JSON.stringify(policy), 'policies/mine.yaml');
    expect(good.ok && good.value.id).toBe('mine');
    for (const text of ['id: [', 'id: mine', `# ${'x'.repeat(70_000)}`]) {
      const bad = readPolicy(text, 'policies/mine.yaml');
      expect(bad.ok ? '' : bad.error).toContain('policies/mine.yaml');
    }
  });
});

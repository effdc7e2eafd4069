import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createRuleEvaluator, readAlertRules, splitThreshold } from '../../../main/alert/index.ts';
import { AlertRuleFile } from '../../../shared/config/alert-rule.ts';
import { err, ok } from '../../../shared/error/result.ts';
import type { InstantSample, QueryError, QueryTarget } from '../../../shared/model/metric.ts';
import { MINUTE_MS } from '../../../shared/unit/time.ts';
import { WORKDAY_AT, watch } from '../../support/alerting.ts';

/** A target that answers what each test puts there, and remembers what it was asked. */
class TableTarget implements QueryTarget {
  readonly id = 'prom';
  readonly asked: string[] = [];
  samples: readonly InstantSample[] = [];
  error: QueryError | null = null;

  async instant(expression: string) {
    this.asked.push(expression);
    return this.error ? err(this.error) : ok({ kind: 'vector', samples: this.samples } as const);
  }

  async range() {
    return this.error ? err(this.error) : ok([]);
  }

  put(...values: [zone: string, value: number][]): this {
    this.samples = values.map(([zone, value]) => ({
      labels: { __name__: 'queue', zone },
      at: WORKDAY_AT,
      value,
    }));
    return this;
  }
}

function rulesOf(change: Record<string, unknown> = {}) {
  const file = AlertRuleFile.parse(
    parse(`
groups:
  - name: queues
    rules:
      - alert: QueueLong
        expr: queue > 100
        for: 2m
        keep_firing_for: 1m
        labels: { priority: P1, service: ranking }
        annotations:
          summary: "queue in {{ $labels.zone }} is {{ $value }}"
`),
  );
  const [group] = file.groups;
  const [rule] = group?.rules ?? [];
  const changed = AlertRuleFile.parse({ groups: [{ ...group, rules: [{ ...rule, ...change }] }] });
  return readAlertRules(changed, {
    defaultSource: 'prom',
    definedAt: (g, r) => `alerts/queues.yaml:${g}.${r}`,
  });
}

function evaluate(target: QueryTarget | null, rules = rulesOf()) {
  const evaluator = createRuleEvaluator({ target: () => target, deployedAt: () => null });
  return evaluator.evaluate(rules, WORKDAY_AT, []);
}

describe('a threshold rule', () => {
  it('is one observation for each series, with value, threshold, labels and summary', async () => {
    const target = new TableTarget().put(['eu', 250], ['us', 40]);
    const [eu, us] = await evaluate(target);
    expect(target.asked).toEqual(['queue']);
    expect(eu).toMatchObject({
      ruleId: 'queues/QueueLong',
      labels: { alertname: 'QueueLong', zone: 'eu', priority: 'P1', service: 'ranking' },
      service: 'ranking',
      priority: 'P1',
      title: 'queue in eu is 250',
      definedAt: 'alerts/queues.yaml:0.0',
      forMs: 2 * MINUTE_MS,
      keepFiringForMs: MINUTE_MS,
      finding: { kind: 'holds', value: 250, threshold: 100, reason: '250 > 100' },
    });
    expect(us?.finding).toEqual({ kind: 'clear', value: 40, threshold: 100, reason: '40, not > 100' });
    expect(eu?.labels).not.toHaveProperty('__name__');
  });

  it('says no data where nothing matches, and never zero', async () => {
    const [own, ...rest] = await evaluate(new TableTarget());
    expect(rest).toEqual([]);
    expect(own?.finding.kind).toBe('no-data');
    const [nan] = await evaluate(new TableTarget().put(['eu', Number.NaN]));
    expect(nan?.finding.kind).toBe('no-data');
  });

  it('is an error of its own where it cannot be evaluated, and blind where the source does not answer', async () => {
    const target = new TableTarget();
    target.error = { code: 'execution', message: 'many-to-many', retryable: false };
    expect((await evaluate(target))[0]?.finding).toEqual({ kind: 'error', reason: 'many-to-many' });
    target.error = { code: 'unreachable', message: 'refused', retryable: true };
    expect((await evaluate(target))[0]?.finding.kind).toBe('blind');
    target.error = { code: 'timeout', message: 'slow', retryable: true };
    expect((await evaluate(target))[0]?.finding.kind).toBe('error');
    expect((await evaluate(null))[0]?.finding.reason).toContain('not in the configuration');
  });

  it('refuses more series than anybody could read pages for', async () => {
    const target = new TableTarget().put(
      ...Array.from({ length: 1_001 }, (_, n): [string, number] => [`${n}`, 200]),
    );
    expect((await evaluate(target))[0]?.finding).toMatchObject({ kind: 'error' });
  });

  it('takes the service of the series where the rule names none', async () => {
    const target = new TableTarget();
    target.samples = [{ labels: { service: 'vector-index' }, at: WORKDAY_AT, value: 200 }];
    expect((await evaluate(target, rulesOf({ labels: {} })))[0]).toMatchObject({
      service: 'vector-index',
      priority: 'P2',
    });
  });
});

describe('a series that vanishes', () => {
  const run = async (rules: ReturnType<typeof rulesOf>) => {
    const it = watch();
    const target = new TableTarget();
    const evaluator = createRuleEvaluator({ target: () => target, deployedAt: () => null });
    const poll = async () => {
      const seen = await evaluator.evaluate(rules, it.clock.now() + 1_000, it.alerts.list());
      await it.see(...seen.map(({ at: _at, ...one }) => one));
    };
    return { it, target, poll };
  };

  it('is no data under a threshold: what fires goes on firing, also after a restart', async () => {
    const { it, target, poll } = await run(rulesOf({ for: '0s' }));
    target.put(['eu', 250], ['us', 40]);
    await poll();
    target.put(['us', 40]);
    await it.restart();
    for (let n = 0; n < 10; n += 1) await poll();
    expect(it.one().phase).toBe('firing');
    expect(it.one().reason).toContain('The series is gone');
    target.put(['eu', 10], ['us', 40]);
    for (let n = 0; n < 62; n += 1) await poll();
    expect(it.one().phase).toBe('resolved');
  });

  it('is over where the rule says that no data is fine', async () => {
    const rules = rulesOf({ for: '0s', keep_firing_for: '0s', annotations: { no_data: 'ok' } });
    const { it, target, poll } = await run(rules);
    target.put(['eu', 250]);
    await poll();
    target.put();
    await poll();
    expect(it.one().phase).toBe('resolved');
  });

  it('is over under an expression that cannot tell over from gone, and says so', async () => {
    const rules = rulesOf({ expr: 'queue > 100 and load > 1', for: '0s', keep_firing_for: '0s' });
    const { it, target, poll } = await run(rules);
    target.put(['eu', 250]);
    await poll();
    expect(target.asked).toEqual(['queue > 100 and load > 1']);
    expect(it.one()).toMatchObject({ phase: 'firing', value: 250, threshold: null });
    target.put();
    await poll();
    expect(it.one().reason).toContain('cannot tell over from gone');
    expect(it.one().phase).toBe('resolved');
  });

  it('makes one alert of a rule whose every series was never there, which ends when they come', async () => {
    const { it, target, poll } = await run(rulesOf({ for: '0s' }));
    for (let n = 0; n < 4; n += 1) await poll();
    expect(it.one()).toMatchObject({ phase: 'no_data', priority: 'P1' });
    target.put(['eu', 40]);
    await poll();
    expect(it.one().phase).toBe('resolved');
  });

  it('leaves firing series alone while their rule cannot be evaluated', async () => {
    const { it, target, poll } = await run(rulesOf({ for: '0s' }));
    target.put(['eu', 250], ['us', 300]);
    await poll();
    target.error = { code: 'execution', message: 'many-to-many', retryable: false };
    for (let n = 0; n < 5; n += 1) await poll();
    expect(it.alerts.list().map((one) => one.phase)).toEqual(['firing', 'firing', 'error']);
  });
});

describe('an expression', () => {
  it('is taken apart where one side is a number, whichever side that is', () => {
    expect(splitThreshold('rate(x[5m]) >= 0.5')).toEqual({
      measured: 'rate(x[5m])',
      comparison: '>=',
      value: 0.5,
    });
    expect(splitThreshold('(100 < queue)')).toEqual({ measured: 'queue', comparison: '>', value: 100 });
    expect(splitThreshold('up == 0 # down')).toEqual({ measured: 'up', comparison: '==', value: 0 });
    expect(splitThreshold('x != -1')).toEqual({ measured: 'x', comparison: '!=', value: -1 });
  });

  it('is left whole otherwise', () => {
    for (const whole of [
      'a > b',
      'absent(up)',
      'x > bool 1',
      'x > 1 and y < 2',
      'x > 5m',
      'x >',
      '1 > 2',
      '',
    ])
      expect(splitThreshold(whole), whole).toBeNull();
  });
});

describe('a rule file', () => {
  it('is refused with a wrong duration, priority or policy', () => {
    for (const change of [
      { for: '2 minutes' },
      { labels: { priority: 'P9' } },
      { annotations: { no_data: 'no' } },
    ])
      expect(() => rulesOf(change)).toThrow();
  });

  it('gives rules of the same name different ids', () => {
    const rule = { alert: 'A', expr: 'x > 1' };
    const file = AlertRuleFile.parse({ groups: [{ name: 'g', rules: [rule, rule] }] });
    const rules = readAlertRules(file, { defaultSource: 'prom', definedAt: () => 'alerts/a.yaml:1' });
    expect(rules.map((one) => one.id)).toEqual(['g/A', 'g/A#2']);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createRuleEvaluator,
  lastDeployment,
  readAlertRules,
  resolveAtProblem,
} from '../../../main/alert/index.ts';
import { AlertRuleFile } from '../../../shared/config/alert-rule.ts';
import { err, ok } from '../../../shared/error/result.ts';
import type { InstantSample, QueryTarget } from '../../../shared/model/metric.ts';
import type { Finding } from '../../../shared/model/observation.ts';
import { MINUTE_MS } from '../../../shared/unit/time.ts';
import { WORKDAY_AT } from '../../support/alerting.ts';

const sample = (labels: Record<string, string>, value: number): InstantSample => ({
  labels,
  at: WORKDAY_AT,
  value,
});
type Answers = Readonly<Record<string, readonly InstantSample[] | number | 'fails'>>;

function targetOf(answers: Answers): QueryTarget {
  return {
    id: 'prom',
    async instant(expression) {
      const found = answers[expression];
      if (found === undefined || found === 'fails')
        return err({ code: 'execution', message: `cannot evaluate ${expression}`, retryable: false });
      return typeof found === 'number'
        ? ok({ kind: 'scalar', at: WORKDAY_AT, value: found })
        : ok({ kind: 'vector', samples: found });
    },
    range: async () => ok([]),
  };
}

const ruleOf = (annotations: Record<string, string>) =>
  readAlertRules(
    AlertRuleFile.parse({
      groups: [
        {
          name: 'g',
          rules: [{ alert: 'Long', expr: 'queue > 100', labels: { service: 'shop' }, annotations }],
        },
      ],
    }),
    { defaultSource: 'prom', definedAt: () => 'alerts/g.yaml:3' },
  );

async function findings(
  annotations: Record<string, string>,
  answers: Answers,
  deployedAt: number | null = null,
): Promise<Finding[]> {
  const evaluator = createRuleEvaluator({ target: () => targetOf(answers), deployedAt: () => deployedAt });
  const seen = await evaluator.evaluate(ruleOf(annotations), WORKDAY_AT, []);
  return seen.map((one) => one.finding);
}

describe('a resolve threshold of its own', () => {
  it('leaves a between in which nothing fires and nothing ends', async () => {
    const kinds = async (value: number) =>
      (await findings({ resolve_at: '80' }, { queue: [sample({}, value)] }))[0];
    expect(await kinds(101)).toMatchObject({ kind: 'holds' });
    expect(await kinds(90)).toEqual({
      kind: 'between',
      value: 90,
      threshold: 100,
      reason: '90, not > 100; it ends when it is not > 80',
    });
    expect(await kinds(80)).toMatchObject({ kind: 'clear' });
  });

  it('must lie on the side of the end, and needs a threshold to part from', () => {
    expect(resolveAtProblem('queue > 100', 80)).toBeNull();
    expect(resolveAtProblem('queue > 100', 100)).toBeNull();
    expect(resolveAtProblem('queue > 100', 101)).toContain('at most 100');
    expect(resolveAtProblem('free < 5', 10)).toBeNull();
    expect(resolveAtProblem('free < 5', 4)).toContain('at least 5');
    expect(resolveAtProblem('queue == 1', 0)).toContain('has no side');
    expect(resolveAtProblem('queue > limit', 0)).toContain('no threshold to part from');
  });

  it('never turns what fires into an end, whatever the numbers are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: -50, max: 250 }),
        fc.integer({ min: -50, max: 100 }),
        async (value, end) => {
          const [found] = await findings({ resolve_at: String(end) }, { queue: [sample({}, value)] });
          expect(found?.kind).toBe(value > 100 ? 'holds' : value > end ? 'between' : 'clear');
        },
      ),
    );
  });

  it('that is no number is refused where it is written', () => {
    expect(() => ruleOf({ resolve_at: 'low' })).toThrow(/resolve_at that is not a number/);
    expect(() => ruleOf({ deployed_within: 'soon' })).toThrow(/not a duration/);
  });
});

describe('a condition on traffic', () => {
  const when = { when: 'rate > 5' };
  const queue = [sample({ zone: 'eu' }, 200), sample({ zone: 'us' }, 200)];

  it('lets a series fire where its own labels agree, and holds the others back with the reason', async () => {
    const [eu, us] = await findings(when, { queue, 'rate > 5': [sample({ zone: 'eu', job: 'x' }, 9)] });
    expect(eu?.kind).toBe('holds');
    expect(us).toEqual({
      kind: 'held-back',
      value: 200,
      threshold: 100,
      reason: '200 > 100, but its condition does not hold: when rate > 5',
    });
  });

  it('is for all series where it has no labels that they share', async () => {
    const kinds = async (answer: Answers[string]) =>
      (await findings(when, { queue, 'rate > 5': answer })).map((one) => one.kind);
    expect(await kinds([sample({}, 9)])).toEqual(['holds', 'holds']);
    expect(await kinds(1)).toEqual(['holds', 'holds']);
    expect(await kinds([])).toEqual(['held-back', 'held-back']);
    expect(await kinds(0)).toEqual(['held-back', 'held-back']);
    expect(await kinds([sample({}, 0), sample({}, Number.NaN)])).toEqual(['held-back', 'held-back']);
  });

  it('that cannot be evaluated holds nothing back: unknown keeps no page away', async () => {
    expect((await findings(when, { queue, 'rate > 5': 'fails' })).map((one) => one.kind)).toEqual([
      'holds',
      'holds',
    ]);
  });

  it('changes nothing for what does not hold', async () => {
    const [found] = await findings(when, { queue: [sample({}, 1)], 'rate > 5': [] });
    expect(found?.kind).toBe('clear');
  });
});

describe('a condition on the time since the deployment', () => {
  const queue = [sample({}, 200)];
  const ago = (minutes: number | null) => (minutes === null ? null : WORKDAY_AT - minutes * MINUTE_MS);

  it.each([
    ['deployed_within', 5, 'holds'],
    ['deployed_within', 30, 'holds'],
    ['deployed_within', 31, 'held-back'],
    ['deployed_within', null, 'held-back'],
    ['deployed_before', 5, 'held-back'],
    ['deployed_before', 30, 'holds'],
    ['deployed_before', null, 'holds'],
  ] as const)('%s: 30m, deployed %s minutes ago: %s', async (key, minutes, kind) => {
    const [found] = await findings({ [key]: '30m' }, { queue }, ago(minutes));
    expect(found?.kind).toBe(kind);
    if (kind === 'held-back')
      expect(found?.reason).toMatch(/shop (was deployed|is known)|deployment of shop/);
  });

  it('knows the last change of the service, and of no other', () => {
    const change = (service: string, at: number) => ({
      id: `${at}`,
      at,
      service,
      what: 'v2',
      from: null,
      to: null,
    });
    const changes = [change('shop', 5), change('shop', 3), change('cart', 9)];
    expect(lastDeployment(changes, 'shop')).toBe(5);
    expect(lastDeployment(changes, 'pay')).toBeNull();
  });
});

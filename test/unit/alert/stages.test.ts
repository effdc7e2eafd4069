import { describe, expect, it } from 'vitest';
import { deduplicate } from '../../../main/alert/rule/deduplicate.ts';
import { enrich } from '../../../main/alert/rule/enrich.ts';
import { blankAlert } from '../../../main/alert/rule/memory.ts';
import { INTAKE, STAGE_ORDER } from '../../../main/alert/rule/order.ts';
import {
  type Draft,
  type IntakeContext,
  isNews,
  verdictOf,
  withVerdict,
} from '../../../main/alert/rule/stage.ts';
import { validate } from '../../../main/alert/rule/validate.ts';
import { blindedBy, observeSources } from '../../../main/alert/source-watch.ts';
import type { Alert } from '../../../shared/model/alert.ts';
import type { Observation } from '../../../shared/model/observation.ts';
import { HOUR_MS, SECOND_MS } from '../../../shared/unit/time.ts';
import { FINDING, observationOf, serviceOf, sourceOf, WORKDAY_AT, watch } from '../../support/alerting.ts';

function draftOf(change: Partial<Observation> = {}, existing: Partial<Alert> | null = null): Draft {
  const observation = observationOf(change);
  const alert = existing ? { ...blankAlert('id', observation, 'service=gateway'), ...existing } : null;
  return { observation, id: 'id', existing: alert, service: null };
}

function contextOf(change: Partial<IntakeContext> = {}): IntakeContext {
  return { now: WORKDAY_AT, services: new Map(), blindedBy: () => null, rivals: () => [], ...change };
}

describe('the order of stages', () => {
  it('is data, and each stage of the intake has its place in what is read', () => {
    expect(INTAKE.map((one) => one.name)).toEqual(['validate', 'deduplicate', 'enrich']);
    for (const stage of INTAKE) expect(STAGE_ORDER).toContain(stage.name);
    expect(new Set(STAGE_ORDER).size).toBe(STAGE_ORDER.length);
  });
});

describe('validation', () => {
  const refusals: [name: string, change: Partial<Observation>, reason: string][] = [
    ['no labels', { labels: {} }, 'It has no labels'],
    [
      'too many labels',
      { labels: Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`l${n}`, 'x'])) },
      '65 labels, over the limit of 64',
    ],
    ['an endless label', { labels: { a: 'x'.repeat(3_000) } }, 'longer than 2048 characters'],
    ['a value that is no number', { finding: FINDING.holds(Number.NaN) }, 'must say *no data* instead'],
    ['a time that is none', { at: Number.NaN }, 'Its time is not a number'],
    ['a negative `for`', { forMs: -1 }, 'negative'],
  ];
  for (const [name, change, reason] of refusals) {
    it(`refuses ${name}, with the place of the rule`, () => {
      const answer = validate.decide(draftOf(change), contextOf());
      expect(answer.kind).toBe('stop');
      expect(answer.verdict.reason).toContain(reason);
      expect(answer.verdict.definedAt).toBe('slos/gateway.yaml:14');
    });
  }

  it('refuses what was overtaken by seconds, and takes what a clock that was set back says', () => {
    const at = (lateMs: number) =>
      validate.decide(draftOf({ at: WORKDAY_AT - lateMs }, { lastEvaluatedAt: WORKDAY_AT }), contextOf())
        .kind;
    expect(at(SECOND_MS)).toBe('stop');
    expect(at(0)).toBe('pass');
    expect(at(HOUR_MS)).toBe('pass');
  });
});

describe('deduplication', () => {
  it('lets the worst of a round speak, the more urgent of equals, and one of the same', () => {
    const seen = [
      observationOf({ ruleId: 'a', finding: FINDING.clear() }),
      observationOf({ ruleId: 'b', finding: FINDING.holds(), priority: 'P2' }),
      observationOf({ ruleId: 'c', finding: FINDING.holds(), priority: 'P0' }),
      observationOf({ ruleId: 'd', finding: FINDING.holds(), priority: 'P0' }),
      observationOf({ ruleId: 'e', finding: FINDING.blind() }),
    ];
    const passed = seen.filter((observation) => {
      const draft = { ...draftOf(), observation };
      return deduplicate.decide(draft, contextOf({ rivals: () => seen })).kind === 'pass';
    });
    expect(passed.map((one) => one.ruleId)).toEqual(['c']);
  });

  it('gives unknown precedence over fine', () => {
    const seen = [
      observationOf({ ruleId: 'a', finding: FINDING.clear() }),
      observationOf({ ruleId: 'b', finding: FINDING.noData() }),
    ];
    const [fine, unknown] = seen.map((observation) =>
      deduplicate.decide({ ...draftOf(), observation }, contextOf({ rivals: () => seen })),
    );
    expect([fine?.kind, unknown?.kind]).toEqual(['stop', 'pass']);
    expect(unknown?.verdict.reason).toContain('The worst of 2 observations');
  });
});

describe('enrichment', () => {
  it('says whose the service is, or that the catalogue does not know it', () => {
    const services = new Map([['gateway', serviceOf('gateway', 1)]]);
    const known = enrich.decide(draftOf(), contextOf({ services }));
    expect(known).toMatchObject({ kind: 'pass', draft: { service: { tier: 1 } } });
    expect(known.verdict.reason).toBe('gateway, tier 1, owned by team-gateway.');
    expect(enrich.decide(draftOf(), contextOf()).verdict.reason).toContain('is not in services.yaml');
  });

  it('makes no data blind only while the source of its rule does not answer', () => {
    const broken = sourceOf('prom', { condition: 'unreachable', blinds: ['gateway-availability'] });
    const context = contextOf({ blindedBy: blindedBy([broken]) });
    const findingAfter = (change: Partial<Observation>) => {
      const answer = enrich.decide(draftOf(change), context);
      return answer.kind === 'pass' ? answer.draft.observation.finding.kind : 'stopped';
    };
    expect(findingAfter({ finding: FINDING.noData() })).toBe('blind');
    expect(findingAfter({ finding: FINDING.error() })).toBe('blind');
    expect(findingAfter({ finding: FINDING.holds() })).toBe('holds');
    expect(findingAfter({ finding: FINDING.clear() })).toBe('clear');
    expect(findingAfter({ ruleId: 'another', finding: FINDING.noData() })).toBe('no-data');
    expect(
      blindedBy([sourceOf('prom', { blinds: ['gateway-availability'] })])('gateway-availability'),
    ).toBeNull();
  });
});

describe('a verdict', () => {
  const alert = withVerdict(
    blankAlert('id', observationOf(), 'g'),
    verdictOf('state', 'held', 'Holds for 3 s of 2 m: 4.5×', WORKDAY_AT),
    STAGE_ORDER,
  );

  it('is news where the outcome or the words change, not where only numbers move', () => {
    expect(isNews(null, verdictOf('state', 'held', 'anything', 1))).toBe(true);
    expect(isNews(alert, verdictOf('state', 'held', 'Holds for 1 m 4 s of 2 m: 1,204×', 1))).toBe(false);
    expect(isNews(alert, verdictOf('state', 'fired', 'Holds for 3 s of 2 m: 4.5×', 1))).toBe(true);
    expect(isNews(alert, verdictOf('state', 'held', 'Held back: 2 failures', 1))).toBe(true);
    expect(isNews(alert, verdictOf('group', 'held', 'Holds for 3 s of 2 m: 4.5×', 1))).toBe(true);
  });

  it('replaces the one before of its stage and keeps the order', () => {
    const early = withVerdict(alert, verdictOf('validate', 'pass', 'fine', 1), STAGE_ORDER);
    const later = withVerdict(early, verdictOf('state', 'fired', 'now', 2), STAGE_ORDER);
    expect(later.verdicts.map((one) => [one.stage, one.outcome])).toEqual([
      ['validate', 'pass'],
      ['state', 'fired'],
    ]);
  });
});

describe('sources as observations', () => {
  const observe = (change: Parameters<typeof sourceOf>[1], now = WORKDAY_AT) =>
    observeSources({
      sources: [sourceOf('prom', change)],
      services: new Map(),
      serviceOfRule: () => null,
      now,
    })[0];

  it('are clear while they watch, also slowly', () => {
    for (const condition of ['ok', 'slow'] as const)
      expect(observe({ condition })?.finding.kind).toBe('clear');
  });

  it('are blind two polls after they were last seen, in any other condition, also when they never answered', () => {
    const pollEveryMs = 15_000;
    for (const condition of ['starting', 'unauthorised', 'unreachable', 'wrong-answer', 'stale'] as const) {
      expect(observe({ condition, pollEveryMs }, WORKDAY_AT + 29_999)?.finding.kind).toBe('between');
      expect(observe({ condition, pollEveryMs }, WORKDAY_AT + 30_000)?.finding.kind).toBe('holds');
      expect(observe({ condition, pollEveryMs, lastOkAt: null }, WORKDAY_AT + 30_000)?.finding.kind).toBe(
        'holds',
      );
    }
  });

  it('wake nobody for less than five seconds, however often they are polled', () => {
    const early = observe({ condition: 'stale' }, WORKDAY_AT + 4_999);
    expect(early?.finding).toMatchObject({ kind: 'between', threshold: 5_000 });
    expect(early?.finding.reason).toContain('under 2 polls and 5 s (5 s)');
    expect(observe({ condition: 'stale' }, WORKDAY_AT + 5_000)?.finding.kind).toBe('holds');
  });

  it('name what they blind, and what happened', () => {
    const blinds = Array.from({ length: 7 }, (_, n) => `o${n}`);
    const reason = observe({ condition: 'unreachable', blinds, problem: 'Refused.' }, WORKDAY_AT + 5_000)
      ?.finding.reason;
    expect(reason).toBe(
      'Not seen for 5 s. 7 objectives and rules are blind: o0, o1, o2, o3, o4 and 2 more. Refused.',
    );
  });
});

describe('rounds that overtake each other', () => {
  it('do not make a source alert waver', async () => {
    const it = watch();
    it.sources = [sourceOf('prom', { condition: 'unreachable', lastOkAt: WORKDAY_AT - HOUR_MS })];
    await it.wait(3 * SECOND_MS);
    const rows = (await it.alerts.verdicts(it.one().id)).length;
    for (let n = 0; n < 10; n += 1) {
      await it.wait(SECOND_MS);
      await it.alerts.process([], it.clock.now() - 300);
    }
    expect((await it.alerts.verdicts(it.one().id)).length).toBe(rows);
    expect(it.one().phase).toBe('firing');
  });
});

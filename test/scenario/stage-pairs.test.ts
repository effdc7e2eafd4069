import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { STAGE_ORDER } from '../../main/alert/rule/order.ts';
import type { StageName } from '../../main/alert/rule/stage.ts';
import { parseScenario } from '../support/scenario/parse.ts';
import { playScript } from '../support/scenario/run.ts';
import { VARIANTS } from '../support/scenario/without-stage.ts';

vi.mock('../../main/alert/rule/state.ts', async (original) => {
  const real = await original<typeof import('../../main/alert/rule/state.ts')>();
  const { lamed } = await import('../support/scenario/without-stage.ts');
  return { ...real, step: lamed.step(real.step) };
});
vi.mock('../../main/alert/rule/acknowledge.ts', async (original) => {
  const real = await original<typeof import('../../main/alert/rule/acknowledge.ts')>();
  const { lamed } = await import('../support/scenario/without-stage.ts');
  return {
    ...real,
    acknowledge: lamed.acknowledge(real.acknowledge),
    breakAcknowledgement: lamed.breakAcknowledgement(real.breakAcknowledgement),
  };
});

const HOLDING = ['maintenance', 'silence', 'suppress', 'wake', 'flapping'] as const;
const TELLING = ['storm', 'group', 'rate-limit', 'route', 'notify'] as const;

/** Pairs that do not meet, each with why; every other pair needs a scenario. */
const APART: readonly (readonly [StageName, readonly StageName[], string])[] = [
  [
    'validate',
    ['deduplicate'],
    'a refusal rests on labels, which all observations of one alert have in common, or on the time, which a round has in common',
  ],
  ['validate', ['enrich'], 'what is refused is enriched by nobody, and refusing looks at no service'],
  [
    'validate',
    [...HOLDING, ...TELLING],
    'what is refused makes no alert, and of an alert they see nothing but what the state machine made of it',
  ],
  [
    'deduplicate',
    [...HOLDING, ...TELLING],
    'of several observations one reaches the state machine; these see its alert and not the observations',
  ],
  [
    'enrich',
    [...HOLDING, ...TELLING],
    'it turns what is unknown into blind, which only the state machine reads; services they look up by themselves',
  ],
];

const keyOf = (a: StageName, b: StageName) =>
  [a, b].sort((one, other) => STAGE_ORDER.indexOf(one) - STAGE_ORDER.indexOf(other)).join(' × ');
const apart = new Map(APART.flatMap(([one, others, why]) => others.map((other) => [keyOf(one, other), why])));
const all = STAGE_ORDER.flatMap((one, place) =>
  STAGE_ORDER.slice(place + 1).map((other) => keyOf(one, other)),
);

const texts = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.scenario'))
  .map((name) => ({ name, text: readFileSync(join(import.meta.dirname, name), 'utf8') }));
const told = texts
  .map(({ name, text }) => ({ name, text, pairs: parseScenario(name, text).setup.pairs }))
  .filter((one) => one.pairs.length > 0);

describe('each pair of stages', () => {
  it('either meets in a scenario or has a reason not to', () => {
    const covered = new Set(told.flatMap((one) => one.pairs.map(([a, b]) => keyOf(a, b))));
    expect(all.filter((pair) => !covered.has(pair) && !apart.has(pair))).toEqual([]);
    // What is said to be apart and yet has a scenario, or names no pair of the product, is a mistake of this table.
    expect([...apart.keys()].filter((pair) => covered.has(pair) || !all.includes(pair))).toEqual([]);
    expect(all).toHaveLength((STAGE_ORDER.length * (STAGE_ORDER.length - 1)) / 2);
  });
});

describe('a scenario of a pair fails', () => {
  const cases = told.flatMap(({ name, text, pairs }) =>
    [...new Set(pairs.flat())].map((stage) => ({ name, text, stage })),
  );

  it.each(cases)('$name without $stage', async ({ name, text, stage }) => {
    const outcomes: string[] = [];
    for (const variant of VARIANTS[stage]) {
      const script = parseScenario(name, text);
      const restore = variant(script.setup);
      try {
        await playScript(script);
        outcomes.push('it went on as if nothing were missing');
      } catch (thrown) {
        outcomes.push(thrown instanceof Error ? thrown.message : String(thrown));
      } finally {
        restore();
      }
      if (outcomes.at(-1)?.includes('it is not so')) return;
    }
    expect.fail(`${name} holds without ${stage}: ${outcomes.join(' | ')}`);
  });
});

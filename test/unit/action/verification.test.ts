import { Agent } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ActionJournal, createExecutor, type StepOutcome } from '../../../main/action/index.ts';
import { silentLogger, VirtualClock } from '../../../main/platform/index.ts';
import { err, ok } from '../../../shared/error/result.ts';
import type { Condition, PlaybookStep } from '../../../shared/model/playbook.ts';
import { checkStep, contextOf, manualStep } from '../../support/playbook.ts';
import { type Answer, ScriptedTarget } from '../../support/scripted-target.ts';

let clock: VirtualClock;
let target: ScriptedTarget;
let other: ScriptedTarget;
let http: Agent;
beforeEach(() => {
  clock = new VirtualClock(1_000_000);
  target = new ScriptedTarget('fleet');
  other = new ScriptedTarget('other');
  http = new Agent();
});
afterEach(() => http.close());

const quiet: ActionJournal = { intend: async () => undefined, answered: async () => undefined };
const executor = () =>
  createExecutor({
    clock,
    http,
    target: (id) => (id === 'other' ? other : id === undefined || id === 'fleet' ? target : undefined),
    secret: async () => ok(''),
    log: silentLogger(),
  });

/** Runs a step while time passes second by second, and says how long it took. */
async function run(
  step: PlaybookStep,
  signal = new AbortController().signal,
  onSecond: (second: number) => void = () => undefined,
) {
  let outcome: StepOutcome | null = null;
  const running = executor()
    .execute(step, contextOf({ observed: 'they restarted it' }), quiet, signal)
    .then((one) => {
      outcome = one;
    });
  const startedAt = clock.now();
  for (let second = 0; second < 200 && !outcome; second += 1) {
    onSecond(second);
    for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    if (outcome) break;
    await clock.advance(1_000);
  }
  await running;
  if (!outcome) throw new Error('the step never ended');
  return { outcome: outcome as StepOutcome, tookMs: clock.now() - startedAt };
}
const verify: Condition = { query: 'errors', is: '< 0.01' };
const manual = (change = {}) => manualStep('call', { verify, timeoutMs: 30_000, ...change });
const errorsUntil = (at: number, answer: Answer) => (now: number) => (now < 1_000_000 + at ? answer : 0);

describe('a verification', () => {
  it('holds at once where it holds', async () => {
    target.says('errors', 0);
    const { outcome, tookMs } = await run(manual());
    expect(outcome).toMatchObject({ kind: 'done', verified: '0 is < 0.01' });
    expect(tookMs).toBe(0);
  });

  it('is asked again each second until it holds', async () => {
    target.says('errors', errorsUntil(7_500, 0.5));
    const { outcome, tookMs } = await run(manual());
    expect(outcome.kind).toBe('done');
    expect(tookMs).toBe(8_000);
    expect(target.asked).toHaveLength(9);
  });

  it('fails after the timeout of the step with what was seen last, and not before', async () => {
    target.says('errors', 0.5);
    const { outcome, tookMs } = await run(manual());
    expect(outcome).toMatchObject({
      kind: 'failed',
      reason: 'Not verified within 30 s: 0.5 is not < 0.01',
      output: 'ada saw: they restarted it',
    });
    expect(tookMs).toBe(30_000);
  });

  it('holds at the very last look', async () => {
    target.says('errors', errorsUntil(30_000, 0.5));
    expect((await run(manual())).outcome.kind).toBe('done');
    clock = new VirtualClock(1_000_000);
    target.says('errors', errorsUntil(30_001, 0.5));
    expect((await run(manual())).outcome.kind).toBe('failed');
  });

  it.each<[string, Answer]>([
    ['no data', []],
    ['an error', { error: { code: 'unreachable', message: 'connection refused', retryable: true } }],
    ['not a number', Number.NaN],
    [
      'two series',
      [
        { labels: { a: '1' }, value: 0 },
        { labels: { a: '2' }, value: 0 },
      ],
    ],
  ])('never holds by %s, and goes on when it passes', async (_name, answer) => {
    target.says('errors', errorsUntil(3_000, answer));
    const { outcome, tookMs } = await run(manual());
    expect(outcome.kind).toBe('done');
    expect(tookMs).toBe(3_000);
    clock = new VirtualClock(1_000_000);
    target.says('errors', answer);
    const never = await run(manual({ timeoutMs: 4_000 }));
    expect(never.outcome).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('Not verified within 4 s'),
    });
  });

  it('by a source that nobody knows fails with its name', async () => {
    const { outcome } = await run(manual({ verify: { ...verify, source: 'gone' }, timeoutMs: 1_000 }));
    expect(outcome).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('The source gone is not known'),
    });
  });

  it('ends at once when the run is stopped, and says that the effect was had', async () => {
    target.says('errors', 0.5);
    const stop = new AbortController();
    const { outcome, tookMs } = await run(manual(), stop.signal, (second) => {
      if (second === 5) stop.abort();
    });
    expect(outcome).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('Stopped before it was verified'),
      output: 'ada saw: they restarted it',
    });
    expect(tookMs).toBeLessThanOrEqual(6_000);
  });

  it('of a step without one is done without being asked', async () => {
    const { outcome } = await run(manualStep('call'));
    expect(outcome).toMatchObject({ kind: 'done', verified: null });
    expect(target.asked).toEqual([]);
  });
});

describe('a check that may indicate the root cause', () => {
  const indicates = (when: Condition) => ({ indicates: { when, cause: 'v42 fails' } });
  const check = { query: 'ratio', is: '> 0.5' };

  it('asks once where both ask the same of the same source', async () => {
    target.says('ratio', 0.7);
    const { outcome } = await run(checkStep('c', { check, ...indicates({ ...check }) }));
    expect(outcome).toMatchObject({ kind: 'found', cause: 'v42 fails' });
    expect(target.asked).toEqual(['ratio']);
  });

  it('asks the other source where the same is asked of another one', async () => {
    target.says('ratio', 0.7);
    other.says('ratio', 0.1);
    const { outcome } = await run(checkStep('c', { check, ...indicates({ ...check, source: 'other' }) }));
    expect(outcome.kind).toBe('done');
    expect(other.asked).toEqual(['ratio']);
    other.says('ratio', 0.9);
    expect(
      (await run(checkStep('c', { check, ...indicates({ ...check, source: 'other' }) }))).outcome.kind,
    ).toBe('found');
  });

  it('may hold and not indicate, and the other way round', async () => {
    target.says('ratio', 0.7).says('version', 42);
    const one = checkStep('c', { check, ...indicates({ query: 'version', is: '== 41' }) });
    expect((await run(one)).outcome).toMatchObject({ kind: 'done', output: expect.stringMatching(/^Holds/) });
    target.says('ratio', 0.2);
    const two = checkStep('c', { check, ...indicates({ query: 'version', is: '== 42' }) });
    expect((await run(two)).outcome).toMatchObject({
      kind: 'found',
      output: expect.stringMatching(/^Does not hold/),
    });
  });

  it('fails where either has no answer: no data is not "does not indicate"', async () => {
    target.says('ratio', 0.7);
    const one = checkStep('c', { check, ...indicates({ query: 'gone', is: '> 0' }) });
    expect((await run(one)).outcome).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('No data for gone'),
      output: expect.stringContaining('Holds'),
    });
    expect((await run(checkStep('c', { check: { query: 'gone', is: '> 0' } }))).outcome.kind).toBe('failed');
  });
});

describe('a journal that refuses', () => {
  it('keeps the effect from being had', async () => {
    const refusing: ActionJournal = { ...quiet, intend: async () => Promise.reject(new Error('disk full')) };
    await expect(
      executor().execute(manual(), contextOf({ observed: 'x' }), refusing, new AbortController().signal),
    ).rejects.toThrow('disk full');
    expect(target.asked).toEqual([]);
  });

  it('of the answer keeps the verification from beginning: what is not kept is not judged', async () => {
    const refusing: ActionJournal = {
      ...quiet,
      answered: async () => Promise.reject(new Error('disk full')),
    };
    await expect(
      executor().execute(manual(), contextOf({ observed: 'x' }), refusing, new AbortController().signal),
    ).rejects.toThrow('disk full');
    expect(target.asked).toEqual([]);
  });
});

describe('an executor whose secrets cannot be read', () => {
  it('fails the step without having begun it', async () => {
    const begun: string[] = [];
    const one = createExecutor({
      clock,
      http,
      target: () => target,
      secret: async () => err({ code: 'secret-missing', message: 'TOKEN is not set.' } as never),
      log: silentLogger(),
    });
    const outcome = await one.execute(
      {
        kind: 'http',
        id: 'x',
        title: 'X',
        timeoutMs: 1_000,
        retryable: true,
        request: { method: 'POST', url: 'http://127.0.0.1:1/${env:TOKEN}', headers: {}, expectStatus: [200] },
      },
      contextOf(),
      { ...quiet, intend: async (input) => void begun.push(input) },
      new AbortController().signal,
    );
    expect(outcome).toMatchObject({ kind: 'failed', reason: 'TOKEN is not set.' });
    expect(begun).toEqual([]);
  });
});

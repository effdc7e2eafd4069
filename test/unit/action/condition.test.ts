import { describe, expect, it } from 'vitest';
import { askCondition } from '../../../main/action/index.ts';
import { ScriptedTarget } from '../../support/scripted-target.ts';

const OPTIONS = { at: 1_000, timeoutMs: 1_000, signal: undefined };

function ask(target: ScriptedTarget | undefined, query: string, is: string) {
  return askCondition({ query, is }, target, OPTIONS);
}

describe('a condition', () => {
  const target = new ScriptedTarget()
    .says('ratio', 0.31)
    .says('nan', Number.NaN)
    .says('two', [
      { labels: { version: 'v41' }, value: 0 },
      { labels: { version: 'v42' }, value: 1 },
    ])
    .says('down', {
      error: { code: 'unreachable', message: 'connection refused', retryable: true },
    });

  it('holds or does not, with the number that decided', async () => {
    expect(await ask(target, 'ratio', '> 0.3')).toEqual({ kind: 'holds', reason: '0.31 is > 0.3' });
    expect(await ask(target, 'ratio', '< 1e-4')).toEqual({ kind: 'fails', reason: '0.31 is not < 0.0001' });
  });

  it.each([
    ['== 0.31', 'holds'],
    ['!= 0.31', 'fails'],
    ['>= 0.31', 'holds'],
    ['<= 0.3', 'fails'],
  ])('compares by %s', async (is, kind) => {
    expect((await ask(target, 'ratio', is)).kind).toBe(kind);
  });

  it('takes no series for no data, never for "does not hold"', async () => {
    expect((await ask(target, 'nothing', '> 0')).kind).toBe('no-data');
    expect((await ask(target, 'nothing', '== 0')).kind).toBe('no-data');
  });

  it('takes a NaN, which is what 0/0 gives, for no data', async () => {
    expect((await ask(target, 'nan', '!= 5')).kind).toBe('no-data');
  });

  it('asks for existence and absence', async () => {
    expect((await ask(target, 'two', 'exists')).kind).toBe('holds');
    expect((await ask(target, 'nothing', 'exists')).kind).toBe('fails');
    expect((await ask(target, 'nothing', 'absent')).kind).toBe('holds');
    expect((await ask(target, 'ratio', 'absent')).kind).toBe('fails');
  });

  it('refuses to choose among several series', async () => {
    const result = await ask(target, 'two', '> 0.5');
    expect(result).toEqual({ kind: 'error', reason: expect.stringContaining('answered 2. Aggregate it') });
  });

  it('is an error, not absent, while the source does not answer', async () => {
    expect(await ask(target, 'down', 'absent')).toEqual({
      kind: 'error',
      reason: 'fleet could not answer down: connection refused',
    });
    expect((await ask(undefined, 'ratio', '> 0')).kind).toBe('error');
    expect((await ask(target, 'ratio', 'about 5')).kind).toBe('error');
  });
});

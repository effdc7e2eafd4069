import { describe, expect, it } from 'vitest';
import { createChangeWatch, versionsOf } from '../../../main/pipeline/change-watch.ts';
import { silentLogger } from '../../../main/platform/index.ts';
import { err, ok } from '../../../shared/error/result.ts';
import type { QueryTarget } from '../../../shared/model/metric.ts';

function target(state: { labels: Record<string, string>[] | 'down' }): QueryTarget {
  return {
    id: 'fleet',
    instant: async (_expression, at) =>
      state.labels === 'down'
        ? err({ code: 'unreachable', message: 'no answer', retryable: true })
        : ok({ kind: 'vector', samples: state.labels.map((labels) => ({ labels, at, value: 1 })) }),
    range: async () => ok([]),
  };
}

const info = (service: string, version: string) => ({ __name__: 'build_info', service, version });

describe('the change watch', () => {
  it('says which version changed to which, and says it once', async () => {
    const state = { labels: [info('ranking-model', 'v41'), info('gateway', 'v7')] };
    const watch = createChangeWatch(silentLogger());
    expect(await watch.look('fleet', target(state), 1_000)).toEqual([]);
    state.labels = [info('ranking-model', 'v42'), info('gateway', 'v7')];
    const [change] = await watch.look('fleet', target(state), 2_000);
    expect(change).toMatchObject({
      service: 'ranking-model',
      from: 'v41',
      to: 'v42',
      at: 2_000,
      what: 'ranking-model v41 → v42',
    });
    expect(await watch.look('fleet', target(state), 3_000)).toEqual([]);
    expect(watch.seen()).toHaveLength(1);
  });

  it('calls nothing a change when a source does not answer or a service goes missing', async () => {
    const state: { labels: Record<string, string>[] | 'down' } = { labels: [info('ranking-model', 'v41')] };
    const watch = createChangeWatch(silentLogger());
    await watch.look('fleet', target(state), 1);
    state.labels = 'down';
    expect(await watch.look('fleet', target(state), 2)).toEqual([]);
    state.labels = [];
    expect(await watch.look('fleet', target(state), 3)).toEqual([]);
    state.labels = [info('ranking-model', 'v41')];
    expect(await watch.look('fleet', target(state), 4)).toEqual([]);
  });

  it('looks at every fourth poll while all is well, soon where something is not, and again after a clock set back', () => {
    const watch = createChangeWatch(silentLogger());
    const looks = (isQuiet: boolean, times: readonly number[]) =>
      times.filter((at) => watch.isDue('fleet', { at, pollMs: 15_000, isQuiet }));
    expect(looks(true, [0, 15_000, 30_010, 45_000, 59_980, 75_000])).toEqual([0, 59_980]);
    expect(looks(false, [64_000, 65_000, 66_000])).toEqual([65_000]);
    expect(looks(true, [1_000, 2_000])).toEqual([1_000]);
    expect(watch.isDue('other', { at: 2_000, pollMs: 1_000, isQuiet: true })).toBe(true);
    expect(watch.isDue('other', { at: 7_000, pollMs: 1_000, isQuiet: true })).toBe(true);
  });

  it('names both versions while a roll-out is under way', () => {
    expect(
      versionsOf([info('ranking-model', 'v42'), info('ranking-model', 'v41')]).get('ranking-model'),
    ).toBe('v41 + v42');
  });

  it('cuts hostile versions and ignores labels that name no service', () => {
    const versions = versionsOf([{ __name__: 'build_info', version: 'v1' }, info('a', 'x'.repeat(500))]);
    expect([...versions.keys()]).toEqual(['a']);
    expect(versions.get('a')).toHaveLength(80);
  });
});

describe('a change that is reported', () => {
  const change = { at: 1_000_000, service: 'ranking', what: 'ranking v1 → v2', from: 'v1', to: 'v2' };

  it('is news once, however often it is told', () => {
    const watch = createChangeWatch(silentLogger());
    expect(watch.report([change, change])).toHaveLength(1);
    expect(watch.report([change])).toEqual([]);
    expect(watch.seen()).toEqual([{ ...change, id: expect.any(String) }]);
  });

  it('is not told again by the version that is scraped soon after, and is where that comes much later', () => {
    const watch = createChangeWatch(silentLogger());
    watch.report([change]);
    expect(watch.report([{ ...change, what: 'deployed', at: change.at + 60_000 }])).toEqual([]);
    expect(watch.report([{ ...change, what: 'deployed', at: change.at + 3_600_000 }])).toHaveLength(1);
    expect(watch.report([{ ...change, service: 'gateway' }])).toHaveLength(1);
  });

  it('without a version is told by its words and time alone', () => {
    const watch = createChangeWatch(silentLogger());
    const flag = { ...change, from: null, to: null, what: 'flag dark-mode on' };
    expect(watch.report([flag])).toHaveLength(1);
    expect(watch.report([{ ...flag, at: flag.at + 1 }])).toHaveLength(1);
  });
});

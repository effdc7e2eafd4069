import { afterEach, describe, expect, it } from 'vitest';
import { changeMemory } from '../../../main/pipeline/change-memory.ts';
import { createChangeWatch, versionsOf } from '../../../main/pipeline/change-watch.ts';
import { silentLogger } from '../../../main/platform/index.ts';
import { err, ok } from '../../../shared/error/result.ts';
import type { QueryTarget } from '../../../shared/model/metric.ts';
import { openTestLog } from '../../support/log.ts';

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

  it('is news once, however often it is told', async () => {
    const watch = createChangeWatch(silentLogger());
    expect(await watch.report([change, change])).toHaveLength(1);
    expect(await watch.report([change])).toEqual([]);
    expect(watch.seen()).toEqual([{ ...change, id: expect.any(String) }]);
  });

  it('is not told again by the version that is scraped soon after, and is where that comes much later', async () => {
    const watch = createChangeWatch(silentLogger());
    await watch.report([change]);
    expect(await watch.report([{ ...change, what: 'deployed', at: change.at + 60_000 }])).toEqual([]);
    expect(await watch.report([{ ...change, what: 'deployed', at: change.at + 3_600_000 }])).toHaveLength(1);
    expect(await watch.report([{ ...change, service: 'gateway' }])).toHaveLength(1);
  });

  it('without a version is told by its words and time alone', async () => {
    const watch = createChangeWatch(silentLogger());
    const flag = { ...change, from: null, to: null, what: 'flag dark-mode on' };
    expect(await watch.report([flag])).toHaveLength(1);
    expect(await watch.report([{ ...flag, at: flag.at + 1 }])).toHaveLength(1);
  });
});

describe('after a restart', () => {
  const logs: ReturnType<typeof openTestLog>[] = [];
  afterEach(() => {
    for (const log of logs.splice(0)) log.remove();
  });
  const opened = (log = openTestLog()) => {
    logs.push(log);
    return { log, watch: createChangeWatch(silentLogger(), changeMemory(log.log.call, silentLogger())) };
  };

  it('what was seen and reported before is still known, once', async () => {
    const first = opened();
    const state = { labels: [info('ranking', 'v1')] };
    await first.watch.look('fleet', target(state), 1_000);
    state.labels = [info('ranking', 'v2')];
    await first.watch.look('fleet', target(state), 2_000);
    const flag = { at: 3_000, service: 'shop', what: 'flag dark-mode on', from: null, to: null };
    await first.watch.report([flag]);
    const second = opened(first.log.reopen());
    const changes = await second.watch.load();
    expect(changes.map(({ what, at }) => [what, at])).toEqual([
      ['ranking v1 → v2', 2_000],
      ['flag dark-mode on', 3_000],
    ]);
    expect(await second.watch.report([flag])).toEqual([]);
    expect(await second.watch.look('fleet', target(state), 4_000)).toEqual([]);
  });

  it('what was deployed meanwhile is found, and dated by the source where that knows', async () => {
    const first = opened();
    const at = 1_800_000_000_000;
    await first.watch.look('fleet', target({ labels: [info('ranking', 'v1'), info('shop', 'v7')] }), at);
    const now = { labels: [info('ranking', 'v1'), info('ranking', 'v2'), info('shop', 'v8')] };
    const knowing: QueryTarget = {
      ...target(now),
      range: async (_expression, { toAt }) =>
        ok([
          { labels: info('ranking', 'v1'), times: Float64Array.of(at), values: Float64Array.of(1) },
          {
            labels: info('ranking', 'v2'),
            times: Float64Array.of(toAt - 600_000, toAt),
            values: Float64Array.of(1, 1),
          },
        ]),
    };
    const second = opened(first.log.reopen());
    await second.watch.load();
    const found = await second.watch.look('fleet', knowing, at + 7_200_000);
    expect(found.map((one) => [one.what, one.at])).toEqual([
      ['ranking v1 → v1 + v2', at + 6_600_000],
      ['shop v7 → v8', at + 7_200_000],
    ]);
    // The next change is seen as it comes, and needs no look back.
    now.labels = [info('ranking', 'v2'), info('shop', 'v8')];
    const after = await second.watch.look('fleet', knowing, at + 7_205_000);
    expect(after.map((one) => [one.what, one.at])).toEqual([['ranking v1 + v2 → v2', at + 7_205_000]]);
  });

  it('a log that refuses costs what was known before, not the watch', async () => {
    const { log, watch } = opened();
    const broken = createChangeWatch(
      silentLogger(),
      changeMemory(
        {
          ...log.log.call,
          loadChanges: async () => {
            throw new Error('disk full');
          },
          saveChanges: async () => {
            throw new Error('disk full');
          },
        },
        silentLogger(),
      ),
    );
    expect(await broken.load()).toEqual([]);
    const flag = { at: 3_000, service: 'shop', what: 'flag on', from: null, to: null };
    expect(await broken.report([flag])).toHaveLength(1);
    expect(await watch.load()).toEqual([]);
  });
});

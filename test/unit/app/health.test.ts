import { describe, expect, it } from 'vitest';
import { type HealthFacts, healthOf } from '../../../main/app/health.ts';
import { Health, type WorkerHealth } from '../../../shared/model/health.ts';
import { sourceOf } from '../../support/alerting.ts';

const worker = (name: string, change: Partial<WorkerHealth> = {}): WorkerHealth => ({
  name,
  condition: 'ok',
  restarts: 0,
  pending: 0,
  longestWaitMs: null,
  lastProblem: null,
  ...change,
});

function health(change: Partial<HealthFacts> = {}) {
  return healthOf({
    startedAt: 1_000,
    version: '0.1.0',
    workspace: { name: 'shop', path: '/w', demo: false, problems: [] },
    sources: [sourceOf('a'), sourceOf('b')],
    workers: [worker('log'), worker('slo')],
    loop: { p99Ms: 2, maxMs: 9, minute: { p50Ms: 0, p90Ms: 0.5, p99Ms: 1 } },
    pollingLagMs: 3,
    drops: [],
    logBytes: 10,
    metrics: { bytes: 20, series: 3 },
    notifierProblem: null,
    storeNotices: [],
    chainProblem: null,
    ...change,
  });
}

describe('Midwatch’s own health', () => {
  it('is a value of the contract, whatever is known', () => {
    expect(Health.parse(health())).toEqual(health());
    const nothing = health({ sources: [], workers: [], logBytes: null, metrics: null, pollingLagMs: null });
    expect(Health.parse(nothing)).toMatchObject({ logBytes: null, metricBytes: null, seriesCount: null });
  });

  it('sees while one source of several answers', () => {
    const sources = [sourceOf('a', { condition: 'unreachable' }), sourceOf('b', { condition: 'slow' })];
    expect(health({ sources }).blind).toBeNull();
  });

  it.each(['unreachable', 'unauthorised', 'wrong-answer'] as const)(
    'is blind where every source is %s',
    (condition) => {
      const sources = [sourceOf('a', { condition }), sourceOf('b', { condition: 'unreachable' })];
      expect(health({ sources }).blind).toMatch(/no source answers/);
    },
  );

  it('does not call a source that only starts blind, nor one beside it', () => {
    const starting = sourceOf('a', { condition: 'starting' });
    expect(health({ sources: [starting] }).blind).toBeNull();
    expect(health({ sources: [starting, sourceOf('b', { condition: 'unreachable' })] }).blind).toBeNull();
  });

  it('names the workers that are down and why, before anything else', () => {
    const workers = [
      worker('slo', { condition: 'dead', lastProblem: 'out of memory' }),
      worker('query', { condition: 'dead' }),
      worker('log'),
    ];
    const { blind } = health({ workers, chainProblem: 'the disk is full' });
    expect(blind).toMatch(/slo, query workers are down \(out of memory\)/);
    expect(health({ workers: [worker('log', { condition: 'dead' })] }).blind).toMatch(
      /the log worker is down \(no reason given\)/,
    );
  });

  it('says why decisions do not reach people', () => {
    expect(health({ chainProblem: 'What was decided could not be stored.' }).blind).toBe(
      'What was decided could not be stored.',
    );
  });

  it('adds up what was missed over all sources', () => {
    const sources = [sourceOf('a', { missedTicks: 3 }), sourceOf('b', { missedTicks: 4 })];
    expect(health({ sources }).missedTicks).toBe(7);
  });

  it('puts what the databases say of themselves before what is wrong in the workspace', () => {
    const found = health({
      storeNotices: ['midwatch.db was damaged.'],
      workspace: { name: 'shop', path: '/w', demo: false, problems: ['midwatch.yaml:3: …'] },
    });
    expect(found.workspace.problems).toEqual(['midwatch.db was damaged.', 'midwatch.yaml:3: …']);
  });
});

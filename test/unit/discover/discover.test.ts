import { describe, expect, it } from 'vitest';
import { readCatalogue } from '../../../main/app/catalogue.ts';
import { discover } from '../../../main/discover/index.ts';
import { boundary, targetFor } from '../../../main/discover/objective.ts';
import { exactly, nameOf } from '../../../main/discover/selector.ts';
import { OpenSloFile } from '../../../shared/config/objective.ts';
import { ok } from '../../../shared/error/result.ts';
import type { QueryTarget } from '../../../shared/model/metric.ts';
import { type NameTable, namesOf } from '../../support/table-names.ts';

const NONE = { services: new Set<string>(), objectives: new Set<string>(), detectors: new Set<string>() };

/** Answers names from a table and expressions from a function, and keeps what it was asked. */
function targetOf(labels: NameTable, value: (expression: string, at: number) => number | null) {
  const asked: string[] = [];
  const target: QueryTarget = {
    id: 'prom',
    names: namesOf(labels),
    async instant(expression, at) {
      asked.push(expression);
      if (expression.startsWith('sum by (le)'))
        return ok({
          kind: 'vector' as const,
          samples: [
            ['0.1', 50],
            ['0.25', 992],
            ['0.5', 999],
            ['+Inf', 1_000],
          ].map(([le, count]) => ({
            labels: { le: String(le) },
            at,
            value: Number(count),
          })),
        });
      const found = value(expression, at);
      return ok({
        kind: 'vector' as const,
        samples: found === null ? [] : [{ labels: {}, at, value: found }],
      });
    },
    range: async () => ok([]),
  };
  return { target, asked };
}

const NOW = 1_800_000_000_000;
const DAY_MS = 86_400_000;
const deps = (signal?: AbortSignal) => ({
  catalogue: readCatalogue(),
  now: NOW,
  onProgress: () => undefined,
  ...(signal ? { signal } : {}),
});
const HTTP = {
  http_requests_total: { code: ['200', '500'], service: ['gateway'] },
  http_request_duration_seconds_bucket: { le: ['0.1', '+Inf'], service: ['gateway'] },
};
/** A week of history, one failure in two hundred. */
const aWeek = (expression: string, at: number): number | null => {
  if (expression.startsWith('count(')) return NOW - at <= 7 * DAY_MS ? 1 : null;
  return expression.includes('5..') ? 5 : 1_000;
};

describe('discovery', () => {
  it('proposes availability and latency from what was kept, with a real boundary as threshold', async () => {
    const { target, asked } = targetOf(HTTP, aWeek);
    const found = await discover(target, 'prom', NONE, deps());
    if (!found.ok) throw new Error(found.error.message);
    const [availability, latency] = found.value.objectives;
    expect(availability).toMatchObject({
      id: 'gateway-availability',
      target: 0.995,
      observed: 0.995,
      observedOverMs: 7 * DAY_MS,
    });
    expect(latency).toMatchObject({ id: 'gateway-latency', target: 0.99, observed: 0.992 });
    expect(latency?.reason).toContain('250 ms is a bucket boundary');
    for (const one of found.value.objectives)
      expect(OpenSloFile.safeParse(one.document).error?.issues ?? []).toEqual([]);
    expect(found.value.services).toMatchObject([{ id: 'gateway', known: false }]);
    expect(asked).toContain('sum(increase(http_requests_total{service="gateway",code=~"5.."}[604800s]))');
  });

  it('proposes carefully without traffic, and no threshold at all', async () => {
    const { target } = targetOf(HTTP, () => null);
    const found = await discover(target, 'prom', NONE, deps());
    if (!found.ok) throw new Error(found.error.message);
    expect(found.value.objectives).toMatchObject([
      { id: 'gateway-availability', target: 0.99, observed: null },
    ]);
    expect(found.value.notes.join()).toContain('has had no traffic');
  });

  it('does not propose again what is there, and says which labels are missing', async () => {
    const { target } = targetOf(
      {
        ...HTTP,
        http_requests_total: { service: ['gateway'], code: [] },
        grpc_server_handled_total: { job: ['x'] },
      },
      aWeek,
    );
    const known = {
      ...NONE,
      objectives: new Set(['gateway-availability', 'gateway-latency']),
      services: new Set(['gateway']),
    };
    const found = await discover(target, 'prom', known, deps());
    if (!found.ok) throw new Error(found.error.message);
    expect(found.value).toMatchObject({ objectives: [], services: [] });
    expect(found.value.notes.join()).toContain('grpc_server_handled_total has none of the labels grpc_code');
  });

  it('survives names that are made to hurt', async () => {
    const { target, asked } = targetOf(
      { http_requests_total: { code: ['200'], service: ['"} or vector(1) #', '../../x', '💥'] } },
      aWeek,
    );
    const found = await discover(target, 'prom', NONE, deps());
    if (!found.ok) throw new Error(found.error.message);
    expect(found.value.objectives.map((one) => one.service)).toEqual(['or-vector-1', 'x']);
    expect(asked.some((one) => one.includes('service="\\"} or vector(1) #"'))).toBe(true);
    for (const one of found.value.objectives) expect(OpenSloFile.safeParse(one.document).success).toBe(true);
  });

  it('groups machines by their job instead of making a service of each address', async () => {
    const node = { node_load1: { instance: ['10.0.0.1:9100', '[::1]:9100'], job: ['node'] } };
    const { target, asked } = targetOf(node, () => 1);
    const found = await discover(target, 'prom', NONE, deps());
    if (!found.ok) throw new Error(found.error.message);
    expect(found.value.detectors).toMatchObject([{ service: 'node', query: 'avg(node_load1{job="node"})' }]);
    expect(asked.join()).not.toContain('10.0.0.1');
  });

  it('takes the next label where the best one holds addresses alone, and the last one as it is', async () => {
    const kubernetes = {
      apiserver_request_total: { code: ['200'], job: ['10.0.0.1:6443'] },
      http_requests_total: { code: ['200'], service: ['10.0.0.2:80'], job: ['shop'] },
    };
    const { target } = targetOf(kubernetes, aWeek);
    const found = await discover(target, 'prom', NONE, deps());
    if (!found.ok) throw new Error(found.error.message);
    expect(found.value.objectives.map((one) => one.service).sort()).toEqual(['10.0.0.1-6443', 'shop']);
  });

  it('asks nothing more once it is stopped', async () => {
    const stop = new AbortController();
    const { target, asked } = targetOf(HTTP, aWeek);
    const found = discover(target, 'prom', NONE, { ...deps(stop.signal), onProgress: () => stop.abort() });
    expect(await found).toMatchObject({ ok: true, value: { objectives: [] } });
    expect(asked).toEqual([]);
  });
});

describe('a proposal', () => {
  it.each([
    [null, 0.99],
    [1, 0.999],
    [0.9991, 0.999],
    [0.994, 0.99],
    [0.8512, 0.85],
    [0, 0.01],
  ])('of %s is the target %s', (observed, target) => expect(targetFor(observed)).toBe(target));

  it('takes the highest boundary where none is kept to, and none without traffic', () => {
    const bucket = (le: string, value: number) => ({ labels: { le }, at: 0, value });
    expect(boundary([bucket('0.1', 1), bucket('0.5', 90), bucket('+Inf', 100)], 0.99)).toMatchObject({
      le: '0.5',
      share: 0.9,
    });
    expect(boundary([bucket('0.1', 0), bucket('+Inf', 0)], 0.99)).toBeUndefined();
    expect(boundary([], 0.99)).toBeUndefined();
  });

  it('quotes values and makes names', () => {
    expect(exactly('a', 'x"\\\n')).toBe('a="x\\"\\\\\\n"');
    expect([nameOf('a b/c'), nameOf('--'), nameOf('..x..')]).toEqual(['a-b-c', '', 'x']);
  });
});

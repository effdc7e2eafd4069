import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { queryBench } from '../../support/query-bench.ts';

/** A few series of one metric, some of them absent at the instant that is asked. */
const vector = (name: string) =>
  fc
    .uniqueArray(
      fc.record({
        zone: fc.constantFrom('a', 'b', 'c'),
        node: fc.constantFrom('1', '2', '3'),
        value: fc.integer({ min: -50, max: 50 }),
        absent: fc.boolean(),
      }),
      { selector: (one) => `${one.zone}/${one.node}`, maxLength: 9 },
    )
    .map((all) =>
      all.map((one) => `${name}{zone="${one.zone}",node="${one.node}"} ${one.absent ? '_' : one.value}`),
    );

const pair = fc.tuple(vector('x'), vector('y'));

function benchOf(...lines: (readonly string[])[]) {
  return queryBench(lines.flat(), 60_000);
}

const keys = (answer: Readonly<Record<string, number>>) => Object.keys(answer).sort();

describe('and, or, unless', () => {
  it('take a vector apart: what is in the other and what is not are all of it', () => {
    fc.assert(
      fc.property(pair, ([x, y]) => {
        const bench = benchOf(x, y);
        const both = bench.at('x and y', 0);
        const rest = bench.at('x unless y', 0);
        expect({ ...both, ...rest }).toEqual(bench.at('x', 0));
        expect(keys(both).filter((key) => key in rest)).toEqual([]);
      }),
    );
  });

  it('answer x for x and x, x or x, and nothing for x unless x', () => {
    fc.assert(
      fc.property(vector('x'), (x) => {
        const bench = benchOf(x);
        const all = bench.at('x', 0);
        expect(bench.at('x and x', 0)).toEqual(all);
        expect(bench.at('x or x', 0)).toEqual(all);
        expect(bench.at('x unless x', 0)).toEqual({});
      }),
    );
  });

  it('have in x or y as many as in x and in y without those that match', () => {
    fc.assert(
      fc.property(pair, ([x, y]) => {
        const bench = benchOf(x, y);
        const or = bench.at('x or y', 0);
        expect(keys(or)).toEqual([...keys(bench.at('x', 0)), ...keys(bench.at('y unless x', 0))].sort());
        for (const key of keys(or).filter((one) => one.startsWith('x')))
          expect(or[key]).toBe(bench.at('x', 0)[key]);
      }),
    );
  });

  it('keep what matches on the labels that are named', () => {
    fc.assert(
      fc.property(pair, ([x, y]) => {
        const bench = benchOf(x, y);
        const zones = new Set(keys(bench.at('y', 0)).map((key) => /zone="(\w)"/.exec(key)?.[1]));
        const expected = keys(bench.at('x', 0)).filter((key) => zones.has(/zone="(\w)"/.exec(key)?.[1]));
        expect(keys(bench.at('x and on (zone) y', 0))).toEqual(expected);
        expect(bench.at('x and ignoring (node) y', 0)).toEqual(bench.at('x and on (zone) y', 0));
        const any = keys(bench.at('y', 0)).length > 0;
        expect(keys(bench.at('x and on () y', 0))).toEqual(any ? keys(bench.at('x', 0)) : []);
      }),
    );
  });

  it('associate: (x and y) and y is x and y, and unless twice is once', () => {
    fc.assert(
      fc.property(pair, ([x, y]) => {
        const bench = benchOf(x, y);
        expect(bench.at('x and y and y', 0)).toEqual(bench.at('x and y', 0));
        expect(bench.at('x unless y unless y', 0)).toEqual(bench.at('x unless y', 0));
        expect(bench.at('x unless (x unless y)', 0)).toEqual(bench.at('x and y', 0));
      }),
    );
  });
});

describe('aggregations', () => {
  const close = (a: number | undefined, b: number | undefined) => {
    if (a === undefined || b === undefined) expect(a).toBe(b);
    else expect(a).toBeCloseTo(b, 9);
  };

  it('sum up whichever way they are grouped', () => {
    fc.assert(
      fc.property(vector('x'), (x) => {
        const bench = benchOf(x);
        const total = bench.value('sum(x)', 0);
        close(bench.value('sum(sum by (zone) (x))', 0), total);
        close(bench.value('sum(sum without (zone) (x))', 0), total);
        close(bench.value('sum(sum by (zone, node) (x))', 0), total);
        close(bench.value('avg(x) * count(x)', 0), total);
        close(bench.value('max(max by (zone) (x))', 0), bench.value('max(x)', 0));
        close(bench.value('sum(count by (node) (x))', 0), bench.value('count(x)', 0));
        close(bench.value('-min(-x)', 0), bench.value('max(x)', 0));
        close(bench.value('stddev(x) ^ 2', 0), bench.value('stdvar(x)', 0));
        close(bench.value('stdvar(x)', 0), bench.value('avg(x * x) - avg(x) ^ 2', 0));
      }),
    );
  });

  it('group the same by the labels that are left as without the others', () => {
    fc.assert(
      fc.property(
        vector('x'),
        fc.constantFrom('sum', 'avg', 'min', 'max', 'count', 'group', 'stddev'),
        (x, op) => {
          const bench = benchOf(x);
          expect(bench.at(`${op} by (zone) (x)`, 0)).toEqual(bench.at(`${op} without (node) (x)`, 0));
          expect(bench.at(`${op}(x) by (zone)`, 0)).toEqual(bench.at(`${op} by (zone) (x)`, 0));
        },
      ),
    );
  });

  it('lie between the extremes', () => {
    fc.assert(
      fc.property(vector('x'), fc.double({ min: 0, max: 1, noNaN: true }), (x, q) => {
        const bench = benchOf(x);
        const [low, high] = [bench.value('min(x)', 0), bench.value('max(x)', 0)];
        if (low === undefined || high === undefined) return;
        for (const expression of ['avg(x)', `quantile(${q.toFixed(6)}, x)`]) {
          const value = bench.value(expression, 0) ?? Number.NaN;
          expect(value).toBeGreaterThanOrEqual(low - 1e-9);
          expect(value).toBeLessThanOrEqual(high + 1e-9);
        }
        expect(bench.value('quantile(0, x)', 0)).toBe(low);
        expect(bench.value('quantile(1, x)', 0)).toBe(high);
      }),
    );
  });

  it('choose the k largest and leave them as they are', () => {
    fc.assert(
      fc.property(vector('x'), fc.integer({ min: -1, max: 10 }), (x, k) => {
        const bench = benchOf(x);
        const all = bench.at('x', 0);
        const top = bench.at(`topk(${k}, x)`, 0);
        const values = Object.values(all).sort((a, b) => b - a);
        expect(Object.values(top).sort((a, b) => b - a)).toEqual(values.slice(0, Math.max(0, k)));
        for (const [key, value] of Object.entries(top)) expect(all[key]).toBe(value);
        expect(Object.values(bench.at(`bottomk(${k}, x)`, 0)).sort((a, b) => a - b)).toEqual(
          [...values].reverse().slice(0, Math.max(0, k)),
        );
      }),
    );
  });

  it('have no answer over nothing, rather than 0', () => {
    const bench = queryBench(['x 1']);
    for (const op of ['sum', 'avg', 'min', 'max', 'count', 'group', 'stddev', 'stdvar'])
      expect(bench.at(`${op}(missing)`, 0), op).toEqual({});
    expect(bench.at('sum(x) + sum(missing)', 0)).toEqual({});
    expect(bench.at('sum(x) or vector(0)', 0)).toEqual({ '{}': 1 });
    expect(bench.at('sum(missing) or vector(0)', 0)).toEqual({ '{}': 0 });
  });

  it('by a label that is not there, or is called like a property of objects, is one group', () => {
    const bench = queryBench(['x{zone="a"} 1', 'x{zone="b"} 2']);
    for (const label of ['missing', 'constructor', '__proto__', 'toString'])
      expect(bench.at(`sum by (${label}) (x)`, 0), label).toEqual({ '{}': 3 });
  });

  it('pass over numbers that are none only in extremes and choices', () => {
    const bench = queryBench(['x{i="1"} NaN', 'x{i="2"} 5', 'x{i="3"} 7']);
    expect([bench.value('max(x)', 0), bench.value('min(x)', 0)]).toEqual([7, 5]);
    expect(bench.value('sum(x)', 0)).toBeNaN();
    expect(bench.at('topk(2, x)', 0)).toEqual({ 'x{i="2"}': 5, 'x{i="3"}': 7 });
    expect(bench.at('bottomk(1, x)', 0)).toEqual({ 'x{i="2"}': 5 });
  });
});

describe('operators between vectors', () => {
  it('obey arithmetic where both sides have a value, and answer nothing elsewhere', () => {
    fc.assert(
      fc.property(pair, ([x, y]) => {
        const bench = benchOf(x, y);
        expect(bench.at('x + y', 0)).toEqual(bench.at('y + x', 0));
        expect(bench.at('x - y', 0)).toEqual(bench.at('x + (-1 * y)', 0));
        expect(keys(bench.at('x * y', 0)).length).toBe(keys(bench.at('x and y', 0)).length);
        for (const value of Object.values(bench.at('x - x', 0))) expect(value).toBe(0);
      }),
    );
  });

  it('split a vector by a comparison and its opposite', () => {
    fc.assert(
      fc.property(vector('x'), fc.integer({ min: -50, max: 50 }), (x, limit) => {
        const bench = benchOf(x);
        for (const [op, opposite] of [
          ['>', '<='],
          ['<', '>='],
          ['==', '!='],
        ]) {
          const holds = bench.at(`x ${op} ${limit}`, 0);
          expect({ ...holds, ...bench.at(`x ${opposite} ${limit}`, 0) }).toEqual(bench.at('x', 0));
          const flags = Object.values(bench.at(`x ${op} bool ${limit}`, 0));
          expect(flags.filter((flag) => flag === 1)).toHaveLength(keys(holds).length);
          expect(flags.length).toBe(keys(bench.at('x', 0)).length);
        }
        expect(bench.at(`${limit} < x`, 0)).toEqual(bench.at(`x > ${limit}`, 0));
      }),
    );
  });

  it('match many to one as they are told, and refuse where they are not told', () => {
    const bench = queryBench([
      'hits{path="a",zone="1"} 10',
      'hits{path="b",zone="1"} 30',
      'cap{zone="1",size="L"} 100',
    ]);
    const refused = bench.error('hits / on (zone) cap');
    expect(refused).toMatchObject({ code: 'execution', message: expect.stringContaining('group_left') });
    expect(bench.at('hits / on (zone) group_left cap', 0)).toEqual({
      '{path="a",zone="1"}': 0.1,
      '{path="b",zone="1"}': 0.3,
    });
    expect(bench.at('hits / on (zone) group_left (size) cap', 0)).toEqual({
      '{path="a",size="L",zone="1"}': 0.1,
      '{path="b",size="L",zone="1"}': 0.3,
    });
    expect(bench.at('cap / on (zone) group_right hits', 0)).toEqual({
      '{path="a",zone="1"}': 10,
      '{path="b",zone="1"}': 100 / 30,
    });
    expect(bench.error('hits + on (zone) hits')).toMatchObject({ code: 'execution' });
  });

  it('refuse an answer that would have the same labels twice', () => {
    const bench = queryBench(['a{i="1"} 1', 'b{i="1"} 2']);
    expect(bench.error('abs({__name__=~"a|b"})')).toMatchObject({
      code: 'execution',
      position: expect.anything(),
    });
    expect(bench.error('rate({__name__=~"a|b"}[5m]) or -{__name__=~"a|b"}')).toMatchObject({
      code: 'execution',
    });
  });

  it('with a sign before a power shift the selector that an offset follows', () => {
    const bench = queryBench(['x 3 5']);
    expect(bench.value('-2 ^ x offset 1m', 60_000)).toBe(-8);
    expect(bench.value('-x ^ 2', 60_000)).toBe(-25);
  });

  it('bind as PromQL binds them', () => {
    const bench = queryBench([]);
    for (const [text, expected] of [
      ['1 + 2 * 3', 7],
      ['2 ^ 3 ^ 2', 512],
      ['-2 ^ 2', -4],
      ['1 * -2 ^ 2', -4],
      ['(-2) ^ 2', 4],
      ['2 ^ -1', 0.5],
      ['-2 ^ 3 ^ 2', -512],
      ['-2 * 3', -6],
      ['(1 + 2) * 3', 9],
      ['10 - 4 - 3', 3],
      ['7 % 4 * 2', 6],
      ['1 + 1 == bool 2', 1],
      ['2 * 3 > bool 5', 1],
      ['-1 % 3', -1],
      ['0 / 0', Number.NaN],
      ['1 / 0', Number.POSITIVE_INFINITY],
    ] as const)
      expect(bench.value(text, 0), text).toBe(expected);
  });
});

describe('functions of numbers', () => {
  it.each([
    ['abs(x)', 2.5],
    ['ceil(x)', -2],
    ['floor(x)', -3],
    ['round(x)', -2],
    ['sgn(x)', -1],
    ['round(x, 2)', -2],
    ['clamp(x, -1, 1)', -1],
    ['clamp_min(x, 0)', 0],
    ['clamp_max(x, -3)', -3],
    ['exp(x - x)', 1],
    ['sqrt(x * x)', 2.5],
    ['ln(exp(x))', -2.5],
    ['log2(x + 10.5)', 3],
    ['log10(x + 102.5)', 2],
    ['deg(pi() + (x - x))', 180],
    ['scalar(x) + 1', -1.5],
    ['-x', 2.5],
    ['x atan2 x', Math.atan2(-2.5, -2.5)],
  ])('%s is %d', (expression, expected) => {
    expect(queryBench(['x -2.5']).value(expression, 0)).toBeCloseTo(expected, 12);
  });

  it('of limits the wrong way round have no answer, and of several series no scalar', () => {
    const bench = queryBench(['x{i="1"} 1', 'x{i="2"} 2']);
    expect(bench.at('clamp(x, 5, 1)', 0)).toEqual({});
    expect(bench.value('scalar(x)', 0)).toBeNaN();
    expect(bench.value('scalar(missing)', 0)).toBeNaN();
    expect(bench.value('scalar(x{i="2"})', 0)).toBe(2);
    expect(bench.at('vector(time())', 90_000)).toEqual({ '{}': 90 });
    expect(Object.values(bench.at('sort_desc(x)', 0))).toEqual([2, 1]);
    expect(Object.values(bench.at('sort(x)', 0))).toEqual([1, 2]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { routeOf } from '../../../../renderer/state/route.ts';
import { waterfallOf } from '../../../../renderer/state/trace-tree.ts';
import {
  FIRST_TRACES,
  type TraceView,
  traceIdOf,
  tracesRoute,
  traceViewOf,
  traceViewText,
} from '../../../../renderer/state/trace-view.ts';
import type { Span } from '../../../../shared/model/trace.ts';

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');

function span(
  id: number,
  parent: number | null,
  startAt: number,
  durationMs: number,
  given: Partial<Span> = {},
): Span {
  return {
    traceId: hex(1, 32),
    spanId: hex(id, 16),
    parentSpanId: parent === null ? null : hex(parent, 16),
    service: 'ranking-model',
    name: `span ${id}`,
    kind: 'internal',
    startAt,
    durationMs,
    status: 'unset',
    attributes: {},
    ...given,
  };
}

describe('a waterfall', () => {
  it('puts children under their parents, each where it was in time', () => {
    const { rows, startAt, durationMs } = waterfallOf([
      span(3, 1, 1_060, 30),
      span(2, 1, 1_010, 40),
      span(1, null, 1_000, 100),
      span(4, 2, 1_020, 10),
    ]);
    expect({ startAt, durationMs }).toEqual({ startAt: 1_000, durationMs: 100 });
    expect(rows.map((row) => [row.span.name, row.depth])).toEqual([
      ['span 1', 0],
      ['span 2', 1],
      ['span 4', 2],
      ['span 3', 1],
    ]);
    expect(rows[3]).toMatchObject({ left: 0.6, width: 0.3, ownMs: 30, orphan: false, outside: false });
    expect(rows[0]?.ownMs).toBe(30);
  });

  it('marks the chain that its end waited for', () => {
    const { rows } = waterfallOf([
      span(1, null, 0, 100),
      span(2, 1, 0, 40),
      span(3, 1, 10, 20),
      span(4, 1, 45, 50),
      span(5, 4, 50, 45),
    ]);
    expect(rows.filter((row) => row.critical).map((row) => row.span.name)).toEqual([
      'span 1',
      'span 2',
      'span 4',
      'span 5',
    ]);
  });

  it('says where a parent is not kept, and where a span is not inside its parent', () => {
    const { rows } = waterfallOf([span(1, 9, 0, 10), span(2, 1, -5, 30)]);
    expect(rows.map(({ orphan, outside }) => ({ orphan, outside }))).toEqual([
      { orphan: true, outside: false },
      { orphan: false, outside: true },
    ]);
  });

  it('draws every span once, whatever they say of each other, and inside its bounds', () => {
    const anySpan = fc
      .tuple(fc.nat(12), fc.option(fc.nat(12)), fc.nat(1_000), fc.nat(500))
      .map(([id, parent, startAt, durationMs]) => span(id, parent, startAt, durationMs));
    fc.assert(
      fc.property(
        fc.uniqueArray(anySpan, { minLength: 1, maxLength: 12, selector: (one) => one.spanId }),
        (spans) => {
          const { rows } = waterfallOf(spans);
          expect(rows.map((row) => row.span.spanId).sort()).toEqual(spans.map((one) => one.spanId).sort());
          for (const row of rows) {
            expect(row.left).toBeGreaterThanOrEqual(0);
            expect(row.left + row.width).toBeLessThanOrEqual(1 + 1e-9);
            expect(row.ownMs).toBeGreaterThanOrEqual(0);
            expect(row.ownMs).toBeLessThanOrEqual(row.span.durationMs);
          }
        },
      ),
    );
  });
});

describe('the address of the Traces screen', () => {
  const anyView: fc.Arbitrary<TraceView> = fc.record({
    text: fc.string({ maxLength: 40 }),
    service: fc.string({ maxLength: 20 }),
    name: fc.string({ maxLength: 20 }),
    version: fc.string({ maxLength: 20 }),
    failed: fc.boolean(),
    durationMs: fc.option(fc.integer({ min: 1, max: 100_000 })),
    range: fc.oneof(
      fc.integer({ min: 1, max: 86_400 }).map((s) => ({ kind: 'last' as const, ms: s * 1_000 })),
      fc
        .tuple(fc.integer({ min: 0, max: 1_900_000_000 }), fc.integer({ min: 1, max: 86_400 }))
        .map(([from, s]) => ({ kind: 'between' as const, fromAt: from * 1_000, toAt: (from + s) * 1_000 })),
    ),
    trace: fc.option(fc.nat().map((one) => hex(one, 32))),
  });

  it('holds all that it shows', () => {
    fc.assert(
      fc.property(anyView, (view) => {
        expect(traceViewOf(traceViewText(view))).toEqual(view);
      }),
    );
  });

  it('is short at first, and read for what it is where it was cut', () => {
    expect(traceViewText(FIRST_TRACES)).toBe('');
    expect(tracesRoute({ failed: true })).toEqual({ screen: 'traces', view: 'failed=1' });
    expect(routeOf('#/traces?failed=1')).toEqual({ screen: 'traces', view: 'failed=1' });
    expect(traceViewOf('range=never&longer=x&trace=nonsense&text=a')).toEqual({ ...FIRST_TRACES, text: 'a' });
  });

  it('knows a trace identifier however it is pasted', () => {
    const id = '4bf92f3577b34da6a3ce929d0e0e4736';
    expect(traceIdOf(` ${id.toUpperCase()} `)).toBe(id);
    expect(traceIdOf('4bf92f35-77b3-4da6-a3ce-929d0e0e4736')).toBe(id);
    expect(traceIdOf('a3ce929d0e0e4736')).toBe(`${'0'.repeat(16)}a3ce929d0e0e4736`);
    expect(traceIdOf('req-17')).toBeNull();
  });
});

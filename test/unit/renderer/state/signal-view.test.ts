import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashOf, routeOf } from '../../../../renderer/state/route.ts';
import { fieldOf, instantOf, refreshMs, spanOf } from '../../../../renderer/state/signal-time.ts';
import { FIRST_VIEW, viewOf, viewText } from '../../../../renderer/state/signal-view.ts';
import { parseRange, rangeText } from '../../../../shared/model/board.ts';

const panel = fc.record({
  title: fc.string({ maxLength: 40 }),
  source: fc.string({ maxLength: 20 }),
  expression: fc.string({ minLength: 1, maxLength: 80 }),
  unit: fc.string({ maxLength: 8 }),
  draw: fc.constantFrom('lines' as const, 'heatmap' as const),
  compare: fc.boolean(),
});
const range = fc.oneof(
  fc.integer({ min: 1, max: 10_000 }).map((seconds) => ({ kind: 'last' as const, ms: seconds * 1_000 })),
  fc
    .integer({ min: 0, max: 2e12 })
    .map((fromAt) => ({ kind: 'between' as const, fromAt, toAt: fromAt + 5_000 })),
);

describe('the address of what is shown', () => {
  it('draws the same when it is pasted, whatever the expressions hold', () => {
    fc.assert(
      fc.property(
        fc.array(panel, { minLength: 1, maxLength: 4 }),
        range,
        fc.boolean(),
        (panels, one, local) => {
          const view = {
            board: null,
            range: one,
            zone: local ? ('local' as const) : ('utc' as const),
            stepMs: local ? 15_000 : null,
            panels,
          };
          const hash = hashOf({ screen: 'signals', view: viewText(view) });
          const route = routeOf(hash);
          expect(route.screen === 'signals' && viewOf(route.view)).toEqual(
            // A lone surrogate has no place in an address; it is replaced, as in every text that leaves the page.
            JSON.parse(JSON.stringify(view), (_, value) =>
              typeof value === 'string' ? value.toWellFormed() : value,
            ),
          );
        },
      ),
    );
  });

  it('is the first view where it was cut short or made up', () => {
    for (const text of ['', 'range=yesterday', 'panel', 'step=-1&zone=mars&board='])
      expect(viewOf(text)).toMatchObject({ range: FIRST_VIEW.range, zone: 'utc', stepMs: null });
    expect(
      viewOf(new URLSearchParams(Array.from({ length: 99 }, () => ['panel', 'expr=up'])).toString()).panels,
    ).toHaveLength(24);
  });
});

describe('a range', () => {
  it('is read as it is written', () => {
    fc.assert(
      fc.property(range, (one) => {
        expect(parseRange(rangeText(one))).toEqual(one);
      }),
    );
    for (const wrong of ['', '5', '-1h', '2026-11-24/2026-11-23', '2026-11-24T00:00:00Z', '99999y', 'a/b'])
      expect(parseRange(wrong)).toBeUndefined();
  });

  it('is asked for on whole steps, never with more points than a source answers', () => {
    fc.assert(
      fc.property(
        range,
        fc.option(fc.integer({ min: 1, max: 60_000 })),
        fc.integer({ min: 1, max: 4_000 }),
        (one, stepMs, widthPx) => {
          const span = spanOf(one, stepMs, 1.9e12, widthPx);
          expect((span.toAt - span.fromAt) / span.stepMs).toBeLessThanOrEqual(11_000);
          expect(span.fromAt % span.stepMs).toBe(0);
          if (stepMs !== null) expect(span.stepMs).toBeGreaterThanOrEqual(stepMs);
        },
      ),
    );
  });

  it('is asked again only while it moves', () => {
    expect(refreshMs({ kind: 'between', fromAt: 0, toAt: 5_000 }, 1_000)).toBeNull();
    expect(refreshMs({ kind: 'last', ms: 300_000 }, 1_000)).toBe(1_000);
    expect(refreshMs({ kind: 'last', ms: 86_400_000 }, 900_000)).toBe(60_000);
  });

  it('is typed in the clocks that are shown', () => {
    const at = Date.parse('2026-11-24T02:13:05Z');
    expect(fieldOf(at, 'utc')).toBe('2026-11-24T02:13:05');
    for (const zone of ['utc', 'local'] as const) expect(instantOf(fieldOf(at, zone), zone)).toBe(at);
    expect(instantOf('', 'utc')).toBeUndefined();
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeLabels } from '../../../../renderer/chart/label.ts';

const room = { left: 0, right: 300, rows: 3 };
const label = (text: string, x: number, width = 30) => ({ text, x, width });

describe('the labels of marks', () => {
  it('stand right of their marks in one row where they have room', () => {
    const placed = placeLabels([label('v42', 10), label('page', 100)], room);
    expect(placed.map(({ text, row, side }) => [text, row, side])).toEqual([
      ['v42', 0, 'right'],
      ['page', 0, 'right'],
    ]);
  });

  it('go down a row each where their marks are close together', () => {
    const placed = placeLabels([label('v42', 100), label('page', 102), label('v41', 110)], room);
    expect(placed.map(({ text, row }) => [text, row])).toEqual([
      ['v42', 0],
      ['page', 1],
      ['v41', 2],
    ]);
  });

  it('turn to the left at the right edge', () => {
    const [only] = placeLabels([label('page', 290)], room);
    expect(only?.side).toBe('left');
  });

  it('never cover one another nor leave the chart, however many there are', () => {
    const mark = fc.record({
      text: fc.constant('m'),
      x: fc.integer({ min: 0, max: 300 }),
      width: fc.integer({ min: 5, max: 90 }),
    });
    fc.assert(
      fc.property(fc.array(mark, { maxLength: 40 }), (marks) => {
        const spans = placeLabels(marks, room).map(({ x, width, row, side }) => {
          const from = side === 'right' ? x : x - width - 4;
          return { row, from, to: from + width + 4 };
        });
        return spans.every(
          (a, i) =>
            a.from >= 0 &&
            a.to <= 300 &&
            spans.every((b, j) => i === j || a.row !== b.row || a.to <= b.from || b.to <= a.from),
        );
      }),
    );
  });
});

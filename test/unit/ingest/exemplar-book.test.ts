import { describe, expect, it } from 'vitest';
import { createExemplarBook } from '../../../main/ingest/exemplar-book.ts';

const series = (name: string) => () => ({ __name__: name, service: 'shop' });
const text = (trace: string, value = 1) => ` {trace_id="${trace}"} ${value}`;

describe('the book of exemplars', () => {
  it('keeps the last five of a series, each once, the newest first', () => {
    const book = createExemplarBook();
    for (let index = 0; index < 8; index += 1)
      for (const again of [0, 1])
        book.note('a', text(`t${index}`), index * 1_000 + again, series('h_bucket'));
    expect(book.list({ limit: 100 }).map((one) => [one.labels.trace_id, one.at])).toEqual([
      ['t7', 7_000],
      ['t6', 6_000],
      ['t5', 5_000],
      ['t4', 4_000],
      ['t3', 3_000],
    ]);
  });

  it('is asked by metric, by trace and for so many', () => {
    const book = createExemplarBook();
    book.note('a', text('one'), 1, series('h_bucket'));
    book.note('b', ' {traceID="one"} 2', 2, series('q_total'));
    book.note('c', text('two'), 3, series('q_total'));
    expect(book.list({ metric: 'q_total', limit: 9 }).map((one) => one.at)).toEqual([3, 2]);
    expect(book.list({ traceId: 'one', limit: 9 }).map((one) => one.at)).toEqual([2, 1]);
    expect(book.list({ limit: 1 }).map((one) => one.at)).toEqual([3]);
    expect(book.list({ metric: 'other', limit: 9 })).toEqual([]);
  });

  it('says what is none, writes infinities as text, and forgets what is relabelled away', () => {
    const book = createExemplarBook();
    expect(book.note('a', 'nonsense', 1, series('h'))).toBe(false);
    expect(book.note('a', text('x'), 1, () => null)).toBe(true);
    expect(book.list({ limit: 9 })).toEqual([]);
    book.note('b', ' {trace_id="y"} +Inf 5', 1, series('h'));
    expect(book.list({ limit: 9 })).toMatchObject([{ value: 'Infinity', at: 5_000 }]);
  });

  it('is bounded: what has had none for longest goes first', () => {
    const book = createExemplarBook();
    for (let index = 0; index <= 5_000; index += 1) {
      book.note(`k${index}`, text(`t${index}`), index, series(`m${index}`));
      if (index % 1_000 === 0) book.note('k0', text(`again${index}`), index, series('m0'));
    }
    expect(book.list({ metric: 'm1', limit: 9 })).toEqual([]);
    expect(book.list({ metric: 'm0', limit: 9 }).length).toBeGreaterThan(0);
    expect(book.list({ metric: 'm5000', limit: 9 })).toHaveLength(1);
  });
});

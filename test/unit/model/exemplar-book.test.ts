import { describe, expect, it } from 'vitest';
import { createExemplarBook, hasLongLabels, joinExemplars } from '../../../shared/model/exemplar-book.ts';

const series = (name: string) => () => ({ __name__: name, service: 'shop' });
const told = (trace: string, at: number, value = 1) => ({ labels: { trace_id: trace }, value, at });

describe('the book of exemplars', () => {
  it('keeps the last five of a series and knows them again, the newest first', () => {
    const book = createExemplarBook();
    for (let index = 0; index < 8; index += 1) {
      expect(book.holds('a', `t${index}`)).toBe(false);
      book.note('a', `t${index}`, told(`t${index}`, index * 1_000), series('h_bucket'));
      expect(book.holds('a', `t${index}`)).toBe(true);
    }
    expect(book.holds('a', 't2')).toBe(false);
    expect(book.holds('b', 't7')).toBe(false);
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
    book.note('a', '1', told('one', 1), series('h_bucket'));
    book.note('b', '2', { labels: { traceID: 'one' }, value: 2, at: 2 }, series('q_total'));
    book.note('c', '3', told('two', 3), series('q_total'));
    expect(book.list({ metric: 'q_total', limit: 9 }).map((one) => one.at)).toEqual([3, 2]);
    expect(book.list({ traceId: 'one', limit: 9 }).map((one) => one.at)).toEqual([2, 1]);
    expect(book.list({ limit: 1 }).map((one) => one.at)).toEqual([3]);
    expect(book.list({ metric: 'other', limit: 9 })).toEqual([]);
  });

  it('writes infinities as text, and keeps nothing of a series that is not kept', () => {
    const book = createExemplarBook();
    book.note('a', '1', told('x', 1), () => null);
    expect(book.list({ limit: 9 })).toEqual([]);
    book.note('b', '1', told('y', 5_000, Number.POSITIVE_INFINITY), series('h'));
    expect(book.list({ limit: 9 })).toMatchObject([{ value: 'Infinity', at: 5_000 }]);
  });

  it('is bounded in series: what has had none for longest goes first', () => {
    const book = createExemplarBook();
    for (let index = 0; index <= 5_000; index += 1) {
      book.note(`k${index}`, '1', told(`t${index}`, index), series(`m${index}`));
      if (index % 1_000 === 0) book.note('k0', `again${index}`, told('again', index), series('m0'));
    }
    expect(book.list({ metric: 'm1', limit: 9 })).toEqual([]);
    expect(book.list({ metric: 'm0', limit: 9 }).length).toBeGreaterThan(0);
    expect(book.list({ metric: 'm5000', limit: 9 })).toHaveLength(1);
  });

  it('is bounded in characters, and counts what it let go', () => {
    const book = createExemplarBook(900);
    const wide = (name: string) => () => ({ __name__: name, path: 'x'.repeat(300) });
    for (let round = 0; round < 100; round += 1)
      for (const name of ['a', 'b', 'c', 'd'])
        book.note(name, `${round}`, told(`t${round}`, round), wide(name));
    const left = book.list({ limit: 99 });
    expect(new Set(left.map((one) => one.series.__name__))).toEqual(new Set(['c', 'd']));
    book.note('huge', '1', told('t', 1), () => ({ __name__: 'h'.repeat(2_000) }));
    expect(book.list({ limit: 99 })).toEqual([]);
    book.note('a', '1', told('t', 1), series('a'));
    expect(book.list({ limit: 99 })).toHaveLength(1);
  });
});

describe('exemplars of several books', () => {
  it('are one list, in which the same event stands once', () => {
    const one = { series: { __name__: 'a', b: '1' }, labels: { trace_id: 'x' }, value: 1, at: 5 };
    const same = { ...one, series: { b: '1', __name__: 'a' } };
    const other = { ...one, labels: { trace_id: 'y' }, at: 7 };
    expect(joinExemplars([[one], [other, same]], 9)).toEqual([other, same]);
    expect(joinExemplars([[], [one, one]], 9)).toEqual([one, one]);
    expect(joinExemplars([[other], [one]], 1)).toEqual([other]);
    expect(joinExemplars([[], []], 9)).toEqual([]);
  });

  it('have at most 128 characters of labels', () => {
    expect(hasLongLabels({ trace_id: 'x'.repeat(120) })).toBe(false);
    expect(hasLongLabels({ trace_id: 'x'.repeat(121) })).toBe(true);
  });
});

import { describe, expect, it } from 'vitest';
import { checkExpression, createInlineTarget, createJoinedTarget } from '../../../main/query/index.ts';
import type { QueryNote, QueryTarget } from '../../../shared/model/metric.ts';
import { loadSeries } from '../../support/load-notation.ts';
import { createMemorySamples } from '../../support/memory-metrics.ts';

const MINUTE = 60_000;
const AT = 10 * MINUTE;

function targetOf(
  id: string,
  lines: readonly string[],
): { readonly asked: string[]; readonly target: QueryTarget } {
  const store = createMemorySamples();
  loadSeries(store.writer, lines, MINUTE);
  const target = createInlineTarget(id, store.reader);
  const asked: string[] = [];
  const heard = (text: string) => {
    asked.push(text);
  };
  return {
    asked,
    target: {
      ...target,
      instant: (text, at, options) => {
        heard(text);
        return target.instant(text, at, options);
      },
      range: (text, window, options) => {
        heard(text);
        return target.range(text, window, options);
      },
    },
  };
}

const sales = targetOf('local', [
  'sold_total{shop="a"} 0+30x20',
  'sold_total{shop="b"} 0+60x20',
  'stale_one 1 2 stale',
]);
const prom = targetOf('prom', [
  'visits_total{shop="a",pod="1"} 0+60x20',
  'visits_total{shop="a",pod="2"} 0+60x20',
  'visits_total{shop="b",pod="1"} 0+120x20',
  'brief{shop="a"} 1 1 1 stale',
]);
const edge = targetOf('edge', ['quota{shop="a"} 5x20', 'quota{shop="b"} 7x20']);

const sources: Record<string, QueryTarget> = { prom: prom.target, edge: edge.target, here: sales.target };
const over = (own: QueryTarget) =>
  createJoinedTarget({
    own,
    local: sales.target,
    target: (id) => sources[id],
    localSources: () => ['here'],
    compat: () => 3,
  });

async function values(target: QueryTarget, expression: string): Promise<Record<string, number>> {
  const answer = await target.instant(expression, AT);
  if (!answer.ok) throw new Error(answer.error.message);
  if (answer.value.kind === 'scalar') return { scalar: answer.value.value };
  return Object.fromEntries(answer.value.samples.map(({ labels, value }) => [JSON.stringify(labels), value]));
}

describe('a question over several sources', () => {
  it('has each source evaluate its largest part, and joins the answers here', async () => {
    prom.asked.length = 0;
    const found = await values(
      over(sales.target),
      'sum by (shop) (rate(sold_total[5m])) / sum by (shop) (rate(visits_total{__source__="prom"}[5m]))',
    );
    expect(found).toEqual({ '{"shop":"a"}': 0.25, '{"shop":"b"}': 0.5 });
    expect(prom.asked).toEqual(['sum by (shop) (rate(visits_total{}[300000ms]))']);
  });

  it('joins three, whichever is asked, and answers the same over a range', async () => {
    const expression =
      'sum by (shop) (rate(visits_total{__source__="prom"}[5m])) - on (shop) sum by (shop) (rate(sold_total{__source__="local"}[5m])) > on (shop) quota{__source__="edge"} * 0';
    const expected = { '{"shop":"a"}': 1.5, '{"shop":"b"}': 1 };
    for (const own of [sales.target, prom.target, edge.target])
      expect(await values(over(own), expression)).toEqual(expected);
    const range = await over(prom.target).range(expression, {
      fromAt: AT,
      toAt: AT + MINUTE,
      stepMs: MINUTE,
    });
    if (!range.ok) throw new Error(range.error.message);
    expect(range.value.map(({ values: all }) => Array.from(all))).toEqual([
      [1.5, 1.5],
      [1, 1],
    ]);
  });

  it('joins inside of a subquery, at the instants of the subquery', async () => {
    const found = await values(
      over(sales.target),
      'max_over_time((quota{__source__="edge"} - on (shop) sold_total / 30)[4m:2m])',
    );
    expect(found).toEqual({ '{"shop":"a"}': 5 - 8, '{"shop":"b"}': 7 - 16 });
  });

  it('keeps the staleness of the other source: what ended there is not looked back for here', async () => {
    const target = over(sales.target);
    expect(await values(target, 'brief{__source__="prom"} or vector(0) * on () stale_one')).toEqual({});
    const range = await target.range('brief{__source__="prom"} * on (shop) group_left sold_total ^ 0', {
      fromAt: 0,
      toAt: 4 * MINUTE,
      stepMs: MINUTE,
    });
    if (!range.ok) throw new Error(range.error.message);
    expect(Array.from(range.value[0]?.times ?? [])).toEqual([0, MINUTE, 2 * MINUTE]);
  });

  it('goes whole to a source that it names alone, without the name', async () => {
    prom.asked.length = 0;
    const found = await values(over(sales.target), 'scalar(sum(visits_total{__source__="prom", shop="b"}))');
    expect(found).toEqual({ scalar: 1200 });
    expect(prom.asked).toEqual(['scalar(sum (visits_total{shop="b"}))']);
    expect(await values(over(prom.target), 'sum(sold_total{__source__="here"})')).toEqual({ '{}': 900 });
  });

  it('is asked as it was written where no source is named', async () => {
    prom.asked.length = 0;
    await over(prom.target).instant('sum (visits_total)', AT);
    expect(prom.asked).toEqual(['sum (visits_total)']);
  });

  it('names the selector whose source there is not, and the source that refused', async () => {
    const target = over(sales.target);
    expect(await target.instant('1 + nothing{__source__="nowhere"}', AT)).toMatchObject({
      error: { code: 'execution', position: { from: 4, to: 33 } },
    });
    const refused = await target.instant(
      'sold_total * on (shop) (quota{__source__="edge"} / on () quota{__source__="edge"})',
      AT,
    );
    expect(refused).toMatchObject({ ok: false, error: { code: 'execution' } });
    expect(refused.ok ? '' : refused.error.message).toMatch(/^edge, asked for \(quota\{\}/);
    expect(
      await target.instant(
        'quantile_over_time(scalar(sold_total{shop="a"}), quota{__source__="edge"}[5m])',
        AT,
      ),
    ).toMatchObject({ error: { code: 'unsupported', position: { from: 49, to: 77 } } });
    expect(await target.instant('a{__source__=~"p.*"} + b', AT)).toMatchObject({ error: { code: 'parse' } });
  });

  it('is refused where only local metrics can be asked', async () => {
    expect(await sales.target.instant('up{__source__="prom"}', AT)).toMatchObject({
      error: { code: 'execution', position: { from: 0, to: 21 } },
    });
  });

  it('brings the notes of all who answered', async () => {
    const notes: QueryNote[] = [];
    await over(sales.target).instant(
      'quantile_over_time(2, quota{__source__="edge"}[5m]) * on (shop) rate(sold_total[5m])',
      AT,
      { onNotes: (all) => void notes.push(...all) },
    );
    expect(notes.map(({ severity }) => severity)).toEqual(['warning']);
  });
});

describe('what can be said of an expression without data', () => {
  const check = (expression: string) =>
    checkExpression(expression, {
      compat: 3,
      ownSource: 'prom',
      localSources: ['here'],
      target: (id) => sources[id],
    });

  it('is its type, its metrics and whom it asks', () => {
    expect(check('sum(a) + on () b{__source__="here"}')).toEqual({
      ok: true,
      value: { type: 'vector', metrics: ['a', 'b'], sources: ['prom', 'local'], notes: [] },
    });
  });

  it.each([
    ['rate(temperature[5m])', 'info', 5],
    ['quantile(1.5, up)', 'warning', 9],
    ['histogram_quantile(0.9, sum by (job) (rate(x_bucket[5m])))', 'warning', 24],
    ['histogram_quantile(0.9, sum without (le) (rate(x_bucket[5m])))', 'warning', 24],
  ])('is what is probably not meant: %s', (expression, severity, from) => {
    expect(check(expression)).toMatchObject({ value: { notes: [{ severity, position: { from } }] } });
  });

  it.each(['histogram_quantile(0.9, sum by (le) (rate(x_bucket[5m])))', 'rate(hits_total[5m])'])(
    'is nothing where nothing is doubtful: %s',
    (expression) => {
      expect(check(expression)).toMatchObject({ value: { notes: [] } });
    },
  );

  it('is where it is wrong', () => {
    expect(check('sum(rate(up))')).toMatchObject({ error: { code: 'parse', position: { from: 9, to: 11 } } });
    expect(check('a + b{__source__="none"}')).toMatchObject({ error: { position: { from: 4, to: 24 } } });
  });
});

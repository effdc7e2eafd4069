import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attachTargetLabels, labelKey } from '../../../main/ingest/attach.ts';
import { splitRows } from '../../../main/ingest/keeper.ts';
import { createScrapeApi } from '../../../main/ingest/scrape.ts';
import type { ScrapeAnswer, ScrapeRequest } from '../../../main/ingest/scrape-api.ts';
import { isStale } from '../../../main/ingest/staleness.ts';
import { Transfer } from '../../../main/platform/index.ts';
import { RelabelRule } from '../../../shared/config/relabel.ts';

const TARGET = { job: 'fleet', instance: 'gw:9100' };

/** The thread's side with a store that numbers series from 1, as the real one does. */
function reader() {
  const api = createScrapeApi();
  const numbers = new Map<string, number>();
  let at = 1_000_000;
  const scrape = (body: string | null, more: Partial<ScrapeRequest> = {}): ScrapeAnswer & { at: number } => {
    at += 1000;
    const request: ScrapeRequest = {
      key: 'fleet/gw',
      labels: TARGET,
      at,
      durationMs: 250,
      seriesMax: 100,
      body: body === null ? null : new TextEncoder().encode(body),
      format: 'text',
      relabel: [],
      honorLabels: false,
      honorTimestamps: true,
      ...more,
    };
    return { ...api.scrape(new Transfer(request, [])).value, at };
  };
  /** As the main thread does: fresh series get their numbers. */
  const number = (answer: ScrapeAnswer, refuse: (name: string) => boolean = () => false) => {
    const refs = answer.fresh.map((labels) => {
      if (refuse(labels.__name__ ?? '')) return 0;
      const key = labelKey(labels);
      const ref = numbers.get(key) ?? numbers.size + 1;
      numbers.set(key, ref);
      return ref;
    });
    api.learn('fleet/gw', Uint32Array.from(refs));
    return refs;
  };
  const settled = (body: string | null, more: Partial<ScrapeRequest> = {}) => {
    const answer = scrape(body, more);
    number(answer);
    return answer;
  };
  return { api, scrape, number, settled };
}

describe('target labels', () => {
  it('win, and what the exposition said is kept as exported', () => {
    expect(attachTargetLabels({ __name__: 'a', job: 'mine', code: '200' }, TARGET, false)).toEqual({
      __name__: 'a',
      job: 'fleet',
      instance: 'gw:9100',
      code: '200',
      exported_job: 'mine',
    });
  });

  it('never displace another label, however it is named', () => {
    const labels = attachTargetLabels({ __name__: 'a', job: '1', exported_job: '2' }, TARGET, false);
    expect(labels).toMatchObject({ job: 'fleet', exported_job: '2', exported_exported_job: '1' });
    const name = fc.constantFrom('job', 'instance', 'exported_job', 'exported_exported_job', 'x');
    fc.assert(
      fc.property(fc.dictionary(name, fc.string({ minLength: 1 })), (scraped) => {
        const made = attachTargetLabels(scraped, TARGET, false);
        expect(made).toMatchObject(TARGET);
        for (const value of Object.values(scraped)) expect(Object.values(made)).toContain(value);
      }),
    );
  });
});

describe('a scrape', () => {
  it('begins with up, its duration and its size, as Prometheus makes them', () => {
    const answer = reader().scrape('a{code="200"} 1\nb 2\n');
    expect(answer.fresh).toEqual([
      { __name__: 'up', ...TARGET },
      { __name__: 'scrape_duration_seconds', ...TARGET },
      { __name__: 'scrape_samples_scraped', ...TARGET },
      { __name__: 'a', code: '200', ...TARGET },
      { __name__: 'b', ...TARGET },
    ]);
    expect([...answer.values]).toEqual([1, 0.25, 2, 1, 2]);
    expect(answer).toMatchObject({ first: true, problem: null, seriesCount: 2, dropped: [] });
  });

  it('knows series again without reading them, and says which are gone', () => {
    const { settled, scrape } = reader();
    settled('a 1\nb 2\n');
    const second = scrape('a 10\n');
    expect(second.first).toBe(false);
    expect(second.fresh).toEqual([]);
    expect([...second.refs]).toEqual([1, 2, 3, 4]);
    expect([...second.values]).toEqual([1, 0.25, 1, 10]);
    expect([...second.vanished]).toEqual([5]);
    expect([...scrape('a 11\n').vanished]).toEqual([]);
  });

  it('that failed is up 0, and all else has vanished', () => {
    const { settled, scrape } = reader();
    settled('a 1\nb 2\n');
    const failed = scrape(null);
    expect([...failed.values]).toEqual([0, 0.25, 0]);
    expect([...failed.vanished].sort()).toEqual([4, 5]);
    expect(failed.problem).toBeNull();
  });

  it('that cannot be read is refused whole, with the line', () => {
    const { settled, scrape } = reader();
    settled('a 1\nb 2\n');
    const broken = scrape('a 5\nb oops\n');
    expect(broken.problem).toBe('line 2: the value is not a number');
    expect([...broken.values]).toEqual([0, 0.25, 0]);
    expect([...broken.vanished].sort()).toEqual([4, 5]);
    const again = scrape('a 6\nb 7\n');
    expect(again.fresh.map((labels) => labels.__name__)).toEqual(['a', 'b']);
  });

  it('over the limit of series is refused whole: part of it would be a lie', () => {
    const answer = reader().scrape('a 1\nb 2\nc 3\n', { seriesMax: 2 });
    expect(answer.problem).toContain('line 3: there are more than 2 series');
    expect(answer.seriesCount).toBe(0);
  });

  it('takes a series once, however it is written', () => {
    const { settled, scrape } = reader();
    const first = settled('a{x="1",y="2"} 1\na{y="2",x="1"} 2\na{x="1",y="2"} 3\n');
    expect(first.fresh).toHaveLength(4);
    expect(first.dropped).toEqual([{ reason: 'twice in one scrape', count: 2 }]);
    const other = scrape('a{y="2",x="1"} 4\n');
    expect([...other.values].at(-1)).toBe(4);
  });

  it('does not let the target speak for Midwatch', () => {
    const { settled, scrape } = reader();
    const first = settled('up 7\n');
    expect([...first.values]).toEqual([1, 0.25, 1]);
    settled('up 7\n');
    const third = scrape('up 7\n');
    expect([...third.values]).toEqual([1, 0.25, 1]);
    expect(third.dropped).toEqual([{ reason: 'twice in one scrape', count: 1 }]);
  });

  it('offers a refused series again only after a while', () => {
    const { scrape, number } = reader();
    number(scrape('a 1\nb 2\n'), (name) => name === 'b');
    const second = scrape('a 1\nb 2\n');
    expect(second.fresh).toEqual([]);
    expect(second.dropped).toEqual([{ reason: 'over the limit of series', count: 1 }]);
    const later = scrape('a 1\nb 2\n', { at: 2_000_000 });
    expect(later.fresh.map((labels) => labels.__name__)).toEqual(['b']);
  });

  it('offers series again whose numbers never came', () => {
    const { scrape } = reader();
    scrape('a 1\n');
    expect(scrape('a 1\n').fresh).toHaveLength(4);
  });

  it('keeps times of its own within reason, and never marks such a series as ended', () => {
    const { settled, scrape } = reader();
    const first = settled('a 1 1000500\nb 2 -9000000\nc 3 9999999999999\n');
    expect([...(first.times ?? [])].slice(3)).toEqual([1_000_500]);
    expect(first.dropped).toEqual([
      { reason: 'a time of its own more than 60 min before the scrape', count: 1 },
      { reason: 'a time of its own more than 10 min after the scrape', count: 1 },
    ]);
    expect([...scrape('d 1\n').vanished]).toEqual([]);
  });

  it('keeps at most so many different times of one scrape', () => {
    const lines = Array.from({ length: 34 }, (_, index) => `a{i="${index}"} 1 ${1_000_000 + index}\n`);
    const answer = reader().scrape([...lines, 'b 1 1000005\n'].join(''));
    expect(answer.dropped).toEqual([
      { reason: 'a time of its own beside 32 others in one scrape', count: 2 },
    ]);
  });

  it('forgets when it is told to', () => {
    const { api, settled, scrape } = reader();
    settled('a 1\n');
    api.forget(null);
    expect(scrape('a 1\n')).toMatchObject({ first: true, vanished: new Uint32Array(0) });
  });

  it('agrees with a plain count of what came and went', () => {
    const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'));
    fc.assert(
      fc.property(fc.array(fc.option(names), { maxLength: 12 }), (scrapes) => {
        const { scrape, number } = reader();
        const known = new Map<string, number>();
        let before = new Set<number>();
        for (const bodies of scrapes) {
          const answer = scrape(bodies ? bodies.map((name) => `${name} 1\n`).join('') : null);
          const refs = number(answer);
          answer.fresh.forEach((labels, i) => void known.set(labels.__name__ ?? '', refs[i] ?? 0));
          const now = new Set((bodies ?? []).map((name) => known.get(name) ?? -1));
          expect(new Set(answer.vanished)).toEqual(new Set([...before].filter((ref) => !now.has(ref))));
          before = now;
        }
      }),
    );
  });
});

describe('exemplars of OpenMetrics', () => {
  it('are kept with the labels of their series, and one that cannot be read is counted and takes nothing', () => {
    const api = createScrapeApi();
    const body = [
      'h_bucket{le="1"} 3 # {trace_id="abc"} 0.5 1520879607.789',
      'h_bucket{le="2"} 4 # {trace_id="def"} 1.5',
      'h_bucket{le="4"} 4 # nonsense',
      '# EOF',
      '',
    ].join('\n');
    const request: ScrapeRequest = {
      key: 'fleet/gw',
      labels: TARGET,
      at: 5_000,
      durationMs: 250,
      seriesMax: 100,
      body: new TextEncoder().encode(body),
      format: 'openmetrics',
      relabel: [],
      honorLabels: false,
      honorTimestamps: true,
    };
    const answer = api.scrape(new Transfer(request, [])).value;
    expect(answer).toMatchObject({ problem: null, seriesCount: 3 });
    expect(answer.dropped).toEqual([{ reason: 'an exemplar that cannot be read', count: 1 }]);
    expect(api.exemplars({ limit: 10 })).toEqual([
      {
        series: { __name__: 'h_bucket', le: '1', ...TARGET },
        labels: { trace_id: 'abc' },
        value: 0.5,
        at: 1_520_879_607_789,
      },
      {
        series: { __name__: 'h_bucket', le: '2', ...TARGET },
        labels: { trace_id: 'def' },
        value: 1.5,
        at: 5_000,
      },
    ]);
    expect(api.exemplars({ traceId: 'def', limit: 10 })).toHaveLength(1);
  });
});

describe('a scrape with rules of its own', () => {
  const rule = (more: object) => RelabelRule.parse(more);

  it('drops series and renames labels before they are numbered, and does not look again at what it dropped', () => {
    const { settled } = reader();
    const relabel = [
      rule({ source_labels: ['__name__'], regex: 'go_.*', action: 'drop' }),
      rule({ source_labels: ['code'], regex: '(.).*', target_label: 'class', replacement: '${1}xx' }),
      rule({ regex: 'code', action: 'labeldrop' }),
    ];
    const body = 'go_threads 4\nhttp_total{code="503"} 7\n';
    const first = settled(body, { relabel });
    expect(first.fresh.filter((one) => one.job && !one.__name__?.match(/^(up|scrape_)/))).toEqual([
      { __name__: 'http_total', class: '5xx', ...TARGET },
    ]);
    const second = settled(body, { relabel });
    expect(second.fresh).toEqual([]);
    expect(second.dropped).toEqual([]);
    expect([...second.vanished]).toEqual([]);
    expect(second.values.at(-1)).toBe(7);
  });

  it('counts two series once that relabelling made one, and says so', () => {
    const { settled } = reader();
    const relabel = [rule({ regex: 'pod', action: 'labeldrop' })];
    const body = 'a{pod="1"} 1\na{pod="2"} 2\n';
    const first = settled(body, { relabel });
    expect(first.dropped).toEqual([{ reason: 'twice in one scrape', count: 1 }]);
    // The second spelling is numbered, which shows that it is the same series; from then on it is left out by name.
    settled(body, { relabel });
    const third = settled(body, { relabel });
    expect(third.dropped).toEqual([{ reason: 'twice in one scrape', count: 1 }]);
    expect(third.values.at(-1)).toBe(1);
  });

  it('keeps what the target says of itself where its labels are honoured', () => {
    const { settled } = reader();
    const answer = settled('a{job="mine"} 1\n', { honorLabels: true });
    expect(answer.fresh.find((one) => one.__name__ === 'a')).toEqual({
      __name__: 'a',
      job: 'mine',
      instance: TARGET.instance,
    });
  });

  it('takes the time of the scrape where times of the target are not honoured', () => {
    const { settled } = reader();
    const answer = settled('a 1 1001000\n', { honorTimestamps: false });
    expect(answer.times).toBeNull();
  });
});

describe('rows', () => {
  it('are parted by their time, and those without a number are left out', () => {
    const split = splitRows(
      {
        refs: Uint32Array.of(1, 0, 3, 4),
        values: Float64Array.of(10, 20, 30, 40),
        times: Float64Array.of(Number.NaN, Number.NaN, 700, 600),
      },
      999,
    );
    expect(split.current).toEqual({ at: 999, refs: Uint32Array.of(1), values: Float64Array.of(10) });
    expect(split.dated.map((batch) => [batch.at, ...batch.refs])).toEqual([
      [600, 4],
      [700, 3],
    ]);
  });
});

describe('staleness', () => {
  it('is two intervals by whichever clock saw more', () => {
    const last = { at: 1000, monotonicMs: 50 };
    expect(isStale(last, { at: 2999, monotonicMs: 2049 }, 1000)).toBe(false);
    expect(isStale(last, { at: 3000, monotonicMs: 60 }, 1000)).toBe(true);
    expect(isStale(last, { at: -9e9, monotonicMs: 2050 }, 1000)).toBe(true);
    expect(isStale(last, { at: -9e9, monotonicMs: 1000 }, 1000)).toBe(false);
  });
});

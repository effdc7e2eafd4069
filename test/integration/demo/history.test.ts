import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NOON, RunningFleet } from './running-fleet.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

interface HistoryLine {
  readonly labels: Readonly<Record<string, string>>;
  readonly times: readonly number[];
  readonly values: readonly number[];
}

interface History {
  readonly head: Readonly<Record<string, unknown>>;
  readonly lines: readonly HistoryLine[];
}

async function read(fleet: RunningFleet, fromAt: number, toAt: number, stepMs: number): Promise<History> {
  const { text, type, status } = await fleet.text(`/history?from=${fromAt}&to=${toAt}&step=${stepMs}`);
  expect(status).toBe(200);
  expect(type).toContain('application/x-ndjson');
  const [head, ...lines] = text.trimEnd().split('\n');
  return { head: JSON.parse(head ?? ''), lines: lines.map((line) => JSON.parse(line) as HistoryLine) };
}

function select(
  history: History,
  name: string,
  labels: Readonly<Record<string, string | RegExp>> = {},
): readonly HistoryLine[] {
  return history.lines.filter(
    (line) =>
      line.labels.__name__ === name &&
      Object.entries(labels).every(([label, wanted]) =>
        typeof wanted === 'string' ? line.labels[label] === wanted : wanted.test(line.labels[label] ?? ''),
      ),
  );
}

/** Increase over the part of the lines from `fromAt` on. */
function increase(lines: readonly HistoryLine[], fromAt = 0, toAt = Number.POSITIVE_INFINITY): number {
  let sum = 0;
  for (const { times, values } of lines) {
    const first = times.findIndex((at) => at >= fromAt);
    const last = times.findLastIndex((at) => at <= toAt);
    if (first >= 0 && last >= first) sum += (values[last] ?? 0) - (values[first] ?? 0);
  }
  return sum;
}

function mean(lines: readonly HistoryLine[], fromAt: number, toAt: number): number {
  const picked = lines.flatMap(({ times, values }) =>
    values.filter((_, index) => (times[index] ?? 0) >= fromAt && (times[index] ?? 0) <= toAt),
  );
  return picked.reduce((sum, value) => sum + value, 0) / picked.length;
}

let fleet: RunningFleet;
let month: History;
let day: History;
beforeAll(async () => {
  fleet = await RunningFleet.start({ seed: 7 });
  month = await read(fleet, NOON - 30 * DAY_MS, NOON - DAY_MS, 5 * MINUTE_MS);
  day = await read(fleet, NOON - DAY_MS, NOON, MINUTE_MS);
});
afterAll(() => fleet.stop());

describe('the written history', () => {
  it('says first that it is synthetic, and from when to when', () => {
    expect(month.head).toEqual({
      synthetic: true,
      from: NOON - 30 * DAY_MS,
      to: NOON - DAY_MS,
      step: 5 * MINUTE_MS,
    });
  });

  it('has ascending times inside its range, as many as values, and finite values', () => {
    for (const { labels, times, values } of [...month.lines, ...day.lines]) {
      expect(values.length, JSON.stringify(labels)).toBe(times.length);
      expect(times.every((at, index) => index === 0 || at > (times[index - 1] ?? 0))).toBe(true);
      expect(values.every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
    }
    expect(day.lines[0]?.times).toHaveLength(1_441);
    expect(day.lines[0]?.times.at(-1)).toBe(NOON);
  });

  it('has the names and labels of the live metrics, each series once', async () => {
    await fleet.seconds(15);
    const live = await fleet.scrape();
    const key = (name: string, labels: Readonly<Record<string, string>>) =>
      name + JSON.stringify(Object.entries(labels).sort());
    const exposed = new Set(live.samples.map(({ name, labels }) => key(name, labels)));
    const written = day.lines.map(({ labels: { __name__ = '', ...labels } }) => key(__name__, labels));
    expect(new Set(written).size).toBe(written.length);
    // Both see the same fleet; a code that is rare (400) may be missing on either side.
    expect(written.filter((each) => !exposed.has(each) && !each.includes('"400"'))).toEqual([]);
    expect([...exposed].filter((each) => !written.includes(each) && !each.includes('"400"'))).toEqual([]);
  });

  it('has counters that start at 0 and never fall, and buckets that are cumulative', () => {
    for (const line of [...month.lines, ...day.lines]) {
      if (!/_total$|_bucket$|_sum$|_count$/.test(line.labels.__name__ ?? '')) continue;
      expect(line.values.every((value, index) => index === 0 || value >= (line.values[index - 1] ?? 0))).toBe(
        true,
      );
    }
    expect(select(day, 'http_requests_total').every(({ values }) => values[0] === 0)).toBe(true);
    const buckets = select(day, 'http_request_duration_seconds_bucket', { service: 'gateway' });
    for (let index = 1; index < buckets.length; index++) {
      const [lower, upper] = [buckets[index - 1]?.values ?? [], buckets[index]?.values ?? []];
      expect(upper.every((value, at) => value >= (lower[at] ?? 0))).toBe(true);
    }
    const [count] = select(day, 'http_request_duration_seconds_count', { service: 'gateway' });
    expect(buckets.at(-1)?.values).toEqual(count?.values);
  });

  it('is the same again for the same range', async () => {
    const again = await read(fleet, NOON - DAY_MS, NOON, MINUTE_MS);
    expect(again).toEqual(day);
  });
});

describe('a reader of the history that goes away', () => {
  it('leaves the fleet alive, and the next reader gets everything', async () => {
    const abort = new AbortController();
    const url = `${fleet.server.url}/history?from=${NOON - 30 * DAY_MS}&to=${NOON}&step=${5 * MINUTE_MS}`;
    const response = await fetch(url, { signal: abort.signal });
    const reader = response.body?.getReader();
    await reader?.read();
    abort.abort();
    await expect(reader?.read()).rejects.toThrow();
    const again = await read(fleet, NOON - DAY_MS, NOON, MINUTE_MS);
    expect(again.lines).toHaveLength(day.lines.length);
  });
});

describe('the error budget behind the fleet', () => {
  const from28Days = NOON - 28 * DAY_MS;

  it('is healthy at 99.99 % over 28 days: between 10 and 40 % used', () => {
    let [failures, requests] = [0, 0];
    for (const [history, fromAt] of [
      [month, from28Days],
      [day, NOON - DAY_MS],
    ] as const) {
      failures += increase(
        select(history, 'http_requests_total', { service: 'gateway', code: /^5/ }),
        fromAt,
      );
      requests += increase(select(history, 'http_requests_total', { service: 'gateway' }), fromAt);
    }
    expect(requests).toBeGreaterThan(400 * 0.9 * 28 * 86_400);
    expect(requests).toBeLessThan(400 * 1.1 * 28 * 86_400);
    expect(failures / requests).toBeGreaterThan(1e-5);
    expect(failures / requests).toBeLessThan(4e-5);
  });

  it('burns at no window when the history ends', () => {
    for (const hours of [1 / 12, 1, 6]) {
      const fromAt = NOON - hours * 60 * MINUTE_MS;
      const failed = increase(select(day, 'http_requests_total', { service: 'gateway', code: /^5/ }), fromAt);
      expect(
        failed / increase(select(day, 'http_requests_total', { service: 'gateway' }), fromAt) / 1e-4,
      ).toBeLessThan(1);
      const labels = { service: 'ranking-model' };
      const fast = increase(
        select(day, 'http_request_duration_seconds_bucket', { ...labels, le: '0.1' }),
        fromAt,
      );
      expect(
        (1 - fast / increase(select(day, 'http_request_duration_seconds_count', labels), fromAt)) / 0.01,
      ).toBeLessThan(0.8);
    }
  });

  it('leaves an outage to page after five seconds: 13.44 budgets of an hour in 4.8 s of failures', () => {
    const hour = increase(select(day, 'http_requests_total', { service: 'gateway' }), NOON - 60 * MINUTE_MS);
    const perSecond =
      increase(select(day, 'http_requests_total', { service: 'gateway' }), NOON - 2 * MINUTE_MS) / 120;
    expect((13.44 * 1e-4 * hour) / perSecond).toBeGreaterThan(4.4);
    expect((13.44 * 1e-4 * hour) / perSecond).toBeLessThan(5.3);
  });
});

describe('what happened in the past', () => {
  it('includes the deployment of v41 twelve days ago', () => {
    const deployedAt = NOON - 12 * DAY_MS;
    const [v40] = select(month, 'build_info', { service: 'ranking-model', version: 'v40' });
    const [v41] = select(month, 'build_info', { service: 'ranking-model', version: 'v41' });
    expect(Math.abs((v40?.times.at(-1) ?? 0) - deployedAt)).toBeLessThan(10 * MINUTE_MS);
    expect(Math.abs((v41?.times[0] ?? 0) - deployedAt)).toBeLessThan(10 * MINUTE_MS);
    expect(select(day, 'build_info', { version: 'v40' })).toEqual([]);
    const accuracy = (version: string) =>
      mean(select(month, 'model_online_accuracy_ratio', { model_version: version }), 0, NOON);
    expect(accuracy('v41')).toBeGreaterThan(accuracy('v40') + 0.005);
  });

  it('includes a slow spell nine days ago, with failures', () => {
    const [fromAt, toAt] = [NOON - 9 * DAY_MS, NOON - 9 * DAY_MS + 15 * MINUTE_MS];
    const slow = (from: number, to: number) => {
      const labels = { service: 'ranking-model', model_version: 'v41' };
      const fast = increase(
        select(month, 'http_request_duration_seconds_bucket', { ...labels, le: '0.1' }),
        from,
        to,
      );
      return 1 - fast / increase(select(month, 'http_request_duration_seconds_count', labels), from, to);
    };
    expect(slow(fromAt, toAt)).toBeGreaterThan(0.15);
    expect(slow(fromAt + 2 * 60 * MINUTE_MS, toAt + 3 * 60 * MINUTE_MS)).toBeLessThan(0.006);
    const failed = increase(
      select(month, 'http_requests_total', { service: 'gateway', code: /^5/ }),
      fromAt,
      toAt,
    );
    expect(failed).toBeGreaterThan(2_000);
  });

  it('includes stale features four days ago', () => {
    const nulls = select(month, 'feature_null_ratio', { feature: 'user_country' });
    const spell = NOON - 4 * DAY_MS;
    expect(mean(nulls, spell + 5 * MINUTE_MS, spell + 35 * MINUTE_MS)).toBeGreaterThan(0.1);
    expect(mean(nulls, spell + 60 * MINUTE_MS, spell + 120 * MINUTE_MS)).toBeLessThan(0.01);
  });

  it('has days with a peak and weekends that are calmer', () => {
    const lines = select(month, 'http_requests_total', { service: 'gateway', code: '200' });
    const rate = (fromAt: number, hours: number) =>
      increase(lines, fromAt, fromAt + hours * 60 * MINUTE_MS) / (hours * 3_600);
    const monday = Date.UTC(2026, 3, 27);
    expect(rate(monday + 14 * 60 * MINUTE_MS, 2)).toBeGreaterThan(1.8 * rate(monday + 2 * 60 * MINUTE_MS, 2));
    const sunday = Date.UTC(2026, 3, 26);
    expect(rate(sunday, 24)).toBeLessThan(0.92 * rate(monday + DAY_MS, 24));
  });
});

describe('history and the live fleet', () => {
  it('meet: the last written minutes and the first lived ones have the same rates', async () => {
    const lived = await fleet.during(120);
    const fromAt = NOON - 10 * MINUTE_MS;
    for (const service of ['gateway', 'ranking-model', 'embedding']) {
      const written = increase(select(day, 'http_requests_total', { service }), fromAt) / 600;
      expect(lived.increase('http_requests_total', { service }) / 120 / written).toBeGreaterThan(0.95);
      expect(lived.increase('http_requests_total', { service }) / 120 / written).toBeLessThan(1.05);
    }
    const labels = { service: 'gateway', le: '0.05' };
    const writtenFast =
      increase(select(day, 'http_request_duration_seconds_bucket', labels), fromAt) /
      increase(select(day, 'http_request_duration_seconds_count', { service: 'gateway' }), fromAt);
    expect(1 - lived.slowerThan('gateway', '0.05')).toBeCloseTo(writtenFast, 1);
    const now = await fleet.scrape();
    for (const name of ['gpu_utilisation_ratio', 'model_online_accuracy_ratio']) {
      expect(now.sum(name)).toBeCloseTo(mean(select(day, name), fromAt, NOON), 1);
    }
    for (const service of ['gateway', 'ranking-model']) {
      const written = mean(select(day, 'process_cpu_utilisation_ratio', { service }), fromAt, NOON);
      expect(now.sum('process_cpu_utilisation_ratio', { service }) / written).toBeGreaterThan(0.85);
      expect(now.sum('process_cpu_utilisation_ratio', { service }) / written).toBeLessThan(1.15);
    }
  });
});

describe('a range that cannot be written', () => {
  it.each([
    ['nothing', ''],
    ['no numbers', '?from=a&to=b&step=c'],
    ['backwards', '?from=2000&to=1000&step=1000'],
    ['half milliseconds', '?from=0.5&to=100000&step=1000'],
    ['a step of 1 ms', '?from=0&to=100000&step=1'],
    ['millions of points', `?from=0&to=${300 * DAY_MS}&step=1000`],
    ['centuries', `?from=0&to=${90_000 * DAY_MS}&step=${DAY_MS}`],
  ])('is refused with a reason: %s', async (_what, query) => {
    const reply = await fleet.send('GET', `/history${query}`);
    expect(reply.status).toBe(400);
    expect((reply.body.error as { message: string }).message.length).toBeGreaterThan(20);
  });
});

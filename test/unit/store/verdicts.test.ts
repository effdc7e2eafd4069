import { afterEach, beforeEach, expect, it } from 'vitest';
import type { LogApi, VerdictRecord } from '../../../main/store/index.ts';
import type { StageVerdict } from '../../../shared/model/alert.ts';
import { alertOf } from '../../support/incident.ts';
import { openTestLog, type TestLog } from '../../support/log.ts';

let test: TestLog;
let log: TestLog['log']['call'];
const verdict = (
  at: number,
  stage: StageVerdict['stage'],
  reason: string,
  alertId = 'alert-1',
): VerdictRecord => ({
  alertId,
  stage,
  outcome: 'pass',
  reason,
  at,
  definedAt: 'alerts/api.yaml:6',
});
const all = { text: '', fromAt: 0, toAt: 1_000, limit: 100 } satisfies Parameters<
  LogApi['searchVerdicts']
>[0];

beforeEach(async () => {
  test = openTestLog();
  log = test.log.call;
  await log.saveAlerts(
    [{ ...alertOf(), id: 'alert-1', title: 'Checkout fails', service: 'checkout' }],
    [
      verdict(10, 'state', 'pending'),
      verdict(20, 'silence', 'silenced by anna'),
      verdict(30, 'state', 'fired'),
      verdict(40, 'silence', 'no silence is active'),
      verdict(40, 'notify', '100 % sure', 'alert-2'),
    ],
  );
});
afterEach(() => test.remove());

it('a time range has what was said in it, and what was in force when it began', async () => {
  const found = await log.verdictsBetween('alert-1', 25, 35, 100);
  expect(found.map((one) => [one.at, one.reason])).toEqual([
    [30, 'fired'],
    [10, 'pending'],
    [20, 'silenced by anna'],
  ]);
  expect(await log.verdictsBetween('alert-1', 0, 5, 100)).toEqual([]);
});

it('are found by text of the reason, by the alert, its title and its service, within a time', async () => {
  const found = async (text: string, change = {}) =>
    (await log.searchVerdicts({ ...all, text, ...change })).map((one) => one.reason);
  expect(await found('ANNA')).toEqual(['silenced by anna']);
  expect(await found('checkout fails')).toHaveLength(4);
  expect(await found('checkout', { fromAt: 25, toAt: 35 })).toEqual(['fired']);
  expect(await found('100 %')).toEqual(['100 % sure']);
  expect(await found('', { limit: 2 })).toHaveLength(2);
  expect(await found("' OR 1=1 --")).toEqual([]);
});

it('of one alert are found by its id alone, however many others were decided on', async () => {
  const found = await log.searchVerdicts({ ...all, text: 'alert-2' });
  expect(found.map((one) => one.reason)).toEqual(['100 % sure']);
  const pages = [0, 2].map((skip) => log.searchVerdicts({ ...all, text: 'alert-1', limit: 2, skip }));
  expect((await Promise.all(pages)).flat().map((one) => one.at)).toEqual([40, 30, 20, 10]);
  expect(await log.searchVerdicts({ ...all, text: 'alert-1', fromAt: 25, toAt: 35 })).toMatchObject([
    { title: 'Checkout fails', reason: 'fired' },
  ]);
});

it('say how far back was looked where there are more than one search looks at', async () => {
  expect(await log.verdictsLookedFrom(all)).toBe(null);
  const many = Array.from({ length: 200_001 }, (_, at) => verdict(at, 'state', 'again'));
  await log.saveAlerts([], many);
  expect(await log.verdictsLookedFrom({ ...all, toAt: 1_000_000 })).toBeGreaterThan(0);
  expect(await log.verdictsLookedFrom({ ...all, text: 'alert-1', toAt: 1_000_000 })).toBe(null);
});

it('come a page at a time, each once, with what is known of their alert', async () => {
  const first = await log.searchVerdicts({ ...all, limit: 2 });
  const second = await log.searchVerdicts({ ...all, limit: 3, skip: 2 });
  expect([...first, ...second].map((one) => one.at)).toEqual([40, 40, 30, 20, 10]);
  expect(second[0]).toMatchObject({ title: 'Checkout fails', service: 'checkout' });
  expect(first.find((one) => one.alertId === 'alert-2')).toMatchObject({ title: null, service: null });
});

it('alerts are found by the beginning of their id; what is a wildcard elsewhere is text here', async () => {
  expect((await log.findAlerts('alert', 10)).map((one) => one.id)).toEqual(['alert-1']);
  expect(await log.findAlerts('%', 10)).toEqual([]);
  expect(await log.findAlerts('_', 10)).toEqual([]);
});

it('older ones are taken away, the others stay', async () => {
  expect(await log.pruneVerdicts(25)).toBe(false);
  expect((await log.searchVerdicts(all)).map((one) => one.at)).toEqual([40, 40, 30]);
});

import { describe, expect, it } from 'vitest';
import { blankAlert, remember } from '../../../main/alert/rule/memory.ts';
import { firedOf } from '../../../main/app/fired.ts';
import type { VerdictRecord } from '../../../main/store/index.ts';
import { observationOf } from '../../support/alerting.ts';

type Said = readonly [
  at: number,
  stage: VerdictRecord['stage'],
  outcome: VerdictRecord['outcome'],
  reason: string,
];

const alert = remember(blankAlert('a', { ...observationOf(), ruleId: 'shop' }, 'g'), { objectiveId: 'shop' });
const other = remember(blankAlert('b', { ...observationOf(), ruleId: 'shop-latency' }, 'g'), {
  objectiveId: 'shop-latency',
});

/** A log that answers the newest first, as the store does. */
function logOf(said: readonly Said[]) {
  const all = said.map(([at, stage, outcome, reason]): VerdictRecord => {
    return { alertId: 'a', at, stage, outcome, reason, definedAt: 'slos/shop.yaml:4' };
  });
  return {
    findAlerts: async () => [alert, other],
    verdictsBetween: async (id: string, fromAt: number, toAt: number) =>
      id === 'a' ? all.filter((one) => one.at >= fromAt && one.at <= toAt).toReversed() : [],
  };
}

const asked = { objectiveId: 'shop', fromAt: 0, toAt: 1_000 };

describe('what really fired', () => {
  it('is each time with its end, its reason, and whether somebody was told, newest first', async () => {
    const found = await firedOf(
      logOf([
        [100, 'state', 'fired', '12 of 20 failed'],
        [101, 'notify', 'failed', 'Not sent by desktop for anna: none.'],
        [102, 'notify', 'sent', 'Sent by email for anna.'],
        [103, 'state', 'pass', 'Firing: 14 of 20 failed'],
        [200, 'state', 'resolved', 'over'],
        [300, 'state', 'fired', '5 of 20 failed'],
        [301, 'silence', 'suppressed', 'Silenced by anna.'],
      ]),
      asked,
    );
    expect(found.map((one) => [one.firedAt, one.resolvedAt, one.told, one.toldReason])).toEqual([
      [300, null, 'held', 'silence: Silenced by anna.'],
      [100, 200, 'sent', 'Sent by email for anna.'],
    ]);
    expect(found[1]).toMatchObject({
      alertId: 'a',
      reason: '12 of 20 failed',
      definedAt: 'slos/shop.yaml:4',
    });
  });

  it('says where no way worked, and where nothing is known of it', async () => {
    const failed = await firedOf(
      logOf([
        [100, 'state', 'fired', 'r'],
        [101, 'notify', 'failed', 'Not sent.'],
        [200, 'state', 'fired', 'again'],
      ]),
      asked,
    );
    expect(failed.map((one) => [one.firedAt, one.resolvedAt, one.told])).toEqual([
      [200, null, 'unknown'],
      [100, 200, 'failed'],
    ]);
    expect(await firedOf(logOf([]), asked)).toEqual([]);
  });
});

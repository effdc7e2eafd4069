import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escalateGroup } from '../../../main/alert/rule/escalate.ts';
import { blankAlert, remember } from '../../../main/alert/rule/memory.ts';
import { EscalationConfig } from '../../../shared/config/escalation.ts';
import type { Alert } from '../../../shared/model/alert.ts';
import { HOUR_MS, MINUTE_MS } from '../../../shared/unit/time.ts';
import { observationOf, WORKDAY_AT } from '../../support/alerting.ts';

const chain = [
  { after: '5m', receivers: ['second'] },
  { after: '15m', receivers: ['lead', 'second'], sound: false },
  { after: '1h', receivers: ['chief'] },
];
const escalation = EscalationConfig.parse({ P0: chain });

const context = (now: number) => ({
  now,
  routing: { escalation },
  routingDefinedAt: 'midwatch.yaml:9',
  onCall: () => null,
});

function firing(change: Partial<Alert> = {}, memory = {}): Alert {
  const alert = blankAlert('a', observationOf(), 'service=gateway');
  const said = { notifiedAt: WORKDAY_AT, notifiedPriority: 'P0' as const, ...memory };
  return remember(
    { ...alert, phase: 'firing', firedAt: WORKDAY_AT, receivers: ['on_call_engineer'], ...change },
    said,
  );
}

const told = (alert: Alert, afterMs: number) => escalateGroup([alert], context(WORKDAY_AT + afterMs));

describe('a chain', () => {
  it('tells each step once at its time, and whom all it told hears the end', () => {
    expect(told(firing(), 5 * MINUTE_MS - 1)).toBeNull();
    const first = told(firing(), 5 * MINUTE_MS);
    expect(first?.request).toMatchObject({
      receivers: ['second'],
      page: { sound: true, groupKey: 'service=gateway' },
    });
    expect(first?.verdict).toMatchObject({ stage: 'notify', outcome: 'pass', definedAt: 'midwatch.yaml:9' });
    const [after] = first?.alerts ?? [];
    if (!after) throw new Error('no alert was marked');
    expect(after.receivers).toEqual(['on_call_engineer', 'second']);
    expect(told(after, 14 * MINUTE_MS)).toBeNull();
    expect(told(after, 15 * MINUTE_MS)?.request).toMatchObject({
      receivers: ['lead', 'second'],
      page: { sound: false },
    });
  });

  it('that was slept through tells all whom it should have told, once', () => {
    expect(told(firing(), 2 * HOUR_MS)?.request.receivers).toEqual(['second', 'lead', 'chief']);
  });

  it('waits while somebody is at it, nobody was told, or something keeps the alert quiet', () => {
    const acknowledgement = { by: 'anna', at: WORKDAY_AT, untilAt: null };
    expect(told(firing({ acknowledgement }), HOUR_MS)).toBeNull();
    expect(told(firing({}, { notifiedAt: null }), HOUR_MS)).toBeNull();
    expect(told(firing({ phase: 'resolved' }), HOUR_MS)).toBeNull();
    const hold = { stage: 'silence', by: 's', reason: '', sinceAt: 0, causeId: null, covers: false };
    expect(told(firing({}, { hold }), HOUR_MS)).toBeNull();
    expect(told(firing({}, { renotify: { reason: '', silent: true } }), HOUR_MS)).toBeNull();
  });

  it('begins anew with a page that was said later', () => {
    const done = { ofAt: WORKDAY_AT, steps: 3, unsettledFrom: null };
    expect(told(firing({}, { escalated: done }), 4 * HOUR_MS)).toBeNull();
    const again = firing({}, { escalated: done, notifiedAt: WORKDAY_AT + HOUR_MS });
    expect(told(again, HOUR_MS + 5 * MINUTE_MS)?.request.receivers).toEqual(['second']);
  });

  it('does not wait for a clock that was set back', () => {
    expect(told(firing(), -HOUR_MS)?.verdict.reason).toContain('since the clock was set back');
  });

  it('tells every step exactly once, at whatever times it is asked and however often it is stored and read', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 30 }), (steps) => {
        let alert = firing();
        let now = 0;
        const heard: string[][] = [];
        for (const minutes of [...steps, 60]) {
          now += minutes * MINUTE_MS;
          const found = told(alert, now);
          if (!found) continue;
          heard.push([...found.request.receivers]);
          alert = JSON.parse(JSON.stringify(found.alerts[0])) as Alert;
        }
        expect(heard.flat().filter((one) => one === 'chief')).toHaveLength(1);
        expect(heard.flat().filter((one) => one === 'lead')).toHaveLength(1);
        expect(told(alert, now + 10 * HOUR_MS)).toBeNull();
      }),
    );
  });

  it('is refused where a later step is not later', () => {
    const wrong = EscalationConfig.safeParse({ P0: [chain[1], chain[0]] });
    expect(wrong.error?.issues[0]).toMatchObject({ path: ['P0', 1, 'after'] });
  });
});

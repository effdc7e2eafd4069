import { describe, expect, it } from 'vitest';
import { escalateGroup } from '../../../main/alert/rule/escalate.ts';
import { escalateByHand, nextStep } from '../../../main/alert/rule/escalate-by-hand.ts';
import { blankAlert, memoryOf, remember } from '../../../main/alert/rule/memory.ts';
import { EscalationConfig } from '../../../shared/config/escalation.ts';
import type { Alert } from '../../../shared/model/alert.ts';
import { MINUTE_MS } from '../../../shared/unit/time.ts';
import { observationOf, WORKDAY_AT } from '../../support/alerting.ts';

const escalation = EscalationConfig.parse({
  P0: [
    { after: '5m', receivers: ['on_call_engineer'] },
    { after: '15m', receivers: ['lead'], sound: false },
  ],
});
const context = (now = WORKDAY_AT + MINUTE_MS) => ({
  now,
  routing: { escalation },
  routingDefinedAt: 'midwatch.yaml:9',
  onCall: (name: string) =>
    name === 'on_call_engineer' ? { person: 'anna', said: 'on_call_engineer is anna (override)' } : null,
});
const word = { by: 'ben', why: 'The rollback fails.' };

function firing(change: Partial<Alert> = {}, memory = {}): Alert {
  const alert = blankAlert('a', observationOf(), 'service=gateway');
  const said = { notifiedAt: WORKDAY_AT, notifiedPriority: 'P0' as const, ...memory };
  return remember(
    { ...alert, phase: 'firing', firedAt: WORKDAY_AT, receivers: ['primary'], ...change },
    said,
  );
}

function told(alert: Alert, now?: number) {
  const result = escalateByHand(alert, [alert], context(now), word);
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

describe('an escalation that a person asks for', () => {
  it('is seen before, tells the next step at once with the reason first, and says it as a verdict', () => {
    expect(nextStep(firing(), context())).toEqual({
      ok: true,
      value: {
        ...{ step: 1, of: 2, receivers: ['anna'], sound: true, told: ['primary'] },
        said: ['on_call_engineer is anna (override)'],
      },
    });
    const { request, verdict } = told(firing());
    expect(request).toMatchObject({ receivers: ['anna'], page: { sound: true, escalatedBy: 'ben' } });
    expect(request.page.body.split('\n')[0]).toBe('ben asks for help: The rollback fails.');
    expect(verdict).toMatchObject({ stage: 'notify', outcome: 'pass', definedAt: 'midwatch.yaml:9' });
    expect(verdict.reason).toBe(
      'Escalated by ben: step 1 of 2 of the chain of P0, to anna. on_call_engineer is anna (override). The rollback fails.',
    );
  });

  it('is done: the chain does not tell that step again, and a person reaches the one after it', () => {
    const [after] = told(firing()).alerts;
    if (!after) throw new Error('nothing was marked');
    expect(after.receivers).toEqual(['primary', 'anna']);
    expect(escalateGroup([after], context(WORKDAY_AT + 14 * MINUTE_MS))).toBeNull();
    expect(escalateGroup([after], context(WORKDAY_AT + 15 * MINUTE_MS))?.request.receivers).toEqual(['lead']);
    const [last] = told(after).alerts;
    expect(last && nextStep(last, context())).toMatchObject({
      ok: false,
      error: expect.stringContaining('Every step of the chain of P0 is done: primary, anna, lead were told.'),
    });
  });

  it('works for what is acknowledged, and leaves it so', () => {
    const acknowledgement = { by: 'ben', at: WORKDAY_AT, untilAt: null };
    const [after] = told(firing({ acknowledgement })).alerts;
    expect(after?.acknowledgement).toEqual(acknowledgement);
  });

  it('may come before the first page, and counts for this episode alone', () => {
    const early = firing({}, { notifiedAt: null });
    const [after] = told(early).alerts;
    if (!after) throw new Error('nothing was marked');
    expect(nextStep(after, context())).toMatchObject({ ok: true, value: { step: 2 } });
    const again = { ...after, firedAt: WORKDAY_AT + 10 * MINUTE_MS };
    expect(nextStep(again, context(WORKDAY_AT + 11 * MINUTE_MS))).toMatchObject({ value: { step: 1 } });
  });

  it('is refused with what to do where nobody can be told', () => {
    const refusal = (alert: Alert) => {
      const next = nextStep(alert, context());
      return next.ok ? null : next.error;
    };
    expect(refusal(firing({ phase: 'resolved' }))).toContain('does not fire any more');
    expect(refusal(firing({ priority: 'P3' }))).toContain('There is no escalation chain for P3');
    const hold = {
      stage: 'silence',
      by: 's',
      reason: 'Silenced by anna.',
      sinceAt: 0,
      causeId: null,
      covers: false,
    };
    expect(refusal(firing({}, { hold }))).toBe(
      'Nobody is told of it while it is held: Silenced by anna. End the silence first.',
    );
    expect(memoryOf(firing()).escalated).toBeNull();
  });
});

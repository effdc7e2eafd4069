import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type LifecycleEvent,
  type LifecycleState,
  step,
  TRANSITIONS,
} from '../../../main/incident/lifecycle.ts';
import { IncidentPhase } from '../../../shared/model/incident.ts';
import { incidentOf, NOW } from '../../support/incident.ts';

const start = (phase: IncidentPhase): LifecycleState => incidentOf({ phase });
const anyEvent: fc.Arbitrary<LifecycleEvent> = fc.oneof(
  fc.record({
    kind: fc.constant('move' as const),
    to: fc.constantFrom(...IncidentPhase.options),
    by: fc.constant('you'),
    reason: fc.constantFrom('because', '', ' '),
  }),
  fc.record({ kind: fc.constant('acknowledge' as const), by: fc.constantFrom('you', 'ops') }),
  fc.record({
    kind: fc.constant('recovered' as const),
    sinceAt: fc.constant(NOW),
    reason: fc.constant('0 of 9'),
  }),
  fc.record({ kind: fc.constant('relapsed' as const), reason: fc.constant('9 of 9') }),
);
const move = (to: IncidentPhase, reason = 'because'): LifecycleEvent => ({
  kind: 'move',
  to,
  by: 'you',
  reason,
});
const after = (phase: IncidentPhase, ...events: LifecycleEvent[]) =>
  events.reduce((state, event, i) => {
    const next = step(state, event, NOW + (i + 1) * 1000);
    if (!next.ok) throw next.error;
    return next.value.state;
  }, start(phase));

describe('the lifecycle of an incident', () => {
  it('reaches no unlisted phase by any sequence, and each transition has an entry with actor and reason', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...IncidentPhase.options),
        fc.array(anyEvent, { maxLength: 30 }),
        (phase, events) => {
          let state = start(phase);
          for (const [i, event] of events.entries()) {
            const next = step(state, event, NOW + i);
            if (!next.ok) {
              expect(['transition-refused', 'reason-needed']).toContain(next.error.code);
              continue;
            }
            const { state: to, effects } = next.value;
            if (to.phase !== state.phase) {
              expect(TRANSITIONS[state.phase][to.phase]).toBeDefined();
              expect(effects).toHaveLength(1);
              expect(effects[0]?.actor).not.toBe('');
            }
            expect(to.closedAt !== null).toBe(
              ['closed', 'merged', 'cancelled'].includes(to.phase) ||
                (to.phase === state.phase && state.closedAt !== null),
            );
            state = to;
          }
        },
      ),
    );
  });

  it('is refused where the pair is not listed, and the refusal names what is possible', () => {
    const refused = step(start('triage'), move('postmortem'), NOW);
    expect(refused.ok ? null : refused.error).toMatchObject({ code: 'transition-refused' });
    expect(refused.ok ? '' : refused.error.message).toMatch(
      /is triage; postmortem does not follow.*detected/,
    );
    for (const phase of ['merged', 'cancelled'] as const)
      expect(step(start(phase), move('responding'), NOW).ok).toBe(false);
  });

  it('asks for a reason to go back, to reopen, to cancel and to close early, but not to close after the postmortem', () => {
    for (const [phase, to] of [
      ['mitigating', 'responding'],
      ['closed', 'responding'],
      ['detected', 'cancelled'],
      ['detected', 'closed'],
    ] as const) {
      expect(step(start(phase), move(to, '  '), NOW)).toMatchObject({
        ok: false,
        error: { code: 'reason-needed' },
      });
      expect(step(start(phase), move(to), NOW).ok).toBe(true);
    }
    expect(step(start('postmortem'), move('closed', ''), NOW).ok).toBe(true);
  });

  it('is acknowledged once, and the second time changes nothing', () => {
    const once = after('detected', { kind: 'acknowledge', by: 'you' });
    expect(once).toMatchObject({ phase: 'responding', acknowledgedBy: 'you', acknowledgedAt: NOW + 1000 });
    const twice = step(once, { kind: 'acknowledge', by: 'ops' }, NOW + 9000);
    expect(twice).toMatchObject({ ok: true, value: { state: once, effects: [] } });
  });

  it('takes the mitigation away when it goes back, and sets it again when the next one holds', () => {
    const resolving = after('detected', move('mitigating'), move('resolving'));
    expect(resolving.mitigatedAt).toBe(NOW + 2000);
    const back = step(resolving, move('mitigating', 'it did not hold'), NOW + 3000);
    expect(back).toMatchObject({
      value: {
        state: { mitigatedAt: null },
        effects: [{ title: 'Back: resolving → mitigating', detail: 'it did not hold' }],
      },
    });
  });

  it('recovers from any phase at work, and takes the first poll under budget for the mitigation nobody named', () => {
    const state = after('responding', { kind: 'recovered', sinceAt: NOW + 500, reason: '0 of 120' });
    expect(state).toMatchObject({ phase: 'recovering', recoveredAt: NOW + 1000, mitigatedAt: NOW + 500 });
    expect(step(state, { kind: 'recovered', sinceAt: NOW, reason: '' }, NOW).ok).toBe(false);
  });

  it('relapses to mitigating, recorded with how long it had held', () => {
    const recovered = after('mitigating', { kind: 'recovered', sinceAt: NOW, reason: '0 of 120' });
    const relapse = step(recovered, { kind: 'relapsed', reason: '9 of 9' }, NOW + 61_000);
    expect(relapse).toMatchObject({
      value: {
        state: { phase: 'mitigating', recoveredAt: null, mitigatedAt: null },
        effects: [
          { title: 'Relapse: recovering → mitigating', detail: '9 of 9; it had recovered 1 m before' },
        ],
      },
    });
    expect(step(start('mitigating'), { kind: 'relapsed', reason: '' }, NOW).ok).toBe(false);
  });

  it('reopens a closed one', () => {
    const state = after('postmortem', move('closed', ''), move('responding', 'it is back'));
    expect(state).toMatchObject({ phase: 'responding', closedAt: null });
  });
});

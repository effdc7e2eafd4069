import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  needsWord,
  needsYouCount,
  SHIFT_MS,
  type TriageInput,
  triageGroups,
} from '../../../../renderer/state/triage.ts';
import type { Health } from '../../../../shared/model/health.ts';
import type { SourceStatus } from '../../../../shared/model/source.ts';
import { fleetState } from '../../../support/window/fleet.ts';
import { alert, incident, verdict } from '../../../support/window/fleet-incident.ts';

const now = 1_800_000_000_000;
const open = incident({ id: 'i1', name: 'INC-1', title: 'slow', service: 'gateway', openedAt: now - 60_000 });
const firing = alert({ id: 'a1', title: 'burns', service: 'gateway', priority: 'P0', phase: 'firing' }, now);

function groups(over: Partial<TriageInput>) {
  return triageGroups({ incidents: [], alerts: [], sources: [], health: null, now, ...over }).map((group) => [
    group.id,
    group.entries.map((entry) => entry.key),
  ]);
}

describe('the queue of Triage', () => {
  it('is empty when nothing asks for anybody', () => {
    expect(groups({})).toEqual([]);
  });

  it('asks for a person until somebody acknowledges', () => {
    expect(groups({ incidents: [open] })).toEqual([['needs-you', ['incident:i1']]]);
    expect(groups({ incidents: [{ ...open, acknowledgedAt: now }] })).toEqual([
      ['someone-has-it', ['incident:i1']],
    ]);
  });

  it('asks for a person again when an alert of what somebody has fires and nobody has that one', () => {
    const incidents = [{ ...open, acknowledgedAt: now, alertIds: ['a1'] }];
    const mine = { ...firing, incidentId: 'i1' };
    const acknowledgement = { by: 'tester', at: now, untilAt: now + 60_000 };
    expect(groups({ incidents, alerts: [mine] })).toEqual([['needs-you', ['incident:i1']]]);
    expect(groups({ incidents, alerts: [{ ...mine, acknowledgement }] })).toEqual([
      ['someone-has-it', ['incident:i1']],
    ]);
    const [asks, has] = [new Map([['a1', mine]]), new Map([['a1', { ...mine, acknowledgement }]])];
    expect(incidents.map((one) => [needsWord(one, asks), needsWord(one, has)])).toEqual([[true, false]]);
    const held = { ...mine, verdicts: [verdict('silence', 'suppressed', 'Silenced by tester', now)] };
    expect(groups({ incidents, alerts: [held] })).toEqual([
      ['someone-has-it', ['incident:i1']],
      ['suppressed', ['alert:a1']],
    ]);
  });

  it('shows an alert of an incident with the incident, and alone where there is none', () => {
    expect(groups({ incidents: [open], alerts: [{ ...firing, incidentId: 'i1' }] })).toEqual([
      ['needs-you', ['incident:i1']],
    ]);
    expect(groups({ alerts: [firing] })).toEqual([['needs-you', ['alert:a1']]]);
  });

  it('keeps what was suppressed in sight, also where it was folded into an incident', () => {
    const held = {
      ...firing,
      incidentId: 'i1',
      verdicts: [verdict('suppress', 'suppressed', 'depends on ranking', now)],
    };
    expect(groups({ alerts: [held] })).toEqual([['suppressed', ['alert:a1']]]);
  });

  it('does not list an alert beside its incident because somebody has acknowledged both', () => {
    const acknowledgement = { by: 'tester', at: now, untilAt: now + 60_000 };
    const held = [verdict('notify', 'held', 'Acknowledged by tester', now)];
    const mine = { ...firing, incidentId: 'i1', acknowledgement, verdicts: held };
    expect(groups({ incidents: [{ ...open, acknowledgedAt: now }], alerts: [mine] })).toEqual([
      ['someone-has-it', ['incident:i1']],
    ]);
  });

  it('puts absence, no data and errors to the watch itself', () => {
    const absent = { ...firing, id: 'a2', kind: 'absence' as const };
    const blind = { ...firing, id: 'a3', phase: 'no_data' as const };
    expect(groups({ alerts: [absent, blind] })).toEqual([['watch', ['alert:a2', 'alert:a3']]]);
  });

  it('shows a silent source once, not again as the alert about it', () => {
    const [source] = [...fleetState('page', () => now).collections.sources.values()].filter(
      (one) => one.id === 'prom-us',
    ) as [SourceStatus];
    const about = { ...firing, kind: 'source' as const, labels: { source: 'prom-us' } };
    expect(groups({ sources: [source], alerts: [about] })).toEqual([['watch', ['source:prom-us']]]);
  });

  it('says when Midwatch itself is in trouble', () => {
    const [health] = [...fleetState('page', () => now).collections.health.values()] as [Health];
    const dead = {
      ...health,
      notifierProblem: 'no receiver',
      workers: [
        {
          name: 'slo',
          condition: 'dead' as const,
          restarts: 1,
          pending: 0,
          longestWaitMs: null,
          lastProblem: null,
        },
      ],
    };
    expect(groups({ health: dead })).toEqual([['watch', ['self:notifier', 'self:worker:slo']]]);
  });

  it('keeps an unfinished postmortem in sight, however old, and forgets the rest after the shift', () => {
    const writing = { ...open, id: 'old', phase: 'postmortem' as const, resolvedAt: now - 9 * SHIFT_MS };
    const closed = { ...open, id: 'closed', phase: 'closed' as const, closedAt: now - SHIFT_MS - 1 };
    const just = { ...open, id: 'just', phase: 'closed' as const, closedAt: now - 1_000 };
    expect(groups({ incidents: [writing, closed, just] })).toEqual([
      ['resolved', ['incident:just', 'incident:old']],
    ]);
  });

  it('never asks anybody for written history', () => {
    expect(
      groups({ incidents: [{ ...open, phase: 'closed', closedAt: now - 1_000, synthetic: true }] }),
    ).toEqual([]);
  });

  it('orders by severity, then by priority, then by age', () => {
    const incidents = [
      { ...open, id: 'young', startedAt: now - 1_000 },
      { ...open, id: 'old', startedAt: now - 9_000 },
      { ...open, id: 'worst', severity: 'SEV-1' as const },
      { ...open, id: 'p1', priority: 'P1' as const },
    ];
    expect(groups({ incidents })).toEqual([
      ['needs-you', ['incident:worst', 'incident:old', 'incident:young', 'incident:p1']],
    ]);
  });

  it('counts for the rail only what asks for a person', () => {
    expect(
      needsYouCount(
        triageGroups({
          incidents: [open, { ...open, id: 'b', acknowledgedAt: 1 }],
          alerts: [],
          sources: [],
          health: null,
          now,
        }),
      ),
    ).toBe(1);
  });

  it('is the same whatever queue it follows', () => {
    const some = fc.array(
      fc.record({
        id: fc.integer({ min: 0, max: 12 }).map((n) => `a${n}`),
        priority: fc.constantFrom('P0' as const, 'P1' as const, 'P3' as const),
        phase: fc.constantFrom('firing' as const, 'resolved' as const, 'no_data' as const),
        firedAt: fc.integer({ min: now - 5, max: now }),
        resolvedAt: fc.integer({ min: now - 5, max: now }),
      }),
      { maxLength: 20 },
    );
    const inputOf = (all: readonly Partial<typeof firing>[]): TriageInput => ({
      incidents: [],
      alerts: new Map(all.map((one) => [one.id, { ...firing, ...one }])).values().toArray(),
      sources: [],
      health: null,
      now,
    });
    fc.assert(
      fc.property(some, some, (earlier, later) => {
        const before = triageGroups(inputOf(earlier));
        expect(triageGroups(inputOf(later), before)).toEqual(triageGroups(inputOf(later)));
      }),
    );
  });
});

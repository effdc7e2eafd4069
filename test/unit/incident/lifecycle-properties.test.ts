import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinChange } from '../../../main/incident/join.ts';
import {
  isAtWork,
  isOver,
  type LifecycleEvent,
  type LifecycleState,
  step,
  TRANSITIONS,
} from '../../../main/incident/lifecycle.ts';
import {
  deadlines,
  respondSpend,
  SEVERITY_TARGETS,
  suggestSeverity,
} from '../../../main/incident/severity.ts';
import { deriveTimes } from '../../../main/incident/times.ts';
import { IncidentPhase } from '../../../shared/model/incident.ts';
import { priorityRank, Severity } from '../../../shared/model/priority.ts';
import type { Service } from '../../../shared/model/service.ts';
import { hostileText, priority, severity } from '../../support/arbitrary.ts';
import { incidentOf, NOW } from '../../support/incident.ts';
import { fired } from '../../support/incidents.ts';

const begin: LifecycleState = {
  phase: 'detected',
  openedAt: NOW,
  acknowledgedAt: null,
  acknowledgedBy: null,
  mitigatedAt: null,
  resolvedAt: null,
  recoveredAt: null,
  closedAt: null,
};
const event: fc.Arbitrary<LifecycleEvent> = fc.oneof(
  fc.record({ kind: fc.constant('acknowledge' as const), by: fc.constantFrom('ada', 'bo') }),
  fc.record({
    kind: fc.constant('move' as const),
    to: fc.constantFrom(...IncidentPhase.options),
    by: fc.constantFrom('ada', 'bo'),
    reason: fc.constantFrom('', ' ', 'because'),
  }),
  fc.record({
    kind: fc.constant('recovered' as const),
    sinceAt: fc.integer({ min: NOW - 10_000, max: NOW + 100_000 }),
    reason: fc.constant('3 polls'),
  }),
  fc.record({ kind: fc.constant('relapsed' as const), reason: fc.constant('again') }),
);
/** Events with the time between them; clocks are set back as well. */
const course = fc.array(fc.tuple(event, fc.integer({ min: -200_000, max: 200_000 })), { maxLength: 25 });

function live(
  events: readonly (readonly [LifecycleEvent, number])[],
  visit: (
    before: LifecycleState,
    after: LifecycleState,
    event: LifecycleEvent,
    entries: number,
    now: number,
  ) => void,
) {
  let state = begin;
  let now = NOW;
  for (const [one, laterMs] of events) {
    now += laterMs;
    const next = step(state, one, now);
    if (!next.ok) continue;
    visit(state, next.value.state, one, next.value.effects.length, now);
    state = next.value.state;
  }
  return state;
}

describe('any course of an incident', () => {
  it('puts each change of phase on the timeline, and nothing where nothing changed', () => {
    fc.assert(
      fc.property(course, (events) => {
        live(events, (before, after, _event, entries) => {
          if (before.phase !== after.phase) expect(entries).toBe(1);
          if (entries === 0) expect(after).toEqual(before);
        });
      }),
    );
  });

  it('follows the table alone', () => {
    fc.assert(
      fc.property(course, (events) => {
        live(events, (before, after) => {
          if (before.phase !== after.phase)
            expect(Object.keys(TRANSITIONS[before.phase])).toContain(after.phase);
        });
      }),
    );
  });

  it('is closed exactly while it has a time of its close, and recovered never before mitigated', () => {
    fc.assert(
      fc.property(course, (events) => {
        live(events, (_before, after) => {
          expect(after.closedAt !== null).toBe(isOver(after.phase));
          if (after.recoveredAt !== null) expect(after.mitigatedAt).not.toBeNull();
          if (after.phase === 'recovering') expect(after.recoveredAt).not.toBeNull();
          if (isAtWork(after.phase)) expect(after.recoveredAt).toBeNull();
          if (after.phase === 'resolving') expect(after.mitigatedAt).not.toBeNull();
        });
      }),
    );
  });

  it('is acknowledged once, by the first, and that stays whatever else happens', () => {
    fc.assert(
      fc.property(course, (events) => {
        live(events, (before, after) => {
          if (before.acknowledgedAt === null) return;
          expect(after.acknowledgedAt).toBe(before.acknowledgedAt);
          expect(after.acknowledgedBy).toBe(before.acknowledgedBy);
        });
      }),
    );
  });

  it('has no negative time in it, though the clock was set back', () => {
    fc.assert(
      fc.property(course, (events) => {
        const end = live(events, () => undefined);
        const times = deriveTimes(incidentOf({ ...end, startedAt: NOW + 5_000 }));
        for (const ms of Object.values(times)) if (ms !== null) expect(ms).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('says no negative time in words either', () => {
    const early = NOW - 3_600_000;
    const acknowledged = step(begin, { kind: 'acknowledge', by: 'ada' }, early);
    const recovered = step(begin, { kind: 'recovered', sinceAt: early, reason: 'r' }, early);
    if (!acknowledged.ok || !recovered.ok) throw new Error('refused');
    const relapsed = step(recovered.value.state, { kind: 'relapsed', reason: 'r' }, early - 1_000);
    if (!relapsed.ok) throw new Error('refused');
    for (const { value } of [acknowledged, recovered, relapsed])
      for (const { title, detail } of value.effects) expect(`${title} ${detail}`).not.toMatch(/[−-]\d/);
  });

  it('going back or reopening asks for a reason; so does an early end', () => {
    for (const [from, moves] of Object.entries(TRANSITIONS))
      for (const [to, kind] of Object.entries(moves)) {
        const state = { ...begin, phase: IncidentPhase.parse(from), recoveredAt: NOW, mitigatedAt: NOW };
        const silent = step(
          state,
          { kind: 'move', to: IncidentPhase.parse(to), by: 'ada', reason: '  ' },
          NOW,
        );
        const free = kind === 'forward' || (from === 'postmortem' && to === 'closed');
        expect({ from, to, ok: silent.ok }).toEqual({ from, to, ok: free });
        if (!silent.ok) expect(silent.error.code).toBe('reason-needed');
      }
  });

  it('ends for good where it is merged or cancelled', () => {
    for (const phase of ['merged', 'cancelled'] as const)
      for (const to of IncidentPhase.options)
        expect(step({ ...begin, phase }, { kind: 'move', to, by: 'ada', reason: 'r' }, NOW).ok).toBe(false);
  });
});

const service = (id: string, tier: number): Service => ({
  id,
  title: id,
  owner: 'o',
  tier,
  dependsOn: [],
  links: {},
});
const impact = fc.record({
  priority,
  service: fc.constantFrom('a', 'b', 'c', 'unknown'),
  failingShare: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: null }),
});
const catalogue = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }))
  .map(([a, b, c]) => [service('a', a), service('b', b), service('c', c)]);

describe('the suggested severity', () => {
  it('is none exactly where nothing is more urgent than P3', () => {
    fc.assert(
      fc.property(fc.array(impact), catalogue, (impacts, services) => {
        const urgent = impacts.some((one) => one.priority !== 'P3');
        expect(suggestSeverity(impacts, services) !== null).toBe(urgent);
      }),
    );
  });

  it('never falls when one more alert is added', () => {
    fc.assert(
      fc.property(fc.array(impact, { minLength: 1 }), impact, catalogue, (impacts, more, services) => {
        const before = suggestSeverity(impacts, services);
        const after = suggestSeverity([...impacts, more], services);
        if (before) expect(after && after.severity <= before.severity).toBe(true);
      }),
    );
  });

  it('is the same in any order', () => {
    fc.assert(
      fc.property(
        fc.array(impact, { minLength: 1, maxLength: 6 }),
        catalogue,
        fc.nat(),
        (impacts, services, at) => {
          const cut = at % impacts.length;
          const turned = [...impacts.slice(cut), ...impacts.slice(0, cut)].reverse();
          expect(suggestSeverity(turned, services)?.severity).toBe(
            suggestSeverity(impacts, services)?.severity,
          );
        },
      ),
    );
  });

  it('agrees with the rule as it is written', () => {
    fc.assert(
      fc.property(fc.array(impact, { minLength: 1 }), catalogue, (impacts, services) => {
        const suggestion = suggestSeverity(impacts, services);
        if (!suggestion) return;
        const tierOf = (id: string) => services.find((one) => one.id === id)?.tier ?? 1;
        const outage = impacts.some((one) => tierOf(one.service) === 1 && (one.failingShare ?? 0) >= 0.5);
        const top = services.filter((one) => one.tier === 1);
        const hit = top.filter((one) => impacts.some((other) => other.service === one.id)).length;
        const worst = Math.min(...impacts.map((one) => priorityRank(one.priority)));
        const expected =
          outage || (hit >= 2 && hit * 2 >= top.length) ? 'SEV-1' : worst === 2 ? 'SEV-3' : 'SEV-2';
        expect(suggestion.severity).toBe(expected);
        expect(suggestion.arithmetic).toContain(`→ ${expected}`);
      }),
    );
  });

  it('takes exactly half for an outage and a hair under half for none', () => {
    const of = (failingShare: number) =>
      suggestSeverity([{ priority: 'P0', service: 'a', failingShare }], [service('a', 1)])?.severity;
    expect(of(0.5)).toBe('SEV-1');
    expect(of(0.5 - Number.EPSILON)).toBe('SEV-2');
    expect(of(0)).toBe('SEV-2');
  });
});

describe('deadlines', () => {
  it('count from the opening, the response of SEV-3 alone in business time', () => {
    fc.assert(
      fc.property(severity, fc.integer({ min: 0, max: 2 ** 45 }), (one, openedAt) => {
        const plain = deadlines(one, openedAt);
        expect(plain.respondByAt - openedAt).toBe(SEVERITY_TARGETS[one].respondMs);
        expect(plain.resolveByAt - openedAt).toBe(SEVERITY_TARGETS[one].resolveMs);
        const business = deadlines(one, openedAt, (at, ms) => at + ms + 64 * 3_600_000);
        expect(business.respondByAt - plain.respondByAt).toBe(one === 'SEV-3' ? 64 * 3_600_000 : 0);
        expect(business.resolveByAt).toBe(plain.resolveByAt);
      }),
    );
  });

  it('are nearer the more severe it is', () => {
    const [first, second, third] = Severity.options.map((one) => deadlines(one, 0));
    expect([first?.respondByAt, second?.respondByAt, third?.respondByAt]).toEqual([
      900_000, 1_800_000, 7_200_000,
    ]);
    expect([first?.resolveByAt, second?.resolveByAt, third?.resolveByAt]).toEqual([
      3_600_000, 14_400_000, 86_400_000,
    ]);
  });

  it('compare with the budget: 15 min of a 30 d budget of 99.9 % are 35 %, of 99.99 % all of it and more', () => {
    const month = 30 * 86_400_000;
    expect(respondSpend('SEV-1', 0.999, month).fraction).toBeCloseTo(15 / 43.2, 9);
    expect(respondSpend('SEV-1', 0.9999, month).fraction).toBeGreaterThan(3);
    expect(respondSpend('SEV-1', 0.9999, month).words).toContain('of a 99.99 % budget');
  });
});

describe('a further alert', () => {
  const facts = (change: Partial<Parameters<typeof joinChange>[2]> = {}) => ({
    now: NOW + 1_000,
    impacts: [],
    services: [],
    business: undefined,
    isRepeat: () => false,
    ...change,
  });

  it('never makes an incident less urgent, and forgets no alert, service or objective', () => {
    fc.assert(
      fc.property(priority, priority, hostileText, fc.boolean(), (own, joining, text, confirmed) => {
        const incident = incidentOf({
          priority: own,
          severityConfirmedAt: confirmed ? NOW : null,
          services: ['gateway', 'ranking'],
        });
        const change = fired(
          { id: text, service: text, priority: joining, title: text },
          { objectiveId: text },
        );
        const joined = joinChange(
          incident,
          [change],
          facts({ impacts: [{ priority: joining, service: text, failingShare: 1 }] }),
        );
        const after = { ...incident, ...joined?.incident };
        expect(priorityRank(after.priority ?? 'P3')).toBe(Math.min(priorityRank(own), priorityRank(joining)));
        expect(after.severity <= incident.severity).toBe(true);
        if (confirmed) expect(after.severity).toBe(incident.severity);
        expect(after.alertIds).toEqual(expect.arrayContaining([...incident.alertIds, text]));
        expect(after.services).toEqual(expect.arrayContaining([...incident.services, text]));
        expect(new Set(after.services).size).toBe(after.services.length);
        expect(after.objectiveIds).toEqual(expect.arrayContaining([...incident.objectiveIds, text]));
      }),
    );
  });

  it('is one change with those that come with it, and the same as one after the other', () => {
    const alerts = fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-z]{1,4}$/), priority), {
      minLength: 1,
      maxLength: 12,
      selector: ([id]) => id,
    });
    fc.assert(
      fc.property(alerts, priority, (all, own) => {
        const changes = all.map(([id, urgency]) =>
          fired({ id, service: id.slice(0, 1), priority: urgency }, { objectiveId: id }),
        );
        const impacts = changes.map(({ alert }) => ({
          priority: alert.priority,
          service: alert.service,
          failingShare: null,
        }));
        const begun = incidentOf({ priority: own });
        const together = joinChange(begun, changes, facts({ impacts }));
        let one = begun;
        const entries: unknown[] = [];
        for (const [at, change] of changes.entries()) {
          const joined = joinChange(one, [change], facts({ impacts: impacts.slice(0, at + 1) }));
          one = { ...one, ...joined?.incident };
          entries.push(...(joined?.entries ?? []).filter((entry) => entry.kind !== 'severity'));
        }
        expect({ ...begun, ...together?.incident }).toEqual(one);
        expect(together?.entries.filter((entry) => entry.kind !== 'severity')).toEqual(
          expect.arrayContaining(entries.filter((entry) => (entry as { kind: string }).kind === 'alert')),
        );
      }),
    );
  });

  it('moves the deadlines with a severity that it raises, counted from the opening and not from now', () => {
    const joined = joinChange(
      incidentOf(),
      [fired({ id: 'b' })],
      facts({ impacts: [{ priority: 'P0', service: 'new', failingShare: 1 }], now: NOW + 600_000 }),
    );
    expect(joined?.incident).toMatchObject({ severity: 'SEV-1', respondByAt: NOW + 900_000 });
  });

  it('keeps its text within one line of a bounded length', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (title, reason) => {
        const joined = joinChange(incidentOf(), [fired({ id: 'b', title, reason })], facts());
        for (const entry of joined?.entries ?? []) {
          expect(entry.title).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
          expect(entry.detail).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
          expect([...entry.title].length).toBeLessThanOrEqual(200);
        }
      }),
    );
  });
});

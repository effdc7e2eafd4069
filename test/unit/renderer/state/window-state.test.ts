import { describe, expect, it } from 'vitest';
import { budgetLines } from '../../../../renderer/state/budget-view.ts';
import { burnLines, unwatchedSpans } from '../../../../renderer/state/burn-view.ts';
import { joinTimeline } from '../../../../renderer/state/incident.ts';
import { incidentTimes } from '../../../../renderer/state/incident-times.ts';
import { commands, keyCaps, worksOn } from '../../../../renderer/state/key-table.ts';
import { chartSpan } from '../../../../renderer/state/objective.ts';
import { nextPhase } from '../../../../renderer/state/phase.ts';
import { channelsText, receiversOf, routesText } from '../../../../renderer/state/receiver.ts';
import { hashOf, type Route, routeOf } from '../../../../renderer/state/route.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../../shared/unit/time.ts';
import { sampled } from '../../../support/window/curves.ts';
import { incident, responseEntries, storyOf, timelineOf } from '../../../support/window/fleet-incident.ts';
import { fleetObjectives } from '../../../support/window/fleet-objectives.ts';
import { deliveries, receivers } from '../../../support/window/fleet-receiver.ts';

const now = 1_800_000_000_000;

describe('the address of the window', () => {
  it('leads back to where it was written, for every screen', () => {
    const routes: Route[] = [
      { screen: 'triage' },
      { screen: 'incident', id: null, tab: 'response' },
      { screen: 'incident', id: 'a/b %', tab: 'postmortem' },
      { screen: 'objectives', id: 'x' },
      { screen: 'signals', view: '' },
      { screen: 'signals', view: 'range=1h&panel=expr%3Da%252Fb' },
      { screen: 'postmortems' },
      { screen: 'why', text: 'a/b' },
      { screen: 'why', text: '', log: 'deliveries' },
      { screen: 'why', text: '', span: '7d' },
      { screen: 'why', text: 'x', span: '2026-11-28 10:00 to 2026-11-28 11:00' },
      { screen: 'settings' },
      { screen: 'health' },
    ];
    expect(routes.map((route) => routeOf(hashOf(route)))).toEqual(routes);
  });

  it('is Triage where it names nothing, and survives a broken escape', () => {
    expect(routeOf('#/elsewhere')).toEqual({ screen: 'triage' });
    expect(routeOf('#/incident/%E0%A4%A')).toMatchObject({ screen: 'incident', id: '%E0%A4%A' });
  });
});

describe('the table of keys', () => {
  it('names each command and each key of a screen once', () => {
    expect(new Set(commands.map((one) => one.id)).size).toBe(commands.length);
    for (const screen of new Set(commands.flatMap((one) => one.screens ?? []))) {
      const keys = commands.flatMap((one) => (one.keys !== null && worksOn(one, screen) ? [one.keys] : []));
      expect({ screen, twice: keys.filter((one, at) => keys.indexOf(one) !== at) }).toEqual({
        screen,
        twice: [],
      });
    }
  });

  it('draws presses as caps', () => {
    expect(keyCaps('g t', false)).toEqual(['g', 't']);
    expect(keyCaps('$mod+k', false)).toEqual(['Ctrl K']);
    expect(keyCaps('$mod+k', true)).toEqual(['⌘ K']);
    expect(keyCaps('Alt+Enter', false)).toEqual(['Alt ↵']);
  });
});

describe('the burn of an objective', () => {
  const series = ['5m', '30m', '1h', '6h', '3d'].map((window) =>
    sampled({ window }, now, now + MINUTE_MS, 15_000, () => 1),
  );
  const [latency] = fleetObjectives(now);

  it('shows the two windows of the row that holds, the short one shaded', () => {
    const lines = burnLines(series, latency?.rows[0] ?? null);
    expect(lines.map((line) => [line.label, line.fill])).toEqual([
      ['5 m', true],
      ['1 h', false],
    ]);
  });

  it('hatches from the last answer of a source that is silent, or of the core', () => {
    expect(unwatchedSpans(undefined, { kind: 'stale', sinceAt: now - 9_000 }, now)).toEqual([
      { fromAt: now - 9_000, toAt: now, causes: ['failing'], filledAt: null },
    ]);
    expect(unwatchedSpans(undefined, { kind: 'live', lastFrameAt: now }, now)).toEqual([]);
  });

  it('is asked for with a few hundred points at most, on round steps', () => {
    for (const hours of [0.1, 1, 6, 24, 24 * 28]) {
      const span = chartSpan(now - hours * HOUR_MS, now);
      expect((span.toAt - span.fromAt) / span.stepMs).toBeLessThanOrEqual(362);
      expect(span.fromAt % span.stepMs).toBe(0);
    }
  });

  it('projects the budget only where its end is in the picture', () => {
    const budget = [sampled({}, now - 28 * DAY_MS, now, 2 * HOUR_MS, () => 0.4)];
    const burning = fleetObjectives(now)[2];
    const calm = fleetObjectives(now)[6];
    expect(burning && budgetLines(budget, burning).lines.map((line) => line.dashed ?? false)).toEqual([
      false,
      true,
    ]);
    // 28 days of budget, half of it left, gone in 7: two budgets' worth of rate, whatever the shortest window says.
    const week = burning && {
      ...burning,
      budgetRemaining: 0.5,
      timeToExhaustionMs: 7 * DAY_MS,
      objective: { ...burning.objective, periodMs: 28 * DAY_MS },
    };
    expect(week && budgetLines(budget, week).lines[1]?.label).toBe('at 2.00×, gone in 7 d');
    expect(calm && budgetLines(budget, calm).lines).toHaveLength(1);
    expect(burning && budgetLines([], burning).lines).toEqual([]);
  });
});

describe('an incident in parts', () => {
  it('joins its timeline by number, each entry once', () => {
    const entries = timelineOf('i', responseEntries(storyOf(now, HOUR_MS)));
    expect(joinTimeline(entries.slice(0, 5), entries.slice(3)).map((one) => one.seq)).toEqual(
      entries.map((one) => one.seq),
    );
  });

  it('derives its times, and says which are not yet', () => {
    const one = incident({
      id: 'i',
      name: 'n',
      title: 't',
      service: 's',
      openedAt: now,
      startedAt: now - MINUTE_MS,
      acknowledgedAt: now + MINUTE_MS,
    });
    expect(incidentTimes(one).map((time) => [time.label, time.ms])).toEqual([
      ['Detect', MINUTE_MS],
      ['Acknowledge', MINUTE_MS],
      ['Mitigate', null],
      ['Recover', null],
      ['Resolve', null],
    ]);
  });

  it('moves on phase by phase, and back into response from closed', () => {
    expect(nextPhase('detected')).toBe('responding');
    expect(nextPhase('recovering')).toBe('postmortem');
    expect(nextPhase('closed')).toBe('responding');
  });
});

describe('the receivers', () => {
  const [first, second] = deliveries(storyOf(now, MINUTE_MS), 'i1');

  it('stand in the order of the routes, each with the last message that reached it', () => {
    if (!first || !second) throw new Error('the fleet has two deliveries');
    const shared = { ...first, id: 'd3', receiver: 'on_call_engineer, ticket_system', createdAt: now + 1 };
    const views = receiversOf([...receivers].reverse(), [first, shared, second]);
    expect(views.map(({ receiver, last }) => [receiver.id, last?.id ?? null])).toEqual([
      ['on_call_engineer', 'd3'],
      ['ops-webhook', 'd2'],
      ['ticket_system', 'd3'],
    ]);
  });

  it('say where they stand and how they are reached', () => {
    expect(receivers.map(routesText)).toEqual(['P0; P1 out of hours, silent', 'P0', 'P3, silent']);
    expect(receivers.map(channelsText)).toEqual([
      'desktop, browser (by default: it has no channel of its own)',
      'webhook https://hooks.example/…',
      'browser',
    ]);
  });
});

import { describe, expect, it } from 'vitest';
import { runCommand } from '../../../../renderer/state/command.ts';
import { type Core, createCore } from '../../../../renderer/state/core.ts';
import { flatten, selectedEntry } from '../../../../renderer/state/selection.ts';
import type { Incident } from '../../../../shared/model/incident.ts';
import { alert, incident } from '../../../support/window/fleet-incident.ts';

const now = 1_800_000_000_000;

/** A window whose core never answers. */
function coreWith(...incidents: Incident[]): Core {
  const core = createCore({
    open: () => new Promise(() => undefined),
    world: {
      now: () => now,
      jitter: () => 0,
      every: () => () => undefined,
      sleep: () => new Promise(() => undefined),
      nextFrame: (run) => run(),
      later: () => () => undefined,
      setHash: () => undefined,
    },
    hash: '#/triage',
    theme: 'dark',
    onNotification: () => undefined,
  });
  put(core, ...incidents);
  return core;
}

function put(core: Core, ...incidents: Incident[]): void {
  core.mirror.incidents.setState({ ready: true, byId: new Map(incidents.map((one) => [one.id, one])) });
}

const selected = (core: Core) =>
  selectedEntry(flatten(core.triage()), core.uiStore.getState().queueKey)?.key ?? null;
const one = (id: string, openedAt: number, change: Partial<Incident> = {}) => ({
  ...incident({ id, name: id, title: id, service: id, openedAt }),
  ...change,
});

describe('keys on Triage', () => {
  it('go on to the incident that was acknowledged, though another one stands first then', () => {
    const first = one('first', now - 20_000, { severity: 'SEV-1' });
    const second = one('second', now - 10_000);
    const core = coreWith(first, second);
    expect(selected(core)).toBe('incident:first');
    runCommand(core, 'acknowledge');
    put(core, { ...first, acknowledgedAt: now, acknowledgedBy: 'me' }, second);
    expect(flatten(core.triage())[0]?.key).toBe('incident:second');
    expect(selected(core)).toBe('incident:first');
    runCommand(core, 'open');
    expect(core.uiStore.getState().route).toMatchObject({ screen: 'incident', id: 'first' });
    core.stop();
  });

  it('escalate and re-arm the alert that was told, not the one that follows from it', () => {
    const mine = { ...one('i', now - 20_000, { acknowledgedAt: now - 10_000 }), alertIds: ['held', 'told'] };
    const core = coreWith(mine);
    const firing = {
      title: 't',
      service: 's',
      priority: 'P0' as const,
      phase: 'firing' as const,
      incidentId: 'i',
    };
    const told = alert({ ...firing, id: 'told' }, now);
    const held = {
      ...alert({ ...firing, id: 'held' }, now - 60_000),
      hold: { stage: 'suppress' as const, by: 'x' },
    };
    const putAlerts = (...all: (typeof told)[]) =>
      core.mirror.alerts.setState({ ready: true, byId: new Map(all.map((each) => [each.id, each])) });
    putAlerts(held, told);
    core.uiStore.setState({ queueKey: 'incident:i' });
    runCommand(core, 'escalate');
    expect(core.uiStore.getState().overlay).toEqual({ kind: 'escalate', alertId: 'told' });
    core.ui.close();
    runCommand(core, 'rearm');
    expect(core.uiStore.getState().overlay).toBeNull();
    expect(core.uiStore.getState().toasts[0]?.text).toContain('nothing to re-arm');
    putAlerts(held, { ...told, acknowledgement: { by: 'me', at: now, untilAt: null } });
    runCommand(core, 'rearm');
    expect(core.uiStore.getState().overlay).toEqual({ kind: 'rearm', alertId: 'told' });
    core.stop();
  });

  it('act on the most urgent one as long as nobody chose', () => {
    const core = coreWith(one('second', now - 10_000));
    put(core, one('second', now - 10_000), one('first', now - 5_000, { severity: 'SEV-1' }));
    expect(selected(core)).toBe('incident:first');
    core.stop();
  });
});

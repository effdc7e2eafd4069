import { describe, expect, it } from 'vitest';
import { memoryOf } from '../../../main/alert/rule/memory.ts';
import { createStateHub } from '../../../main/api/index.ts';
import { mostUrgentFirst, publishAlerts } from '../../../main/app/shown-alerts.ts';
import { VirtualClock } from '../../../main/platform/index.ts';
import type { Alert, StageVerdict } from '../../../shared/model/alert.ts';
import { alertOf } from '../../support/incident.ts';

function verdict(stage: StageVerdict['stage'], outcome: StageVerdict['outcome']): StageVerdict {
  return { stage, outcome, reason: `${stage} says so`, at: 1, definedAt: null };
}

function publish(alerts: readonly Alert[], changed: readonly string[]) {
  const hub = createStateHub({ clock: new VirtualClock(0), epoch: 'e' });
  publishAlerts(hub, { list: () => alerts }, changed);
  return hub;
}

describe('an alert in the windows', () => {
  it('is without what only the pipeline remembers, with what holds it and where it went', () => {
    const hold = {
      stage: 'silence',
      by: 's1',
      reason: 'r',
      sinceAt: 1,
      causeId: null,
      covers: false,
    } as const;
    const alert = alertOf({
      id: 'a',
      verdicts: [
        verdict('validate', 'pass'),
        verdict('state', 'fired'),
        verdict('silence', 'suppressed'),
        verdict('route', 'pass'),
        verdict('notify', 'pass'),
      ],
    });
    const hub = publish([{ ...alert, memory: { ...memoryOf(alert), hold } }], ['a']);
    const [shown] = hub.get('alerts');
    expect(shown).not.toHaveProperty('memory');
    expect(shown?.hold).toEqual({ stage: 'silence', by: 's1' });
    expect(shown?.verdicts.map((one) => one.stage)).toEqual(['state', 'silence', 'route', 'notify']);
    expect(publish([alert], ['a']).get('alerts')[0]?.hold).toBeNull();
  });

  it('is told where it changed, and goes away when the stage has forgotten it', () => {
    const hub = publish(
      [alertOf({ id: 'a' }), alertOf({ id: 'b' }), alertOf({ id: 'c' })],
      ['a', 'b', 'gone'],
    );
    expect(hub.get('alerts').map((one) => one.id)).toEqual(['a', 'b']);
    publishAlerts(hub, { list: () => [alertOf({ id: 'b' })] }, []);
    expect(hub.get('alerts').map((one) => one.id)).toEqual(['b']);
  });

  it('comes the sooner the more urgent it is', () => {
    const acknowledgement = { by: 'Robin', at: 1, untilAt: null };
    const all = [
      alertOf({ id: 'over', phase: 'resolved' }),
      alertOf({ id: 'pending', phase: 'pending' }),
      alertOf({ id: 'had', acknowledgement }),
      alertOf({ id: 'P1', priority: 'P1', firedAt: 1 }),
      alertOf({ id: 'P0, later', priority: 'P0', firedAt: 2 }),
      alertOf({ id: 'P0', priority: 'P0', firedAt: 1 }),
    ];
    const shown = publish(
      all,
      all.map((one) => one.id),
    ).get('alerts');
    expect([...shown].sort(mostUrgentFirst).map((one) => one.id)).toEqual([
      'P0',
      'P0, later',
      'P1',
      'had',
      'pending',
      'over',
    ]);
  });
});

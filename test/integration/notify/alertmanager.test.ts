import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../main/platform/index.ts';
import type { Alert } from '../../../shared/model/alert.ts';
import { HOUR_MS, MINUTE_MS } from '../../../shared/unit/time.ts';
import { openHttpTrap } from '../../support/http-trap.ts';
import { desk, requestOf } from '../../support/notifying.ts';
import { startRealAlertmanager } from '../../support/real-alertmanager.ts';
import { missingSenders } from '../../support/remote-writing-prometheus.ts';
import { until } from '../../support/scraping-prometheus.ts';

const missing = missingSenders('prometheus-alertmanager');

const CONFIG = () => 'route: { receiver: nobody }\nreceivers: [{ name: nobody }]\n';

function alertOf(id: string, firedAt: number, change: Partial<Alert> = {}): Alert {
  return {
    ...{ id, ruleId: 'queue/Slow', kind: 'rule', title: 'Requests are slow', service: 'gateway' },
    ...{ priority: 'P1', phase: 'firing', reason: '4 of 120 failed', definedAt: 'alerts/queue.yaml:3' },
    ...{
      activeSinceAt: firedAt,
      firedAt,
      resolvedAt: null,
      lastEvaluatedAt: firedAt,
      value: 1,
      threshold: 1,
    },
    ...{
      acknowledgement: null,
      receivers: [],
      groupKey: 'service=gateway',
      incidentId: 'inc-1',
      verdicts: [],
    },
    labels: { alertname: 'Slow', zone: id, empty: '', 'not.a.name': 'x', priority: 'P1' },
    ...change,
  } as Alert;
}

async function telling(url: string, alerts: Alert[], clock: VirtualClock) {
  const channel = { kind: 'alertmanager', url, keep_for: '2h' };
  const it = desk({ routing: { receivers: { on_call_engineer: [channel] } }, alerts, clock });
  await it.notifier.start();
  const say = async () => {
    await it.notifier.enqueue([requestOf({ alertIds: alerts.map((one) => one.id) })]);
    await it.pass(0);
  };
  return { ...it, say };
}

describe('the body for Alertmanager', () => {
  it('has each alert with its labels, its start, and an end to come; an alert that is over has ended', async () => {
    const trap = await openHttpTrap();
    const clock = new VirtualClock(Date.parse('2026-03-02T10:00:00Z'));
    const now = clock.now();
    const over = alertOf('b', now - HOUR_MS, { phase: 'resolved', resolvedAt: now - MINUTE_MS });
    const it = await telling(`${trap.url}/prefix/`, [alertOf('a', now - 5 * MINUTE_MS), over], clock);
    await it.say();
    expect(trap.caught[0]?.path).toBe('/prefix/api/v2/alerts');
    expect(JSON.parse(trap.caught[0]?.text ?? '')).toMatchObject([
      {
        labels: { alertname: 'Slow', service: 'gateway', zone: 'a', midwatch_alert: 'a' },
        annotations: { summary: 'Requests are slow', priority: 'P1', description: '4 of 120 failed' },
        startsAt: '2026-03-02T09:55:00.000Z',
        endsAt: '2026-03-02T12:00:00.000Z',
      },
      { startsAt: '2026-03-02T09:00:00.000Z', endsAt: '2026-03-02T09:59:00.000Z' },
    ]);
    expect(trap.caught[0]?.text).not.toContain('not.a.name');
    await trap.close();
  });
});

describe.skipIf(missing)(`a real Alertmanager${missing ? ` (${missing})` : ''}`, () => {
  it('shows our alerts as firing, takes a repeat for the same, and shows none when they are over', async () => {
    const alertmanager = await startRealAlertmanager(CONFIG);
    const clock = new VirtualClock(Date.now());
    const alerts = [alertOf('a', clock.now() - MINUTE_MS), alertOf('b', clock.now() - MINUTE_MS)];
    const it = await telling(alertmanager.url, alerts, clock);
    const active = async () => {
      const answer = await fetch(`${alertmanager.url}/api/v2/alerts`);
      return (await answer.json()) as { labels: Record<string, string>; status: { state: string } }[];
    };
    try {
      await it.say();
      await it.say();
      expect(it.outcomes.map((one) => one.delivery.problem)).toEqual([null, null]);
      await until(async () => (await active()).length === 2, 20_000, 'the alerts did not come');
      expect((await active()).map((one) => one.labels.zone).sort()).toEqual(['a', 'b']);
      for (const [at, alert] of alerts.entries())
        alerts[at] = { ...alert, phase: 'resolved', resolvedAt: clock.now() };
      await it.say();
      await until(async () => (await active()).length === 0, 20_000, 'the alerts did not end');
    } finally {
      await alertmanager.stop();
    }
  });
});

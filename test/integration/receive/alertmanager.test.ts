import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startRealAlertmanager } from '../../support/real-alertmanager.ts';
import { startReceiving, TOKEN } from '../../support/receiving.ts';
import { missingSenders } from '../../support/remote-writing-prometheus.ts';
import { until } from '../../support/scraping-prometheus.ts';

const missing = missingSenders('prometheus-alertmanager');

const configOf = (receiverPort: number) => (folder: string) =>
  `route: { receiver: midwatch, group_by: [alertname], group_wait: 0s, group_interval: 1s }
receivers:
  - name: midwatch
    webhook_configs:
      - url: http://127.0.0.1:${receiverPort}/alertmanager
        send_resolved: true
        http_config: { authorization: { credentials_file: ${join(folder, 'token')} } }
`;

describe.skipIf(missing)(`the webhook of a real Alertmanager${missing ? ` (${missing})` : ''}`, () => {
  it('tells of alerts that fire and are resolved', async () => {
    const receiving = await startReceiving();
    const alertmanager = await startRealAlertmanager(configOf(receiving.port), { token: TOKEN });
    try {
      const startsAt = Date.now() - 5_000;
      const alert = {
        labels: { alertname: 'Slow', service: 'shop', note: '<b>"über"</b>' },
        annotations: { summary: 'Requests are slow.' },
        startsAt: new Date(startsAt).toISOString(),
        generatorURL: 'http://prometheus.example/graph?g0.expr=up',
      };
      await alertmanager.tell([alert]);
      await until(() => receiving.taken.alerts.length > 0, 10_000, 'the alert did not come');
      expect(receiving.taken.alerts[0]).toMatchObject({
        labels: alert.labels,
        annotations: alert.annotations,
        status: 'firing',
        startsAt,
        endsAt: null,
        generatorUrl: alert.generatorURL,
      });
      const endsAt = Date.now() - 1_000;
      await alertmanager.tell([{ ...alert, endsAt: new Date(endsAt).toISOString() }]);
      const resolved = () => receiving.taken.alerts.find((one) => one.status === 'resolved');
      await until(() => resolved() !== undefined, 10_000, 'its end did not come');
      expect(resolved()).toMatchObject({ labels: alert.labels, startsAt, endsAt });
      expect(receiving.api.status().senders[0]).toMatchObject({ refused: [], lastProblem: null });
      expect(receiving.api.status().senders[0]?.agent).toMatch(/^Alertmanager\//);
    } finally {
      await alertmanager.stop();
      await receiving.close();
    }
  });
});

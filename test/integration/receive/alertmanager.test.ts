import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startReceiving, TOKEN } from '../../support/receiving.ts';
import { missingSenders } from '../../support/remote-writing-prometheus.ts';
import { freePort, until } from '../../support/scraping-prometheus.ts';

const missing = missingSenders('prometheus-alertmanager');

async function startAlertmanager(receiverPort: number) {
  const folder = mkdtempSync(join(tmpdir(), 'midwatch-alertmanager-'));
  const port = await freePort();
  writeFileSync(join(folder, 'token'), TOKEN, { mode: 0o600 });
  writeFileSync(
    join(folder, 'alertmanager.yml'),
    `route: { receiver: midwatch, group_by: [alertname], group_wait: 0s, group_interval: 1s }
receivers:
  - name: midwatch
    webhook_configs:
      - url: http://127.0.0.1:${receiverPort}/alertmanager
        send_resolved: true
        http_config: { authorization: { credentials_file: ${join(folder, 'token')} } }
`,
  );
  const child = spawn(
    'prometheus-alertmanager',
    [
      `--config.file=${join(folder, 'alertmanager.yml')}`,
      `--storage.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
      '--log.level=error',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const exited = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  const ready = () =>
    fetch(`${url}/-/ready`).then(
      (answer) => answer.ok,
      () => false,
    );
  await until(ready, 20_000, 'Alertmanager did not become ready');
  return {
    async tell(alerts: readonly object[]) {
      const answer = await fetch(`${url}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(alerts),
      });
      expect(answer.status).toBe(200);
    },
    async stop() {
      child.kill('SIGTERM');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

describe.skipIf(missing)(`the webhook of a real Alertmanager${missing ? ` (${missing})` : ''}`, () => {
  it('tells of alerts that fire and are resolved', async () => {
    const receiving = await startReceiving();
    const alertmanager = await startAlertmanager(receiving.port);
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

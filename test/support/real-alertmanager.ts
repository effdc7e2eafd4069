import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, until } from './scraping-prometheus.ts';

/** The Alertmanager of this machine, on a free port with a folder of its own. */
export interface RealAlertmanager {
  readonly url: string;
  tell(alerts: readonly object[]): Promise<void>;
  stop(): Promise<void>;
}

export async function startRealAlertmanager(
  config: (folder: string) => string,
  secrets: Readonly<Record<string, string>> = {},
): Promise<RealAlertmanager> {
  const folder = mkdtempSync(join(tmpdir(), 'midwatch-alertmanager-'));
  const port = await freePort();
  for (const [name, text] of Object.entries(secrets))
    writeFileSync(join(folder, name), text, { mode: 0o600 });
  writeFileSync(join(folder, 'alertmanager.yml'), config(folder));
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
    url,
    async tell(alerts) {
      const answer = await fetch(`${url}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(alerts),
      });
      if (!answer.ok) throw new Error(`Alertmanager answered ${answer.status}: ${await answer.text()}`);
    },
    async stop() {
      child.kill('SIGTERM');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

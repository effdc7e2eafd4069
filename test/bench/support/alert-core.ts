import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startTestCore, type TestCore } from '../../support/core.ts';

const TOKEN = 'a-token-for-one-benchmark-only';
const WAIT_MS = 120_000;
const RETRY_MS = 100;

/** A real core in the Node host that takes alerts of many services by Alertmanager's webhook. */
export interface AlertCore {
  readonly core: TestCore;
  /** Sends alerts in one request; answers when that was accepted. */
  send(alerts: readonly WebhookAlert[]): Promise<number>;
  /** How often it was asked to send something again. */
  retries(): number;
  end(): Promise<void>;
}

export interface WebhookAlert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly startsAt: string;
}

export function serviceId(index: number): string {
  return index === 0 ? 'root' : `service-${String(index).padStart(3, '0')}`;
}

export interface AlertCoreOptions {
  /** Keys of midwatch.yaml beside the source. */
  readonly routing?: Readonly<Record<string, unknown>>;
  /** Where a browser looks at it. */
  readonly windowFolder?: string;
  /** All depend on the first, so that what it breaks explains the others; otherwise each stands by itself. */
  readonly dependent: boolean;
}

export async function startAlertCore(
  services: number,
  { routing = {}, windowFolder, dependent }: AlertCoreOptions,
): Promise<AlertCore> {
  process.env.MIDWATCH_BENCH_ALERT_TOKEN = TOKEN;
  const folder = mkdtempSync(join(tmpdir(), 'midwatch-alert-bench-'));
  mkdirSync(folder, { recursive: true });
  const source = {
    id: 'am',
    kind: 'push',
    token: 'env:MIDWATCH_BENCH_ALERT_TOKEN',
    priorities: { critical: 'P0', error: 'P1', warning: 'P2', info: 'P3' },
  };
  // JSON is YAML.
  writeFileSync(
    join(folder, 'midwatch.yaml'),
    JSON.stringify({ name: 'alerts', receive: { port: 0 }, sources: [source], ...routing }),
  );
  const all = Array.from({ length: services }, (_, index) => ({
    id: serviceId(index),
    tier: 2,
    depends_on: dependent && index > 0 ? ['root'] : [],
  }));
  writeFileSync(join(folder, 'services.yaml'), JSON.stringify({ services: all }));
  const core = await startTestCore({ workspace: folder, ...(windowFolder ? { windowFolder } : {}) });
  const address = await until('the receiver', () => {
    const found = core.app.hub.get('sources').find((one) => one.id === 'am')?.address;
    return found === '' ? undefined : found;
  });
  let retries = 0;
  return {
    core,
    retries: () => retries,
    async send(alerts) {
      const body = JSON.stringify({ version: '4', status: 'firing', alerts });
      for (;;) {
        const answer = await fetch(`${address}/alertmanager`, {
          method: 'POST',
          headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
          body,
        });
        const text = await answer.text();
        if (answer.ok) return Date.now();
        // Asked to send it again, Alertmanager does.
        if (answer.status !== 503) throw new Error(`The receiver answered ${answer.status}: ${text}`);
        retries += 1;
        await sleep(RETRY_MS);
      }
    },
    async end() {
      await core.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Looks each few milliseconds until there is something. */
export async function until<T>(what: string, look: () => T | undefined, waitMs = WAIT_MS): Promise<T> {
  const limitAt = performance.now() + waitMs;
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    if (performance.now() > limitAt) throw new Error(`${what} did not come within ${waitMs / 1_000} s.`);
    await sleep(5);
  }
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createWindowClient, type WindowClient } from '../../main/host/node/index.ts';
import { silentLogger } from '../../main/platform/index.ts';
import {
  type AlertCore,
  quantile,
  serviceId,
  startAlertCore,
  until,
  type WebhookAlert,
} from './support/alert-core.ts';
import type { Benchmark, Measured, Options } from './support/benchmark.ts';

/** As promised: an alert storm stays one story. */
const STORIES_MAX = 25;
const VISIBLE_P95_MAX_MS = 1_000;
const BATCH_MS = 100;
/** After the last alert the pipeline may still say something: group_interval is 5 min, and this is one notification's. */
const QUIET_MS = 5_000;

export const benchmark: Benchmark = {
  about:
    'an alert storm with one cause: incidents, notifications, alerts that are accounted for, and when they are seen',
  options: {
    alerts: { kind: 'number', about: 'alerts', default: 10_000, min: 100, max: 50_000 },
    seconds: { kind: 'number', about: 'in how many seconds', default: 10, min: 1, max: 600 },
    services: {
      kind: 'number',
      about: 'services, all of which depend on one',
      default: 500,
      min: 2,
      max: 900,
    },
  },
  run,
};

async function run(options: Options, say: (text: string) => void): Promise<Measured> {
  const pager = await startPager();
  const hook = [{ kind: 'webhook', url: pager.url }];
  const names = ['on_call_engineer', 'backup_engineer', 'incident_commander', 'primary_team', 'team_lead'];
  const one = { receivers: ['on_call_engineer'] };
  const receivers = Object.fromEntries(names.map((name) => [name, hook]));
  const alerts = await startAlertCore(options.number('services'), {
    routing: { receivers, routes: { P0: one, P1: one } },
    dependent: true,
  });
  const client = await createWindowClient(alerts.core.server, silentLogger(), () => undefined);
  const watch = watchAlerts(client);
  try {
    const { visible, tookMs } = await storm(alerts, watch, options, say);
    const { hub } = alerts.core.app;
    const count = options.number('alerts');
    await until('all alerts', () => (hub.get('alerts').length >= count ? true : undefined));
    await sleep(QUIET_MS);
    const all = hub.get('alerts');
    const explained = all.filter((alert) => alert.verdicts.some((verdict) => verdict.reason !== ''));
    return {
      figures: [
        {
          name: 'incidents',
          label: 'incidents',
          value: hub.get('incidents').length,
          unit: '',
          atMost: STORIES_MAX,
        },
        {
          name: 'notifications',
          label: 'notifications that were received',
          value: pager.received(),
          unit: '',
          atMost: STORIES_MAX,
        },
        {
          name: 'accepted_s',
          label: 'until the last request was accepted',
          value: tookMs / 1_000,
          unit: 's',
        },
        {
          name: 'retries',
          label: 'requests that were asked to come again',
          value: alerts.retries(),
          unit: '',
        },
        {
          name: 'missing',
          label: 'alerts that are not accounted for',
          value: count - all.length,
          unit: '',
          atMost: 0,
        },
        {
          name: 'unexplained',
          label: 'alerts without a reason from each stage',
          value: all.length - explained.length,
          unit: '',
          atMost: 0,
        },
        {
          name: 'visible_p50_ms',
          label: 'accepted to visible in a window, median',
          value: quantile(visible, 0.5),
          unit: 'ms',
        },
        {
          name: 'visible_p95_ms',
          label: 'accepted to visible in a window, p95',
          value: quantile(visible, 0.95),
          unit: 'ms',
          atMost: VISIBLE_P95_MAX_MS,
        },
      ],
      notes: [
        `${count} alerts of ${options.number('services')} services by Alertmanager's webhook in ${options.number('seconds')} s, the cause first; notifications are what one webhook receiver got. Visible is when a window that mirrors the state over its WebSocket has the alert; each request's last alert is looked at.`,
      ],
    };
  } finally {
    watch.stop();
    await client.close();
    await alerts.end();
    await pager.close();
  }
}

/** The cause first, then all the others evenly; answers how long the last alert of each request took to a window. */
async function storm(
  alerts: AlertCore,
  watch: AlertWatch,
  options: Options,
  say: (text: string) => void,
): Promise<{ readonly visible: readonly number[]; readonly tookMs: number }> {
  const count = options.number('alerts');
  const services = options.number('services');
  const rounds = Math.max(1, Math.round((options.number('seconds') * 1_000) / BATCH_MS));
  const beganAt = performance.now();
  const seen: Promise<number>[] = [];
  const accepted: Promise<number>[] = [];
  let sent = 0;
  for (let round = 0; round < rounds; round += 1) {
    const upTo = Math.round((count * (round + 1)) / rounds);
    const batch = Array.from({ length: upTo - sent }, (_, i) => alertOf(sent + i, services));
    sent = upTo;
    const last = `Broken ${sent - 1}`;
    // Whoever has alerts to tell does not wait for the answer to those before.
    const answered = alerts.send(batch);
    accepted.push(answered);
    const shown = watch.shown(last);
    seen.push(
      Promise.all([answered, shown]).then(([acceptedAt, shownAt]) => Math.max(0, shownAt - acceptedAt)),
    );
    await sleep(Math.max(0, beganAt + (round + 1) * BATCH_MS - performance.now()));
  }
  await Promise.all(accepted);
  const tookMs = performance.now() - beganAt;
  say(`${sent} alerts were accepted in ${(tookMs / 1_000).toFixed(1)} s`);
  return { visible: await Promise.all(seen), tookMs };
}

interface AlertWatch {
  /** When the window has the alert of that name. */
  shown(name: string): Promise<number>;
  stop(): void;
}

/** A window that looks at each change once, however many alerts there are. */
function watchAlerts(client: WindowClient): AlertWatch {
  const ending = new AbortController();
  const awaited = new Map<string, (at: number) => void>();
  const reading = (async () => {
    for await (const frame of await client.call.state.watch(undefined, { signal: ending.signal })) {
      if (frame.kind === 'beat') continue;
      for (const change of frame.changes)
        if (change.collection === 'alerts')
          for (const { labels } of change.upsert) awaited.get(labels.alertname ?? '')?.(Date.now());
    }
  })();
  reading.catch((thrown: unknown) => {
    if (!ending.signal.aborted) throw thrown;
  });
  return {
    shown: (name) => new Promise((resolve) => void awaited.set(name, resolve)),
    stop: () => ending.abort(),
  };
}

function alertOf(index: number, services: number): WebhookAlert {
  const service = index === 0 ? 0 : 1 + (index % (services - 1));
  return {
    status: 'firing',
    labels: {
      alertname: `Broken ${index}`,
      service: serviceId(service),
      severity: index === 0 ? 'critical' : 'error',
    },
    startsAt: new Date().toISOString(),
  };
}

async function startPager() {
  let received = 0;
  const server = createServer((request, response) => {
    received += 1;
    request.resume().on('end', () => response.end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/page`,
    received: () => received,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

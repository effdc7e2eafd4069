import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { exportAlertmanager, importAlertmanager } from '../../../main/interop/index.ts';
import { RoutingConfig } from '../../../shared/config/routing.ts';
import { Priority } from '../../../shared/model/priority.ts';
import { serviceOf } from '../../support/alerting.ts';

const services = [serviceOf('db'), { ...serviceOf('web'), dependsOn: ['db'] }];
const sent = (routing: RoutingConfig) =>
  exportAlertmanager({
    routing,
    services,
    routingDefinedAt: 'midwatch.yaml:4',
    channelDefinedAt: (receiver, index) => `midwatch.yaml:${receiver}/${index}`,
    maintenance: [],
  });
const back = (text: string) => {
  const { files, left } = importAlertmanager(text, 'alertmanager.yml');
  return { routing: RoutingConfig.parse(parse(files[0]?.text ?? '')), left };
};
const channels = (...all: object[]) => RoutingConfig.parse({ receivers: { team: all }, routes: TO_TEAM });
const TO_TEAM = {
  P0: { receivers: ['team'] },
  P1: { receivers: ['team'] },
  P2: { receivers: ['team'] },
  P3: { receivers: ['team'] },
};

const path = fc.constantFrom('/etc/alertmanager/token', '/run/secrets/a b', 'secrets/key');
const file = path.map((one) => `file:${one}`);
const elsewhere = fc.constantFrom('env:TOKEN', 'keychain:slack');
const mail = { kind: fc.constant('email'), to: fc.constantFrom(['a@x.org'], ['a@x.org', 'b@x.org']) };
const carried = fc.oneof(
  fc.record({ kind: fc.constant('webhook'), url: fc.oneof(fc.constant('https://hooks.example/x'), file) }),
  fc.record({ kind: fc.constant('slack'), url: file }),
  fc.record(
    { kind: fc.constant('pagerduty'), routing_key: file, url: fc.constant('https://events.eu.example/v2') },
    { requiredKeys: ['kind', 'routing_key'] },
  ),
  fc.record({
    ...mail,
    from: fc.constant('m@x.org'),
    host: fc.constantFrom('mail.example', '2001:db8::1'),
    port: fc.constantFrom(587, 25),
  }),
  fc.record({
    ...mail,
    from: fc.constant('m@x.org'),
    host: fc.constant('mail.example'),
    port: fc.constant(465),
    tls: fc.constant('implicit'),
    user: fc.constant('midwatch'),
    password: file,
    ca: file,
  }),
  fc.record({
    ...mail,
    from: fc.constant('m@x.org'),
    host: fc.constantFrom('localhost', '::1', '127.0.0.1'),
    port: fc.constant(25),
    tls: fc.constant('none'),
  }),
);
/** Each with what must be said of it. */
const notCarried = fc.oneof(
  fc.record({ kind: fc.constant('slack'), url: elsewhere }),
  fc.record({ kind: fc.constant('pagerduty'), routing_key: elsewhere }),
  fc.record({ kind: fc.constant('webhook'), url: elsewhere }),
  fc.record({ kind: fc.constant('webhook'), url: fc.constant('https://h.example'), signing_secret: file }),
  fc.record({
    kind: fc.constant('webhook'),
    url: fc.constant('https://h.example'),
    headers: fc.constant({ Authorization: 'file:/t' }),
  }),
  fc.record({
    kind: fc.constant('json'),
    url: fc.constant('https://api.opsgenie.example'),
    body: fc.constant({ message: '{{title}}' }),
  }),
  fc.record({ kind: fc.constant('alertmanager'), url: fc.constant('http://127.0.0.1:9093') }),
  fc.record({ kind: fc.constant('command'), argv: fc.constant(['/usr/bin/logger', '--', '{{title}}']) }),
  fc.record({ kind: fc.constantFrom('desktop', 'browser') }),
  fc.record({
    ...mail,
    from: fc.constant('m@x.org'),
    host: fc.constant('mail.example'),
    user: fc.constant('m'),
    password: elsewhere,
  }),
  fc.record({
    ...mail,
    from: fc.constant('m@x.org'),
    host: fc.constant('mail.example'),
    port: fc.constant(2465),
    tls: fc.constant('implicit'),
  }),
);
const names = fc.constantFrom('team', 'night', 'lead');
const target = fc.record({ receivers: fc.uniqueArray(names, { minLength: 1, maxLength: 3 }) });
const times = {
  P0: target,
  P1: fc.record({
    receivers: fc.constant(['team']),
    out_of_hours: fc.record({
      receivers: fc.uniqueArray(names, { minLength: 1 }),
      sound: fc.constant(false),
    }),
  }),
  P2: target,
  P3: target,
};
const hours = fc.record({
  time_zone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York'),
  days: fc.subarray(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], { minLength: 1 }),
  from: fc.constantFrom('00:00', '08:30'),
  to: fc.constantFrom('17:00', '24:00'),
  holidays: fc.uniqueArray(fc.constantFrom('2026-12-25', '2027-01-01', '2027-05-09')),
});
const routings = fc.record({
  receivers: fc.dictionary(names, fc.array(carried, { minLength: 1, maxLength: 3 })),
  routes: fc.record(times),
  business_hours: hours,
  group_by: fc.constantFrom(['service'], ['service', 'alertname']),
  group_wait: fc.constantFrom('0s', '45s'),
  group_interval: fc.constantFrom('1m', '5m'),
  repeat_interval: fc.constantFrom('4h', '1d'),
});

/** What Alertmanager has a word for; sound is this machine's, and escalation, storms and limits are named as left out. */
function meaning(routing: RoutingConfig) {
  const receivers = (one: { readonly receivers: readonly string[] } | undefined) => one?.receivers;
  const used = new Set(
    Priority.options.flatMap((one) => [
      ...routing.routes[one].receivers,
      ...(routing.routes[one].out_of_hours?.receivers ?? []),
    ]),
  );
  return {
    channels: Object.fromEntries(
      [...used].sort().map((name) => [name, bySort(routing.receivers[name] ?? routing.default_channels)]),
    ),
    routes: Priority.options.map((one) => [
      receivers(routing.routes[one]),
      receivers(routing.routes[one].out_of_hours),
    ]),
    hours: routing.business_hours,
    waits: [routing.group_by, routing.group_wait, routing.group_interval, routing.repeat_interval],
  };
}

/** Alertmanager keeps the channels of one kind together; whoever is told by all of them is told in no order. */
function bySort(channels: readonly object[]): string[] {
  return channels.map((one) => JSON.stringify(Object.entries(one).sort())).sort();
}

describe('export and import of Alertmanager', () => {
  it('are the identity on routes, hours, waits and on each channel that it has a word for', () => {
    fc.assert(
      fc.property(routings, (draft) => {
        const routing = RoutingConfig.parse(draft);
        const once = back(sent(routing).text);
        expect(once.left.filter((line) => !line.includes('inhibition follows'))).toEqual([]);
        expect(meaning(once.routing)).toEqual(meaning(routing));
        const twice = back(sent(once.routing).text);
        expect(meaning(twice.routing)).toEqual(meaning(once.routing));
      }),
    );
  });

  it('name each channel that it has no word for by its line, with what to do, and no secret of another kind stands in the file', () => {
    fc.assert(
      fc.property(fc.array(carried, { maxLength: 2 }), notCarried, (before, other) => {
        const { text, left } = sent(channels(...before, other));
        const about = left.filter((line) =>
          line.startsWith(`midwatch.yaml:team/${before.length}: receiver team: ${other.kind}`),
        );
        expect(about).toHaveLength(1);
        expect(about[0]).toMatch(/, which |put |have |opsgenie_configs|would refuse|only there/i);
        expect(text).not.toMatch(/env:|keychain:/);
        const [kept] = Object.values(back(text).routing.receivers);
        expect(kept?.length ?? 0).toBe(before.length);
      }),
    );
  });

  it('say what is not there: limits, storms, schedules, escalation, sound and maintenance', () => {
    const routing = RoutingConfig.parse({
      schedules: {
        on_call_engineer: {
          rotations: [{ id: 'a', people: ['anna'], from: '2026-01-05T09:00', every: '1w' }],
        },
      },
    });
    const { left, text } = exportAlertmanager({
      routing,
      services,
      routingDefinedAt: 'midwatch.yaml:4',
      channelDefinedAt: () => '',
      maintenance: [{ config: { id: 'upgrade' } as never, definedAt: 'midwatch.yaml:40' }],
    });
    for (const what of [
      'rate_limit',
      'storm_limit',
      'causal_window',
      'sound',
      'escalation',
      'on_call_engineer is a schedule',
    ])
      expect(left.join('\n')).toContain(what);
    expect(left).toContainEqual(expect.stringMatching(/^midwatch\.yaml:40: the maintenance window upgrade/));
    const inhibit = parse(text).inhibit_rules as { target_matchers: string[] }[];
    expect(inhibit[0]?.target_matchers).toContain('service="web"');
  });

  it('take defaults of the whole file, and name what of an integration has no word here', () => {
    const { routing, left } = back(`global:
  slack_api_url_file: /etc/slack
  smtp_from: m@x.org
  smtp_smarthost: mail.example:587
route: { receiver: a }
receivers:
  - name: a
    slack_configs:
      - channel: '#ops'
    email_configs:
      - to: a@x.org
  - name: b
    slack_configs:
      - api_url: https://hooks.example/secret
    webhook_configs:
      - url: https://h.example
        http_config: { authorization: { credentials_file: /t } }
    victorops_configs:
      - api_key_file: /v
    email_configs:
      - { to: a@x.org, require_tls: false }
`);
    expect(routing.receivers.a).toMatchObject([
      { kind: 'slack', url: 'file:/etc/slack' },
      { kind: 'email', to: ['a@x.org'], from: 'm@x.org', host: 'mail.example', port: 587, tls: 'starttls' },
    ]);
    expect(routing.receivers.b).toMatchObject([{ kind: 'webhook' }]);
    expect(left).toEqual([
      'alertmanager.yml:9: receiver a: of its slack_configs, channel is not carried over.',
      expect.stringMatching(
        /^alertmanager\.yml:14: receiver b: slack_configs is not carried over: its api_url is a secret/,
      ),
      'alertmanager.yml:16: receiver b: of its webhook_configs, http_config is not carried over.',
      expect.stringMatching(/^alertmanager\.yml:19: receiver b: victorops_configs/),
      expect.stringMatching(
        /^alertmanager\.yml:21: receiver b: email_configs .*mail\.example without encryption/,
      ),
    ]);
  });
});

describe('amtool', () => {
  it('accepts what is exported, with every kind of channel', (context) => {
    const version = /version (\d+)\.(\d+)/.exec(
      spawnSync('amtool', ['--version'], { encoding: 'utf8' }).stdout ?? '',
    );
    if (!version) return context.skip('amtool is not installed (apt install prometheus-alertmanager)');
    // url_file of a webhook came with 0.26, as the export says.
    const hasUrlFile = Number(version[1]) > 0 || Number(version[2]) >= 26;
    const hook = (one: object) =>
      'url' in one && 'kind' in one && one.kind === 'webhook' && String(one.url).startsWith('file:');
    const folder = mkdtempSync(join(tmpdir(), 'midwatch-amtool-'));
    try {
      const drafts = fc.sample(routings, 12).map((draft, index) => {
        const receivers = Object.fromEntries(
          Object.entries(draft.receivers).map(([name, all]) => [
            name,
            all.filter((one) => hasUrlFile || !hook(one)),
          ]),
        );
        const path = join(folder, `${index}.yml`);
        writeFileSync(path, sent(RoutingConfig.parse({ ...draft, receivers })).text);
        return path;
      });
      const run = spawnSync('amtool', ['check-config', ...drafts], { encoding: 'utf8' });
      expect(run.status, `${run.stdout}${run.stderr}`).toBe(0);
      expect(run.stdout.match(/SUCCESS/g)).toHaveLength(12);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

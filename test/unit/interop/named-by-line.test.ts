import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { importAlertmanager, importRules, importSloth } from '../../../main/interop/index.ts';
import { RoutingConfig } from '../../../shared/config/routing.ts';

const lines = (all: readonly string[]) => all.map((line) => /^f\.yml:(\d+)/.exec(line)?.[1]);

describe('a file that cannot be read is said with its line', () => {
  it.each([
    ['groups:\n  - name: a\n   rules: [\n', ['f.yml:3: not YAML', 'f.yml:4: not YAML']],
    ['groups: *nowhere\n', ['f.yml:1: its anchors cannot be followed']],
    ['', ['f.yml:1: there is nothing in it']],
    ['groups:\n  - name: a\n  - rules: []\n', ['f.yml:3: not a rule file of Prometheus']],
    ['hello\n', ['f.yml:1: not a rule file of Prometheus']],
  ])('%j', (text, said) => {
    const { files, left } = importRules(text, 'f.yml');
    expect(files).toEqual([]);
    expect(left).toEqual(said.map((one) => expect.stringContaining(one)));
  });

  it('also where a few lines of anchors stand for millions', () => {
    const row = (name: string, of: string) => `${name}: &${name} [${Array(9).fill(of).join(',')}]\n`;
    const text = row('a', 'x') + row('b', '*a') + row('c', '*b') + row('d', '*c');
    for (const read of [importRules, importAlertmanager, importSloth])
      expect(read(text, 'f.yml')).toMatchObject({
        files: [],
        left: [expect.stringMatching(/^f\.yml:1: its anchors cannot be followed/)],
      });
  });
});

describe('an import of Prometheus rules', () => {
  it('follows anchors and merges, puts labels of the group under its rules’, and names all else', () => {
    const { files, left } = importRules(
      `namespace: x
groups:
  - name: g
    interval: 30s
    query_offset: 10s
    labels: { team: shop, severity: info }
    rules:
      - alert: A
        expr: up == 0
        labels: &l { severity: constructor }
      - alert: B
        expr: up == 1
        labels:
          <<: *l
          severity: warning
          shard: 5
      - alert: C
        expr: up > 5
        labels: [a]
      - alert: D
        expr: up > 6
        annotations: { runbook: { a: b } }
      - alert: E
        expr: up > 7
        elsewhere: 1
  - name: empty
`,
      'f.yml',
    );
    const [group, ...more] = parse(files[0]?.text ?? '').groups;
    expect(more).toEqual([]);
    expect(group.rules).toEqual([
      { alert: 'A', expr: 'up == 0', labels: { team: 'shop', severity: 'constructor' } },
      {
        alert: 'B',
        expr: 'up == 1',
        labels: { team: 'shop', severity: 'warning', shard: '5', priority: 'P2' },
      },
    ]);
    expect(lines(left)).toEqual(['1', '5', '4', '8', '17', '20', '23']);
    expect(left.at(-1)).toContain('elsewhere');
  });
});

describe('an import of Alertmanager', () => {
  const routed = (text: string) => {
    const { files, left } = importAlertmanager(text, 'f.yml');
    const routing = RoutingConfig.parse(parse(files[0]?.text ?? ''));
    const { P0, P1, P2, P3 } = routing.routes;
    return { routing, left, to: [P0, P1, P2, P3].map((one) => one.receivers.join()) };
  };

  it('ends at the first route without continue, and what no route takes goes to the root’s receiver', () => {
    const { to, left } = routed(`route:
  receiver: rest
  routes:
    - { receiver: log, matchers: ['severity="critical"'], continue: true }
    - { receiver: pager, match: { severity: critical } }
    - { receiver: slack, match_re: { severity: critical|warning } }
    - { receiver: late, matchers: ['severity="critical"'] }
    - { receiver: other, matchers: ['severity="page"'] }
    - { receiver: x, matchers: ['severity="constructor"'] }
    - { receiver: y, matchers: ['severity="info"', 'team="y"'] }
`);
    expect(to).toEqual(['log,pager,other', 'rest', 'slack', 'rest']);
    expect(left).toEqual([
      expect.stringMatching(/^f\.yml:7: never reached/),
      expect.stringMatching(/^f\.yml:9: only routes by one matcher/),
      expect.stringMatching(/^f\.yml:10: only routes by one matcher/),
    ]);
  });

  it('takes no other interval for business hours, and reads ranges of days', () => {
    const { routing, to, left } = routed(`templates: ['*.tmpl']
global: { resolve_timeout: 5m }
route:
  receiver: rest
  group_by: ['...']
  routes:
    - matchers: ['priority="P1"']
      receiver: day
      group_wait: 5s
      continue: true
      active_time_intervals: [business-hours]
    - { receiver: night, matchers: ['priority="P1"'], mute_time_intervals: [business-hours] }
    - { receiver: weekend, matchers: ['priority="P2"'], active_time_intervals: [weekend] }
time_intervals:
  - name: business-hours
    time_intervals:
      - { weekdays: ['monday:thursday', saturday], times: [{ start_time: '09:00', end_time: '17:00' }], location: Europe/Berlin }
      - { weekdays: [sunday], times: [{ start_time: '10:00', end_time: '11:00' }] }
  - { name: weekend, time_intervals: [{ weekdays: [sunday] }] }
  - { name: broken, time_intervals: 5 }
---
route: { receiver: second }
`);
    expect(to).toEqual(['rest', 'day', 'rest', 'rest']);
    expect(routing.routes.P1.out_of_hours).toMatchObject({ receivers: ['night'], sound: false });
    expect(routing.business_hours).toMatchObject({
      time_zone: 'Europe/Berlin',
      days: ['mon', 'tue', 'wed', 'thu', 'sat'],
      from: '09:00',
      to: '17:00',
    });
    expect(routing.group_by).toEqual(['service']);
    expect(
      lines(left)
        .map(Number)
        .sort((a, b) => a - b),
    ).toEqual([1, 2, 5, 9, 13, 15, 19, 20, 22]);
  });

  it('says where the file is none', () => {
    expect(importAlertmanager('receivers: []\n', 'f.yml').left).toEqual([
      expect.stringMatching(/^f\.yml:1: not a configuration of Alertmanager/),
    ]);
    expect(importAlertmanager('route:\n  routes: 5\n', 'f.yml').left).toEqual([
      expect.stringMatching(/^f\.yml:2: not taken over: route\.routes/),
    ]);
  });
});

describe('an import of Sloth', () => {
  it('takes each SLO by itself, and names what of a file has no word here', () => {
    const { files, left } = importSloth(
      `version: prometheus/v1
service: shop
labels: { owner: a }
slos:
  - name: wrong
    objective: "99"
    sli: { events: { error_query: a, total_query: b } }
  - name: one
    objective: 99.9
    labels: { category: x }
    sli: { events: { error_query: 'sum(rate(e[{{.window}}]))', total_query: 'sum(rate(t[{{.window}}]))' } }
    alerting:
      name: Foo
      annotations: { x: y }
      page_alert: { labels: { a: b } }
      ticket_alert: { disable: true }
  - name: whole
    objective: 100
    sli: { events: { error_query: a, total_query: b } }
`,
      'f.yml',
    );
    expect(files.map((one) => one.name)).toEqual(['slos/shop-one.yaml']);
    expect(lines(left)).toEqual(['3', '6', '10', '14', '15', '16', '18']);
  });
});

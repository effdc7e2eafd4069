import { expect, it } from 'vitest';
import { loadFolder } from '../../../main/workspace/load.ts';
import { readYaml } from '../../../main/workspace/yaml-reader.ts';

const NOW = Date.parse('2026-01-05T12:00:00Z');
const BASE = `name: x
sources: [{ id: p, kind: prometheus, url: "http://127.0.0.1:9" }]
`;
const HOOKS = `receivers:
  on_call_engineer: [{ kind: webhook, url: "https://a.example" }]
  second_channel: [{ kind: webhook, url: "https://b.example" }]
  primary_team: [{ kind: webhook, url: "https://c.example" }]
`;

async function warningsOf(text: string, now: number | undefined = NOW): Promise<string[]> {
  const folder = { realPath: '/x', files: [{ name: 'midwatch.yaml', text: BASE + text }], problems: [] };
  const deps = { readYaml, policies: ['midwatch'], ...(now === undefined ? {} : { now }) };
  const { problems, workspace } = await loadFolder(folder, deps);
  expect(workspace).not.toBeNull();
  expect(problems.every((one) => one.severity === 'warning')).toBe(true);
  return problems.map((one) => `${one.line}:${one.column} ${one.path}: ${one.message}`);
}

it('a workspace in which everything ends at this screen is warned for P0 and for P1', async () => {
  const found = await warningsOf('');
  expect(found).toHaveLength(2);
  expect(found.join('\n')).toMatch(/routes\.P0: expected a P0 to reach somebody away from this machine/);
  expect(found.join('\n')).toMatch(/routes\.P1/);
});

it('nothing is said where both have a channel of their own, and nothing at all to a core that runs', async () => {
  expect(await warningsOf(HOOKS)).toEqual([]);
  const folder = { realPath: '/x', files: [{ name: 'midwatch.yaml', text: BASE }], problems: [] };
  expect((await loadFolder(folder, { readYaml, policies: [] })).problems).toEqual([]);
});

it('a chain that ends where the page went already, and one without steps, are each said at their line', async () => {
  const same = `receivers:
  on_call_engineer: [{ kind: webhook, url: "https://a.example" }]
  second_channel: [{ kind: webhook, url: "https://a.example" }]
  primary_team: [{ kind: webhook, url: "https://c.example" }]
escalation:
  P1: []
  P0:
    - { after: 5m, receivers: [second_channel] }
`;
  const found = await warningsOf(same);
  expect(found[0]).toMatch(/^8:7 escalation\.P1: expected a step: a P1 that nobody acknowledges/);
  expect(found[1]).toMatch(/^10:5 escalation\.P0: expected a second channel: .*\(second_channel\)/);
});

it('a schedule with gaps in the next sixty days is said with the first of them, on the wall of its zone', async () => {
  const found = await warningsOf(`${HOOKS}schedules:
  night:
    time_zone: Europe/Berlin
    shifts:
      - { person: on_call_engineer, from: "2026-01-05T09:00", to: "2026-02-01T09:00" }
      - { person: primary_team, from: "2026-02-01T21:00", to: "2026-04-01T09:00" }
  always:
    rotations: [{ id: a, people: [on_call_engineer], from: "2026-01-01T09:00", every: 1w }]
`);
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(
    /^9:5 schedules\.night: expected somebody on call at any time; nobody is from 2026-02-01 09:00 to 2026-02-01 21:00 \(Europe\/Berlin\)$/,
  );
});

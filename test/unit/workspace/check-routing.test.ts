import { expect, it } from 'vitest';
import { loadFolder } from '../../../main/workspace/load.ts';
import { readYaml } from '../../../main/workspace/yaml-reader.ts';

const BASE = `name: x
sources: [{ id: p, kind: prometheus, url: "http://127.0.0.1:9" }]
receivers: { anna: [{ kind: desktop }] }
`;

async function problemsOf(text: string): Promise<string[]> {
  const folder = { realPath: '/x', files: [{ name: 'midwatch.yaml', text: BASE + text }], problems: [] };
  const { problems } = await loadFolder(folder, { readYaml, policies: ['midwatch'] });
  return problems.map((one) => `${one.line} ${one.path}: ${one.message}`);
}

it('whoever is named by a chain, a rotation, a shift or an override is somebody, and is said with the line', async () => {
  const found = await problemsOf(`escalation:
  P0:
    - { after: 5m, receivers: [nobody] }
schedules:
  on_call_engineer:
    rotations:
      - { id: a, people: [anna, stranger], from: "2026-01-05T09:00", every: 1w }
    overrides:
      - { person: on_call_engineer, from: "2026-01-05T09:00", to: "2026-01-06T09:00" }
  empty: {}
`);
  expect(found.map((one) => one.split(' ')[0])).toEqual(['6', '10', '12', '13']);
  expect(found[0]).toContain('got "nobody"; known are anna');
  expect(found[1]).toContain('got "stranger"');
  expect(found[2]).toContain('got "on_call_engineer"');
  expect(found[3]).toContain('it names nobody');
});

it('a schedule that ends before it begins, an unknown zone and a turn of no length are refused', async () => {
  const found = await problemsOf(`schedules:
  night:
    time_zone: Mars/Olympus
    rotations: [{ id: a, people: [anna], from: "2026-01-05", every: 90m }]
    shifts: [{ person: anna, from: "2026-01-06T09:00", to: "2026-01-05T09:00" }]
`);
  const text = found.join('\n');
  expect(text).toContain('is not a time zone');
  expect(text).toContain('such as 2026-01-05T09:00');
  expect(text).toContain('whole hours, days or weeks');
  expect(text).toContain('must begin before it ends');
});

it('second_channel and schedules may stand in routes and chains without channels of their own', async () => {
  expect(
    await problemsOf(`routes: { P0: { receivers: [night, second_channel] } }
schedules: { night: { shifts: [{ person: anna, from: "2026-01-05T09:00", to: "2026-01-06T09:00" }] } }
`),
  ).toEqual([]);
});

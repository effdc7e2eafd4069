import { describe, expect, it } from 'vitest';
import { loadWorkspace } from '../../../main/workspace/index.ts';
import { formatProblems } from '../../../main/workspace/problem.ts';
import { loadDeps, workspaceFolder } from '../../support/workspace.ts';

const BOARD = `title: Queue
range: 2026-11-24T02:00:00Z/2026-11-24T04:00:00Z
step: 30s
panels:
  - expression: sum(queue)
    unit: jobs
    compare: true
  - title: Spread
    source: local
    expression: sum by (le) (rate(wait_bucket[5m]))
    draw: heatmap
`;

async function load(board: string) {
  await using folder = await workspaceFolder({ 'dashboards/queue.yaml': board });
  const { workspace, problems } = await loadWorkspace(folder.path, loadDeps());
  return { boards: workspace?.boards, problems: formatProblems(problems) };
}

describe('a saved board', () => {
  it('is read under its file’s name, with every default filled in', async () => {
    const { boards, problems } = await load(BOARD);
    expect(problems).toBe('');
    expect(boards).toEqual([
      {
        id: 'queue',
        title: 'Queue',
        range: {
          kind: 'between',
          fromAt: Date.parse('2026-11-24T02:00:00Z'),
          toAt: Date.parse('2026-11-24T04:00:00Z'),
        },
        stepMs: 30_000,
        panels: [
          { title: '', source: '', expression: 'sum(queue)', unit: 'jobs', draw: 'lines', compare: true },
          {
            title: 'Spread',
            source: 'local',
            expression: 'sum by (le) (rate(wait_bucket[5m]))',
            unit: '',
            draw: 'heatmap',
            compare: false,
          },
        ],
        definedAt: 'dashboards/queue.yaml:1',
      },
    ]);
  });

  it('shows the latest hour where it names no range', async () => {
    const { boards } = await load('title: Queue\npanels: [{ expression: queue }]\n');
    expect(boards?.[0]?.range).toEqual({ kind: 'last', ms: 3_600_000 });
    expect(boards?.[0]?.stepMs).toBeNull();
  });

  it.each([
    [
      'an unknown source',
      'source: local',
      'source: elsewhere',
      /^dashboards\/queue\.yaml:9:13 panels\[1\]\.source: .*elsewhere/,
    ],
    [
      'an expression that cannot be read',
      'sum(queue)',
      'sum(!!)',
      /^dashboards\/queue\.yaml:5:21 panels\[0\]\.expression: /,
    ],
    [
      'a range that is none',
      '2026-11-24T02:00:00Z/2026-11-24T04:00:00Z',
      'yesterday',
      /^dashboards\/queue\.yaml:2:8 range: expected a range/,
    ],
    ['a range that ends before it begins', 'T04:00', 'T01:00', /range: expected a range/],
    ['no panels', /panels:[\s\S]*/, 'panels: []\n', /panels: expected at least one panel/],
    ['a key that is none', 'unit: jobs', 'units: jobs', /units/],
    ['another way to draw', 'draw: heatmap', 'draw: pie', /panels\[1\]\.draw: /],
  ] as const)('is refused with its place for %s', async (_what, from, to, problem) => {
    const { boards, problems } = await load(BOARD.replace(from, to));
    expect(boards).toBeUndefined();
    expect(problems).toMatch(problem);
  });
});

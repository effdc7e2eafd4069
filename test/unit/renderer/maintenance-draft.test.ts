import { describe, expect, it } from 'vitest';
import { editYaml } from '../../../main/workspace/yaml-edit.ts';
import {
  draftOf,
  emptyDraft,
  freeId,
  offsetText,
  removalOf,
  shownProblem,
  windowEdits,
  writtenOf,
} from '../../../renderer/state/maintenance-draft.ts';
import { WorkspaceEdits } from '../../../shared/config/edit.ts';
import type { MaintenanceState } from '../../../shared/model/maintenance.ts';

const FILE = `name: shop
maintenance:
  # agreed with the search team
  - id: reindex
    title: Index rebuild
    services: [search]
    time_zone: Europe/Berlin # theirs
    schedule: 30 2 * * sun
    duration: 1h
`;
const WINDOW: MaintenanceState = {
  id: 'reindex',
  title: 'Index rebuild',
  services: ['search'],
  matchers: [],
  includeDependents: false,
  timeZone: 'Europe/Berlin',
  schedule: '30 2 * * sun',
  durationMs: 3_600_000,
  from: null,
  to: null,
  current: null,
  next: null,
  upcoming: [],
  definedAt: 'midwatch.yaml:4',
};

function apply(edits: ReturnType<typeof windowEdits>, text = FILE): string {
  const checked = WorkspaceEdits.parse(edits).flatMap((one) =>
    one.kind === 'set' || one.kind === 'insert' || one.kind === 'remove' ? [one] : [],
  );
  const edited = editYaml(text, checked);
  if (!edited.ok) throw new Error(edited.problem.message);
  return edited.text;
}

describe('a window in its form', () => {
  it('that is not changed changes nothing', () => {
    expect(windowEdits(writtenOf(draftOf(WINDOW), 'reindex'), WINDOW)).toEqual([]);
  });

  it('changes only what is another, and leaves comments', () => {
    const draft = { ...draftOf(WINDOW), duration: '90m', services: 'search, ranking' };
    const text = apply(windowEdits(writtenOf(draft, 'reindex'), WINDOW));
    expect(text).toContain('# agreed with the search team');
    expect(text).toContain('time_zone: Europe/Berlin # theirs');
    expect(text).toMatch(/services:\n\s+- search\n\s+- ranking/);
    expect(text).toContain('duration: 90m');
  });

  it('becomes one that happens once, and back', () => {
    const once = { ...draftOf(WINDOW), recurs: false, from: '2026-03-01T22:00', to: '2026-03-01T23:00' };
    const text = apply(windowEdits(writtenOf(once, 'reindex'), WINDOW));
    expect(text).not.toContain('schedule');
    expect(text).toContain('from: 2026-03-01T22:00');
    const state = { ...WINDOW, schedule: null, durationMs: null, from: once.from, to: once.to };
    const back = apply(windowEdits(writtenOf(draftOf(WINDOW), 'reindex'), state), text);
    expect(back).toContain('schedule: 30 2 * * sun');
    expect(back).not.toContain('from:');
  });

  it('is added, also to a file that has none, under an id of its own, and removed', () => {
    const draft = {
      ...emptyDraft('UTC'),
      title: 'Index rebuild',
      services: 'search',
      includeDependents: true,
    };
    const id = freeId(draft.title, new Set(['index-rebuild']));
    expect(id).toBe('index-rebuild-2');
    expect(freeId(' ', new Set())).toBe('maintenance');
    const text = apply(windowEdits(writtenOf(draft, id), null), 'name: shop\n');
    expect(text).toContain('id: index-rebuild-2');
    expect(text).toContain('include_dependents: true');
    expect(apply(removalOf(WINDOW))).not.toContain('reindex');
  });

  it('says how far its clock is from UTC', () => {
    expect(offsetText(Date.parse('2026-03-01T00:00:00Z'), 'Europe/Berlin')).toBe('UTC+1');
    expect(offsetText(Date.parse('2026-04-01T00:00:00Z'), 'Europe/Berlin')).toBe('UTC+2');
    expect(offsetText(0, 'UTC')).toBe('UTC+0');
  });
});

describe('what is wrong with a window', () => {
  const problems = [{ key: 'services', message: 'expected services or matchers' }];

  it('is said of a field only once somebody was in it, or wanted to save', () => {
    expect(shownProblem(problems, ['services'], new Set())).toBeNull();
    expect(shownProblem(problems, ['services'], new Set(['title']))).toBeNull();
    expect(shownProblem(problems, ['services'], new Set(['services']))).toBe('expected services or matchers');
    expect(shownProblem(problems, ['title'], new Set(['title', 'services']))).toBeNull();
  });
});

import { describe, expect, it } from 'vitest';
import { playbookOf, stepConditions, stepNature, writtenRequest } from '../../../../renderer/state/step.ts';
import { incident } from '../../../support/window/fleet-incident.ts';
import { modelDegraded, runAtRollback } from '../../../support/window/fleet-playbook.ts';

const slow = incident({
  id: 'i',
  name: 'INC-1',
  title: 't',
  service: 'ranking-model',
  openedAt: 0,
  playbookId: 'model-degraded',
});
const books = new Map([[modelDegraded.id, modelDegraded]]);

describe('the playbook of an incident', () => {
  it('is proposed with its first step next, before a run', () => {
    const view = playbookOf(slow, books, new Map());
    expect(view?.next?.step.id).toBe('by-version');
    expect(view?.steps).toHaveLength(7);
  });

  it('stands where its run stands', () => {
    const run = runAtRollback(1_000_000, 'i');
    const view = playbookOf({ ...slow, runId: run.id }, books, new Map([[run.id, run]]));
    expect(view?.next?.number).toBe(6);
    expect(view?.steps.filter((one) => one.next)).toHaveLength(1);
  });

  it('keeps the playbook of the run when the one on disk is gone', () => {
    const run = runAtRollback(1_000_000, 'i');
    expect(playbookOf({ ...slow, runId: run.id }, new Map(), new Map([[run.id, run]]))?.playbook.id).toBe(
      'model-degraded',
    );
  });

  it('offers no next step while one runs or has an unknown outcome', () => {
    const run = runAtRollback(1_000_000, 'i');
    for (const phase of ['running', 'unknown'] as const) {
      const steps = run.steps.map((one) => (one.stepId === 'rollback' ? { ...one, phase } : one));
      const view = playbookOf({ ...slow, runId: run.id }, books, new Map([[run.id, { ...run, steps }]]));
      expect(view?.next).toBeNull();
      expect(view?.[phase]?.step.id).toBe('rollback');
    }
  });

  it('is none where none is proposed', () => {
    expect(playbookOf({ ...slow, playbookId: null }, books, new Map())).toBeNull();
  });
});

describe('a step in words', () => {
  it('shows the exact request, headers and body', () => {
    const rollback = modelDegraded.mitigation[2];
    expect(rollback && writtenRequest(rollback)).toBe(
      'POST http://127.0.0.1:9000/rollback\ncontent-type: application/json\n\n{"service":"ranking-model","to":"v41"}',
    );
    expect(rollback && stepNature(rollback)).toContain('asks for the name “ranking-model”');
  });

  it('says of a check that it only reads, and what it would indicate', () => {
    const check = modelDegraded.diagnosis[0];
    expect(check && stepNature(check)).toMatch(/^Reads only\./);
    expect(check && stepConditions(check)).toContainEqual({
      label: 'Indicates the cause if',
      query: 'p99_v42 / p99_v41',
      is: '>= 2',
    });
  });

  it('asks once what a check asks and what would indicate the cause, where both are the same', () => {
    const check = { query: 'misses / reads', is: '> 0.05' };
    const step = {
      kind: 'check',
      id: 'a',
      title: 'Are features missing?',
      check,
      indicates: { when: check, cause: 'missing' },
      condition: { query: 'replicas', is: 'exists' },
      expect: 'Under 1 % in ordinary times.',
      timeoutMs: 1,
      retryable: false,
    } as const;
    expect(stepNature(step)).toBe('Reads only. Expected: Under 1 % in ordinary times.');
    expect(stepConditions(step)).toEqual([
      { label: 'Only if', query: 'replicas', is: 'has a value' },
      { label: 'Indicates the cause if', query: 'misses / reads', is: '> 0.05' },
    ]);
  });
});

import { implement } from '@orpc/server';
import { derivePolicyRows } from '../../../main/slo/index.ts';
import { contract } from '../../../shared/contract/index.ts';
import type { Correction } from '../../../shared/model/correction.ts';
import type { ObjectiveHistory } from '../../../shared/model/objective-history.ts';
import { shippedPolicy } from '../objective.ts';
import type { FakeState } from './fake-state.ts';

/** Requests about objectives over the fake state; corrections are kept, the past is empty. */
export function objectivesOf(state: FakeState) {
  const os = implement(contract);
  const kept: Correction[] = [];
  const empty = (objectiveId: string, fromAt: number, toAt: number): ObjectiveHistory => ({
    ...{ objectiveId, fromAt, toAt, stepMs: 60_000, episodes: [], pagesPerDay: 0 },
    ...{ bad: null, total: null, budgetRemaining: null, seenFraction: 0, notes: [] },
  });
  return {
    policies: os.objective.policies.handler(() =>
      ['fixed', 'midwatch', 'sre-workbook'].map((id) => {
        const { title, source, ...policy } = shippedPolicy(id);
        return {
          ...{ id, title, source, raiseToOne: policy.raise_to_one },
          ...{ minimumFailures: policy.minimum_failures, minimumEvents: policy.minimum_events },
        };
      }),
    ),
    detectionTimes: os.objective.detectionTimes.handler(({ input }) => ({
      rows: derivePolicyRows(shippedPolicy(input.policy), input.target, input.periodMs),
      warnings: [],
    })),
    alertHistory: os.objective.alertHistory.handler(({ input }) =>
      empty(input.objectiveId, input.fromAt, input.toAt),
    ),
    whatIf: os.objective.whatIf.handler(({ input }) => {
      const history = empty(input.objectiveId, input.fromAt, input.toAt);
      return { before: history, after: history, came: [], gone: [], kept: 0, rows: [] };
    }),
    changeEdits: os.objective.changeEdits.handler(({ input }) => ({
      edits: [
        {
          kind: 'set' as const,
          file: 'slos/gateway.yaml',
          document: 0,
          path: ['spec', 'objectives', 0, 'target'],
          value: input.change.target ?? 0.999,
        },
      ],
      notes: [],
    })),
    progress: os.objective.progress.handler(() => ({ done: 3, all: 12 })),
    tryOut: os.objective.tryOut.handler(({ input }) => [
      { title: 'Draft', target: 0.999, history: empty('draft', input.fromAt, input.toAt) },
    ]),
    spentBy: os.objective.spentBy.handler(({ input: { objectiveId, fromAt, toAt, label } }) => ({
      ...{ objectiveId, fromAt, toAt, label: label ?? 'instance', labels: ['instance'] },
      ...{ bad: 0, total: 0, parts: [] },
    })),
    corrections: os.objective.corrections.handler(({ input }) =>
      kept.filter((one) => one.objectiveId === input.objectiveId),
    ),
    addCorrection: os.objective.addCorrection.handler(({ input }) => {
      const id = `correction-${kept.length + 1}`;
      const made = { ...input, id, by: 'You', createdAt: state.now(), revoked: null };
      kept.unshift(made);
      return made;
    }),
    revokeCorrection: os.objective.revokeCorrection.handler(({ input, errors }) => {
      const at = kept.findIndex((one) => one.id === input.id);
      const found = kept[at];
      if (!found)
        throw errors.NOT_FOUND({ message: 'That correction is gone.', data: { what: 'correction' } });
      const revoked = { ...found, revoked: { by: 'You', at: state.now(), reason: input.reason } };
      kept[at] = revoked;
      return revoked;
    }),
    report: os.objective.report.handler(() => ({
      fileName: 'compliance.md',
      text: '# Compliance',
      lines: [],
    })),
    saveReport: os.objective.saveReport.handler(({ input }) => ({
      path: `/exports/compliance.${input.format === 'html' ? 'html' : 'md'}`,
    })),
  };
}

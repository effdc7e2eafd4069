import type { PolicyConfig } from '../../shared/config/policy.ts';
import { CodedError } from '../../shared/error/coded.ts';
import type { QueryTarget } from '../../shared/model/metric.ts';
import type { Objective } from '../../shared/model/objective.ts';
import type { ObjectivePart } from '../api/index.ts';
import { type Clock, writeFiles } from '../platform/index.ts';
import {
  type Corrections,
  complianceOf,
  derivePolicyRows,
  historyOf,
  planObjective,
  policyNamed,
  spentBy,
  whatIf,
} from '../slo/index.ts';
import { readObjectives } from '../workspace/index.ts';
import { checkedRange, makeReport } from './compliance.ts';

export interface ObjectiveDeskDeps {
  readonly clock: Clock;
  readonly policies: readonly PolicyConfig[];
  readonly workspaceName: () => string;
  readonly objectives: () => readonly Objective[];
  /** The metrics as objectives count them. */
  readonly target: (sourceId: string) => QueryTarget | undefined;
  readonly corrections: Corrections;
  readonly exportFolder: string;
}

/** Answers what windows ask of objectives: policies, the past, corrections, reports. */
export function createObjectiveDesk(deps: ObjectiveDeskDeps): ObjectivePart {
  const { policies, corrections } = deps;
  const objectiveOf = (id: string): Objective => {
    const found = deps.objectives().find((one) => one.id === id);
    if (found) return found;
    throw new CodedError('objective-not-found', `There is no objective ${id} in this workspace.`);
  };
  const targetOf = (source: string): QueryTarget => {
    const found = deps.target(source);
    if (found) return found;
    throw new CodedError('source-not-found', `There is no source named ${source} in this workspace.`);
  };
  const planOf = (one: Objective) => planObjective(one, policyNamed(policies, one.policy));
  const report = (input: Parameters<ObjectivePart['report']>[0]) =>
    makeReport(input, {
      madeAt: deps.clock.now(),
      workspace: deps.workspaceName(),
      lineOf: (one, range) => complianceOf(one, deps.target(one.source), corrections.of(one.id), range),
      objectives: deps.objectives(),
    });
  return {
    policies: () =>
      policies.map((one) => ({
        id: one.id,
        title: one.title,
        source: one.source,
        raiseToOne: one.raise_to_one,
        minimumFailures: one.minimum_failures,
        minimumEvents: one.minimum_events,
      })),
    detectionTimes: ({ target, periodMs, policy }) => {
      const rows = derivePolicyRows(policyNamed(policies, policy), target, periodMs);
      const warnings = rows.flatMap((row) => (row.leftOut === null ? [] : [`${row.name}: ${row.leftOut}`]));
      if (warnings.length === rows.length)
        warnings.push('No row is left: without a plain threshold rule nothing alerts on this objective.');
      return { rows, warnings };
    },
    async alertHistory({ objectiveId, ...range }) {
      const objective = objectiveOf(objectiveId);
      return historyOf(objective, planOf(objective), targetOf(objective.source), checkedRange(range));
    },
    async whatIf({ objectiveId, change, ...range }) {
      const objective = objectiveOf(objectiveId);
      return whatIf(objective, change, policies, targetOf(objective.source), checkedRange(range));
    },
    async tryOut({ source, document, ...range }) {
      const target = targetOf(source);
      const read = readObjectives(document, source);
      if (!read.ok) throw new CodedError('document-refused', read.error);
      const tried = [];
      for (const one of read.value) {
        const history = await historyOf(one, planOf(one), target, checkedRange(range));
        tried.push({ title: one.title, target: one.target, history });
      }
      return tried;
    },
    async spentBy({ objectiveId, label, ...range }) {
      const objective = objectiveOf(objectiveId);
      return spentBy(objective, targetOf(objective.source), checkedRange(range), label);
    },
    corrections: ({ objectiveId }) => [...corrections.of(objectiveId)],
    async addCorrection({ objectiveId, fromAt, toAt, reason }, by) {
      return corrections.add({ objectiveId: objectiveOf(objectiveId).id, fromAt, toAt, reason }, by);
    },
    revokeCorrection: ({ id, reason }, by) => corrections.revoke(id, reason, by),
    report,
    async saveReport(input) {
      const { fileName, text } = await report(input);
      const [path = ''] = await writeFiles(deps.exportFolder, [{ name: fileName, text }]);
      return { path };
    },
  };
}

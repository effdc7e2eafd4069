import type { PolicyConfig } from '../../shared/config/policy.ts';
import { CodedError } from '../../shared/error/coded.ts';
import type { QueryTarget } from '../../shared/model/metric.ts';
import type { Objective } from '../../shared/model/objective.ts';
import type { ObjectivePart } from '../api/index.ts';
import { type Clock, writeFiles } from '../platform/index.ts';
import {
  type Corrections,
  changedObjective,
  complianceOf,
  derivePolicyRows,
  historyOf,
  type PastWatch,
  partOfWatch,
  planObjective,
  policyNamed,
  spentBy,
  whatIf,
} from '../slo/index.ts';
import { editsOfChange, readObjectives } from '../workspace/index.ts';
import { checkedRange, makeReport, type ReportRange } from './compliance.ts';

export interface ObjectiveDeskDeps {
  readonly clock: Clock;
  readonly policies: readonly PolicyConfig[];
  readonly workspaceName: () => string;
  readonly objectives: () => readonly Objective[];
  /** The metrics as objectives count them. */
  readonly target: (sourceId: string) => QueryTarget | undefined;
  readonly corrections: Corrections;
  readonly exportFolder: string;
  /** A file of the configuration. */
  readonly readFile: (file: string) => Promise<{ readonly text: string }>;
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
  const report = (input: Parameters<ObjectivePart['report']>[0], watch: PastWatch = {}) => {
    const of = {
      madeAt: deps.clock.now(),
      workspace: deps.workspaceName(),
      lineOf: (one: Objective, range: ReportRange) =>
        complianceOf(one, deps.target(one.source), corrections.of(one.id), range),
      objectives: deps.objectives(),
    };
    return makeReport(input, of, watch);
  };
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
    ...pastPart(deps, { objectiveOf, targetOf, planOf }),
    async spentBy({ objectiveId, label, ...range }, watch) {
      const objective = objectiveOf(objectiveId);
      return spentBy(objective, targetOf(objective.source), checkedRange(range), label, watch);
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

interface Finders {
  readonly objectiveOf: (id: string) => Objective;
  readonly targetOf: (source: string) => QueryTarget;
  readonly planOf: (objective: Objective) => ReturnType<typeof planObjective>;
}

/** Looks at the past, and what becomes of one that showed a better objective. */
function pastPart(
  deps: ObjectiveDeskDeps,
  { objectiveOf, targetOf, planOf }: Finders,
): Pick<ObjectivePart, 'alertHistory' | 'whatIf' | 'tryOut' | 'changeEdits'> {
  const { policies } = deps;
  return {
    async alertHistory({ objectiveId, ...range }, watch) {
      const objective = objectiveOf(objectiveId);
      return historyOf(objective, planOf(objective), targetOf(objective.source), checkedRange(range), watch);
    },
    async whatIf({ objectiveId, change, ...range }, watch) {
      const objective = objectiveOf(objectiveId);
      return whatIf(objective, change, policies, targetOf(objective.source), checkedRange(range), watch);
    },
    async tryOut({ source, document, ...range }, watch = {}) {
      const target = targetOf(source);
      const read = readObjectives(document, source);
      if (!read.ok) throw new CodedError('document-refused', read.error);
      const tried = [];
      for (const [place, one] of read.value.entries()) {
        const part = partOfWatch(watch, place, read.value.length);
        const history = await historyOf(one, planOf(one), target, checkedRange(range), part);
        tried.push({ title: one.title, target: one.target, history });
      }
      return tried;
    },
    async changeEdits({ objectiveId, change }) {
      const objective = objectiveOf(objectiveId);
      const changed = await changedObjective(objective, change, targetOf(objective.source), deps.clock.now());
      const [file = ''] = objective.definedAt.split(/:\d+$/);
      const { text } = await deps.readFile(file);
      return editsOfChange(file, text, objective, changed);
    },
  };
}

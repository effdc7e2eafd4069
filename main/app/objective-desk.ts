import type { PolicyConfig } from '../../shared/config/policy.ts';
import { CodedError } from '../../shared/error/coded.ts';
import type { QueryTarget } from '../../shared/model/metric.ts';
import type { Objective } from '../../shared/model/objective.ts';
import { DAY_MS, formatDuration } from '../../shared/unit/time.ts';
import type { ObjectivePart } from '../api/index.ts';
import type { Clock } from '../platform/index.ts';
import {
  type Corrections,
  complianceOf,
  derivePolicyRows,
  historyOf,
  planObjective,
  policyNamed,
  reportHtml,
  reportMarkdown,
  spentBy,
  whatIf,
} from '../slo/index.ts';

export interface ObjectiveDeskDeps {
  readonly clock: Clock;
  readonly policies: readonly PolicyConfig[];
  readonly workspaceName: () => string;
  readonly objectives: () => readonly Objective[];
  /** The metrics as objectives count them. */
  readonly target: (sourceId: string) => QueryTarget | undefined;
  readonly corrections: Corrections;
}

/** Nobody reads further back, and a source should not have to. */
const RANGE_MAX_MS = 400 * DAY_MS;
const REPORT_MS = 28 * DAY_MS;

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
    async tryOut({ fromAt, toAt, slices, ...draft }) {
      const objective: Objective = {
        ...draft,
        ...(slices ? { slices } : {}),
        id: 'draft',
        title: 'Draft',
        service: 'draft',
        definedAt: 'not saved yet',
      };
      return historyOf(objective, planOf(objective), targetOf(draft.source), checkedRange({ fromAt, toAt }));
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
    async report({ format, fromAt, toAt }) {
      const madeAt = deps.clock.now();
      const range = checkedRange({ fromAt: fromAt ?? (toAt ?? madeAt) - REPORT_MS, toAt: toAt ?? madeAt });
      const lines = [];
      for (const one of deps.objectives())
        lines.push(await complianceOf(one, deps.target(one.source), corrections.of(one.id), range));
      const facts = { workspace: deps.workspaceName(), ...range, madeAt, lines };
      const stem = `compliance-${new Date(range.toAt).toISOString().slice(0, 10)}`;
      return format === 'html'
        ? { fileName: `${stem}.html`, text: reportHtml(facts), lines }
        : { fileName: `${stem}.md`, text: reportMarkdown(facts), lines };
    },
  };
}

function checkedRange({ fromAt, toAt }: { fromAt: number; toAt: number }) {
  if (!(toAt > fromAt))
    throw new CodedError('range-empty', 'The range ends before it begins: swap its ends.');
  if (toAt - fromAt > RANGE_MAX_MS)
    throw new CodedError(
      'range-too-long',
      `At most ${formatDuration(RANGE_MAX_MS)} can be looked at at once.`,
    );
  return { fromAt, toAt };
}

/**
 * Objectives: good and bad events are counted over each window of a burn-rate policy by PromQL `increase`, a worker turns
 * the counts into burn rates, budget and a verdict, and each verdict goes on as an observation for the alert pipeline.
 * Short windows are exact at each poll; long ones are counted in the background and carried forward in between.
 * No data, a source or a worker that does not answer, and a window not fully seen each stay what they are, and are said.
 */
export { askWarnings } from './ask-warnings.ts';
export { increaseQuery, readCounter } from './build-query.ts';
export { budgetSeries, burnSeries } from './chart-series.ts';
export { complianceOf } from './compliance.ts';
export { type Corrections, createCorrections } from './corrections.ts';
export { type Problem as CountProblem, selectorsOf } from './count.ts';
export { historyOf } from './history.ts';
export {
  derivePolicyRows,
  detectionMs,
  type ObjectivePlan,
  planObjective,
} from './math/index.ts';
export {
  createObjectives,
  type Objectives,
} from './objectives.ts';
export { observeObjective } from './observe.ts';
export {
  askPast,
  beganAt,
  countsAt,
  emptyColumn,
  type PastColumn,
  type PastGrid,
  type PastPeriod,
  passingRow,
  pastPeriod,
  pastProblem,
  pastStatus,
} from './past.ts';
export { readPolicy } from './policy-file.ts';
export { reportHtml, reportMarkdown } from './report.ts';
export { badSliceQuery, type SliceRule, sliceCondition } from './slice-query.ts';
export { type SloApi, sloApi } from './slo-api.ts';
export { spentBy } from './spent-by.ts';
export { startingStatus } from './status.ts';
export { detectionLines, notCarried, objectiveWarnings } from './warnings.ts';
export { type PastWatch, partOfWatch } from './watched-target.ts';
export { changedObjective, type ObjectiveChange, policyNamed, whatIf } from './what-if.ts';

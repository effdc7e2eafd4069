import type { QueryTarget } from '../../shared/model/metric.ts';
import type { Objective, ObjectiveStatus } from '../../shared/model/objective.ts';
import type { Observation } from '../../shared/model/observation.ts';
import {
  askPast,
  beganAt,
  type CountProblem,
  countsAt,
  type ObjectivePlan,
  observeObjective,
  type PastColumn,
  type PastGrid,
  passingRow,
  pastProblem,
  pastStatus,
} from '../slo/index.ts';
import type { MetricReader } from '../store/index.ts';
import { countFromStore } from './count-store.ts';

/** Where an objective's counts come from: the source, and its samples themselves where they are at hand. */
export interface CountSource {
  readonly target: QueryTarget;
  readonly reader: MetricReader | null;
}

/** One objective on its way through history, a stretch after the other. */
export class ObjectiveTrack {
  readonly objective: Objective;
  /** Steps at which its total was counted. */
  knownSteps = 0;
  private readonly plan: ObjectivePlan;
  private readonly windowsMs: readonly number[];
  private columns: readonly (PastColumn | undefined)[] = [];
  private grid: PastGrid = { fromAt: 0, stepMs: 1, steps: 0 };
  private rows: readonly { long: PastColumn; short: PastColumn; most: number }[] = [];
  private problem: CountProblem | null = null;
  private lastHeld: string | null = null;
  /** When its data began, where that lies within what its windows reach. */
  private bornAt: number | null = null;
  private wasKnown: boolean | null = null;
  /** The row that held at the last evaluation, and at both of the last two. */
  private once: string | null = null;
  private twice: string | null = null;
  private goesOn: { readonly at: number; readonly row: string; readonly holds: boolean } | null = null;

  constructor(objective: Objective, plan: ObjectivePlan) {
    this.objective = objective;
    this.plan = plan;
    // The whole period is dear to count, and only who waits for the morning needs its budget.
    const needsPeriod = objective.wake?.policy === 'budget';
    this.windowsMs = plan.windowsMs.filter((windowMs) => windowMs < plan.periodMs || needsPeriod);
  }

  async load(grid: PastGrid, { target, reader }: CountSource): Promise<void> {
    this.grid = grid;
    this.problem = null;
    const stored = reader && countFromStore(this.objective, this.windowsMs, reader, grid);
    const found = stored ?? (await this.ask(target, grid));
    this.columns = this.plan.windowsMs.map((windowMs) => found?.get(windowMs));
    const budget = 1 - this.plan.target;
    this.rows = this.plan.rows
      .filter((row) => row.leftOut === null)
      .flatMap((row) => {
        const [long, short] = [found?.get(row.longMs), found?.get(row.shortMs)];
        return long && short ? [{ long, short, most: row.threshold * budget }] : [];
      });
    this.notice();
  }

  /** Whether its total was counted at the step. */
  isKnown(step: number): boolean {
    return this.columns[0]?.known[step] === 1;
  }

  /** Whether it may begin an alert at the step; at all others a quiet one stays quiet. */
  mayAlert(step: number): boolean {
    if (this.problem !== null || !this.isKnown(step)) return true;
    return this.rows.some(({ long, short, most }) => isOver(short, step, most) && isOver(long, step, most));
  }

  /**
   * Whether it must be evaluated at the step: it may begin an alert, or has one that may move. While the very row goes on
   * holding, its alert stays as it is, whatever the numbers; only a page that waits for the morning looks at these.
   */
  isDue(step: number, isActive: boolean): boolean {
    if (!isActive) return this.mayAlert(step);
    if (this.twice === null || this.problem || this.objective.wake?.policy === 'budget') return true;
    // Asked twice a step: whether to poll its source, and which of its objectives then.
    if (this.goesOn?.at !== this.atOf(step) || this.goesOn.row !== this.twice)
      this.goesOn = {
        at: this.atOf(step),
        row: this.twice,
        holds: passingRow(this.plan, this.counts(step)) === this.twice,
      };
    return !this.goesOn.holds;
  }

  status(step: number): ObjectiveStatus {
    const at = this.atOf(step);
    if (this.problem) return pastProblem(this.objective, this.plan, this.problem, at);
    const status = pastStatus(this.objective, this.plan, this.counts(step), at);
    this.lastHeld = status.holding ?? this.lastHeld;
    const held = status.heldBack === null ? status.holding : null;
    this.twice = held !== null && held === this.once ? held : null;
    this.once = held;
    return status;
  }

  observe(status: ObjectiveStatus): Observation {
    return observeObjective(status, { lastHeld: this.lastHeld, problem: this.problem?.kind ?? null });
  }

  private atOf(step: number): number {
    return this.grid.fromAt + step * this.grid.stepMs;
  }

  private counts(step: number) {
    const at = this.atOf(step);
    return countsAt(this.columns, step, (place) => this.seenSinceBirth(place, at));
  }

  private async ask(target: QueryTarget, grid: PastGrid): Promise<ReadonlyMap<number, PastColumn> | null> {
    const windows = this.windowsMs.filter((windowMs) => windowMs < this.plan.periodMs);
    const asking = { target, timeoutMs: 0, limit: <T>(task: () => Promise<T>) => task() };
    if (this.wasKnown === null) {
      const began = await beganAt(this.objective, windows.at(-1) ?? 0, asking, grid.fromAt);
      if (began.ok) this.bornAt = began.value;
    }
    const asked = await askPast(this.objective, windows, asking, grid);
    if (asked.ok) return asked.value;
    this.problem = asked.error;
    return null;
  }

  /** A source does not say how much of a window it saw; where data begin within the replay, it shows. */
  private notice(): void {
    for (let step = 0; step < this.grid.steps; step += 1) {
      const isKnown = this.isKnown(step);
      if (isKnown) this.knownSteps += 1;
      if (isKnown && this.wasKnown === false && this.bornAt === null) this.bornAt = this.atOf(step);
      if (isKnown || this.wasKnown === null) this.wasKnown = isKnown;
    }
  }

  private seenSinceBirth(place: number, at: number): number {
    if (this.bornAt === null) return 1;
    const windowMs = this.plan.windowsMs[place] ?? 1;
    return Math.min(1, Math.max(0, at - this.bornAt) / windowMs);
  }
}

function isOver({ bad, total }: PastColumn, step: number, most: number): boolean {
  return (bad[step] as number) > most * (total[step] as number) * (1 - 1e-9);
}

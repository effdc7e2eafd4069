import type { PolicyConfig } from '../../shared/config/policy.ts';
import type { QueryTarget } from '../../shared/model/metric.ts';
import type { Objective, ObjectiveStatus } from '../../shared/model/objective.ts';
import type { Observation } from '../../shared/model/observation.ts';
import {
  askPast,
  beganAt,
  type CountProblem,
  observeObjective,
  type PastColumn,
  type PastGrid,
  passingRow,
  pastProblem,
  pastStatus,
} from '../slo/index.ts';
import { countFromStore } from './count-store.ts';
import { countsOf, type ObjectivePhase, phasesOf, windowsOf } from './objective-phase.ts';
import { type CountSource, countPeriod } from './period-counts.ts';

/** One objective on its way through history, a stretch after the other. */
export class ObjectiveTrack {
  readonly objective: Objective;
  /** Steps at which its total was counted. */
  knownSteps = 0;
  private readonly policy: PolicyConfig;
  /** The whole period is dear to count, and only who waits for the morning needs its budget. */
  private readonly needsBudget: boolean;
  private phases: readonly ObjectivePhase[] = [];
  private grid: PastGrid = { fromAt: 0, stepMs: 1, steps: 0 };
  private problem: CountProblem | null = null;
  private lastHeld: string | null = null;
  /** When its data began, where that lies within what its windows reach. */
  private bornAt: number | null = null;
  private wasKnown: boolean | null = null;
  /** The row that held at the last evaluation, and at both of the last two. */
  private once: string | null = null;
  private twice: string | null = null;
  private goesOn: { readonly at: number; readonly row: string; readonly holds: boolean } | null = null;

  constructor(objective: Objective, policy: PolicyConfig) {
    this.objective = objective;
    this.policy = policy;
    this.needsBudget = objective.wake?.policy === 'budget';
  }

  async load(grid: PastGrid, source: CountSource): Promise<void> {
    this.grid = grid;
    this.problem = null;
    const toAt = grid.fromAt + (grid.steps - 1) * grid.stepMs;
    const phases = phasesOf(this.objective, this.policy, grid.fromAt, toAt);
    const windowsMs = windowsOf(phases);
    const { reader } = source;
    const stored = reader && countFromStore(this.objective, windowsMs, reader, grid);
    const found = stored ?? (await this.ask(source.target, windowsMs, grid));
    const counts = this.needsBudget && found ? await this.period(phases, toAt, source) : null;
    this.phases = phases.map((one) => one.over(found, counts));
    this.notice();
  }

  /** Whether its total was counted at the step. */
  isKnown(step: number): boolean {
    return this.phaseOf(step)?.columns[0]?.known[step] === 1;
  }

  /** Whether it may begin an alert at the step; at all others a quiet one stays quiet. */
  mayAlert(step: number): boolean {
    if (this.problem !== null || !this.isKnown(step)) return true;
    const rows = this.phaseOf(step)?.rows ?? [];
    return rows.some(({ long, short, most }) => isOver(short, step, most) && isOver(long, step, most));
  }

  /**
   * Whether it must be evaluated at the step: it may begin an alert, or has one that may move. While the very row goes on
   * holding, its alert stays as it is, whatever the numbers; only a page that waits for the morning looks at these.
   */
  isDue(step: number, isActive: boolean): boolean {
    if (!isActive) return this.mayAlert(step);
    const phase = this.phaseOf(step);
    if (this.twice === null || this.problem || !phase || this.needsBudget) return true;
    // Asked twice a step: whether to poll its source, and which of its objectives then.
    if (this.goesOn?.at !== this.atOf(step) || this.goesOn.row !== this.twice)
      this.goesOn = {
        at: this.atOf(step),
        row: this.twice,
        holds: passingRow(phase.plan, this.counts(phase, step)) === this.twice,
      };
    return !this.goesOn.holds;
  }

  status(step: number): ObjectiveStatus {
    const at = this.atOf(step);
    const phase = this.phaseOf(step);
    if (!phase) throw new Error('A step outside of the stretch was asked for: this is a bug in Midwatch.');
    const { period } = phase;
    if (this.problem) return pastProblem(this.objective, phase.plan, this.problem, at);
    const status = {
      ...pastStatus(this.objective, phase.plan, this.counts(phase, step), at),
      ...(period ? { period: { startAt: period.startAt, endAt: period.endAt } } : {}),
    };
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

  /** Mostly there is one; a calendar period may end within a stretch, and with it its thresholds. */
  private phaseOf(step: number): ObjectivePhase | undefined {
    if (this.phases.length === 1) return this.phases[0];
    const at = this.atOf(step);
    return this.phases.find(({ period }) => period === null || at < period.endAt) ?? this.phases.at(-1);
  }

  private counts(phase: ObjectivePhase, step: number) {
    const at = this.atOf(step);
    return countsOf(phase, this.objective, step, at, (windowMs) => this.seenSinceBirth(windowMs, at));
  }

  private async period(phases: readonly ObjectivePhase[], toAt: number, source: CountSource) {
    const [first] = phases;
    if (!first) return null;
    const fromAt = first.period?.previousStartAt ?? this.grid.fromAt - first.plan.periodMs;
    const counted = await countPeriod(this.objective, fromAt, toAt, source);
    if (counted.ok) return counted.value;
    this.problem = counted.error;
    return null;
  }

  private async ask(
    target: QueryTarget,
    windowsMs: readonly number[],
    grid: PastGrid,
  ): Promise<ReadonlyMap<number, PastColumn> | null> {
    const asking = { target, timeoutMs: 0, limit: <T>(task: () => Promise<T>) => task() };
    if (this.wasKnown === null) {
      const began = await beganAt(this.objective, windowsMs.at(-1) ?? 0, asking, grid.fromAt);
      if (began.ok) this.bornAt = began.value;
    }
    const asked = await askPast(this.objective, windowsMs, asking, grid);
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

  private seenSinceBirth(windowMs: number, at: number): number {
    if (this.bornAt === null) return 1;
    return Math.min(1, Math.max(0, at - this.bornAt) / Math.max(1, windowMs));
  }
}

function isOver({ bad, total }: PastColumn, step: number, most: number): boolean {
  return (bad[step] as number) > most * (total[step] as number) * (1 - 1e-9);
}

import { type AlertRule, askedOf, stepsThatMayAlert } from '../alert/index.ts';
import type { PastGrid } from '../slo/index.ts';
import type { ReadAhead } from './read-ahead.ts';

/** The plain rules of one source over a stretch of history: which of them must be evaluated at a step. */
export class RuleTracks {
  private readonly rules: readonly AlertRule[];
  private readonly may = new Map<string, Uint8Array>();

  constructor(rules: readonly AlertRule[]) {
    this.rules = rules;
  }

  /** Versions have to be looked for at each step where a rule asks how long ago something was deployed. */
  get needsChanges(): boolean {
    return this.rules.some(({ when }) => when.deployedWithinMs !== null || when.deployedBeforeMs !== null);
  }

  async load(grid: PastGrid, ahead: ReadAhead, onRule: () => void): Promise<void> {
    const { fromAt, stepMs } = grid;
    const window = { fromAt, toAt: fromAt + (grid.steps - 1) * stepMs, stepMs };
    await Promise.all(
      this.rules.map(async (rule) => {
        const answer = await ahead.load(askedOf(rule), window);
        // What cannot be evaluated alerts too: the evaluator says so at each step.
        const steps = answer.ok
          ? stepsThatMayAlert(rule, answer.value, grid)
          : new Uint8Array(grid.steps).fill(1);
        this.may.set(rule.id, steps);
        onRule();
      }),
    );
  }

  mayAlert(step: number): boolean {
    return this.rules.some((rule) => this.may.get(rule.id)?.[step] === 1);
  }

  /** Those to be evaluated at the step: what may alert, and what has an alert. */
  at(step: number, active: ReadonlySet<string>): AlertRule[] {
    return this.rules.filter((rule) => active.has(rule.id) || this.may.get(rule.id)?.[step] === 1);
  }
}

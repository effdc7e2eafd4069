import type { PolicyRow } from '../../../shared/model/objective.ts';
import type { AlertEpisode } from '../../../shared/model/objective-history.ts';
import { type Burn, burnOf, type WindowCount, windowOf } from './burn.ts';
import { decide, rowThatHolds } from './decide.ts';
import type { ObjectivePlan } from './plan.ts';

/** Counts of all of a plan's windows at one instant, in its order. */
export interface CountsAt {
  readonly at: number;
  readonly counts: readonly WindowCount[];
}

/** What the rows of an objective say at one instant, with the alert that follows from it. */
export interface RowState {
  readonly at: number;
  /** The row whose alert fires; null where none does. */
  readonly firing: PolicyRow | null;
}

/**
 * The alert of one objective over its evaluations in order: it fires where a row holds with the minimums met, goes on
 * while any row holds, and ends when none does. Without data nothing changes. One alert at a time, the highest row wins.
 */
export class EpisodeWalk {
  private readonly plan: ObjectivePlan;
  private readonly done: AlertEpisode[] = [];
  private open: Omit<AlertEpisode, 'resolvedAt'> | null = null;
  /** The row that last held: its windows are the ones that end the alert. */
  private lastHeld = '';

  constructor(plan: ObjectivePlan) {
    this.plan = plan;
  }

  get isFiring(): boolean {
    return this.open !== null;
  }

  step({ at, counts }: CountsAt): RowState {
    const { plan } = this;
    const burns = plan.windowsMs.map((windowMs, place) => burnOf(plan.target, windowMs, counts[place]));
    const { held, passing } = rowThatHolds(plan, burns);
    const firing = this.open ? held : passing;
    if (!firing) {
      if (this.open && isClear(plan, this.lastHeld, burns)) this.close(at);
      return { at, firing: null };
    }
    const burn = windowOf(burns, firing.longMs)?.burnRate ?? null;
    this.lastHeld = firing.name;
    const open = this.open;
    if (!open) {
      const { reason } = decide(plan, counts, null);
      const { name: row, priority } = firing;
      this.open = { row, priority, firedAt: at, peakBurnRate: burn, reason };
      return { at, firing };
    }
    if (burn !== null && burn > (open.peakBurnRate ?? 0)) open.peakBurnRate = burn;
    // Within one episode an alert only gets more urgent.
    if (firing.priority < open.priority) {
      open.priority = firing.priority;
      open.row = firing.name;
    }
    return { at, firing };
  }

  /** All episodes; one that still fires has no end. */
  finish(): AlertEpisode[] {
    return this.open ? [...this.done, { ...this.open, resolvedAt: null }] : [...this.done];
  }

  private close(at: number): void {
    if (this.open) this.done.push({ ...this.open, resolvedAt: at });
    this.open = null;
  }
}

/** What is unknown never resolves: one of the row's windows must have been counted and be at or under its threshold. */
function isClear(plan: ObjectivePlan, name: string, burns: readonly Burn[]): boolean {
  const row = plan.rows.find((one) => one.name === name);
  if (!row) return true;
  return [row.longMs, row.shortMs].some((windowMs) => {
    const burn = windowOf(burns, windowMs)?.burnRate;
    return burn != null && burn <= row.threshold;
  });
}

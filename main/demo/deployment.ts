import { err, ok, type Result } from '../../shared/error/result.ts';
import { type ControlError, conflict } from './control-error.ts';
import type { EventQueue } from './event-queue.ts';

/** From the first replica to the last. */
export const ROLLOUT_MS = 2_000;
/** How long a new replica takes to start. */
export const REPLICA_START_MS = 1_500;
const ROLLOUT_STEPS = 8;

/** What changed: the version before and after, and when the last replica will have rolled. */
export interface Rollout {
  readonly from: string;
  readonly to: string;
  readonly doneAt: number;
}

/**
 * Which versions of a service run on how many replicas, and which share of the traffic each gets.
 * Replicas roll one after another, so a deployment and its roll-back show gradually, as they do in life.
 */
export class Deployment {
  readonly replicas = new Map<string, number>();
  private history: string[];
  private total: number;
  private shares: ReadonlyMap<string, number> | null = null;
  private rollout: Rollout | null = null;
  private scalings = 0;
  private readonly events: EventQueue;
  private readonly changed: () => void;

  constructor(events: EventQueue, versions: readonly string[], replicas: number, changed: () => void) {
    this.events = events;
    this.history = [...versions];
    this.total = replicas;
    this.changed = changed;
    this.replicas.set(this.current, replicas);
  }

  get current(): string {
    const current = this.history.at(-1);
    if (current === undefined)
      throw new Error('A deployment without a version: this is a bug in the demo fleet.');
    return current;
  }

  get previous(): string | null {
    return this.history.at(-2) ?? null;
  }

  get totalReplicas(): number {
    return this.total;
  }

  get rolling(): Rollout | null {
    return this.rollout;
  }

  get explicitShares(): ReadonlyMap<string, number> | null {
    return this.shares;
  }

  /** Share of the traffic by version; without a word from the operator it follows the replicas. */
  trafficShares(): ReadonlyMap<string, number> {
    if (this.shares !== null) return this.shares;
    const shares = new Map<string, number>();
    for (const [version, replicas] of this.replicas) shares.set(version, replicas / Math.max(1, this.total));
    return shares;
  }

  deploy(version: string): Result<Rollout, ControlError> {
    if (version === this.current && this.shares === null) {
      return err(conflict(`${version} is what runs already; nothing was changed.`));
    }
    const from = this.current;
    if (version !== from) this.history.push(version);
    return ok(this.roll(from, version));
  }

  /**
   * To the version before; while traffic is split by hand, to the current version alone. Traffic that an operator has
   * moved to an earlier version altogether stays there: a roll-back must not bring back what it was moved away from.
   */
  rollBack(): Result<Rollout, ControlError> {
    const from = this.current;
    const refuge = this.shares?.size === 1 ? [...this.shares.keys()][0] : undefined;
    if (refuge !== undefined && this.history.includes(refuge)) {
      this.history = this.history.slice(0, this.history.lastIndexOf(refuge) + 1);
      return ok(this.roll(from, refuge));
    }
    if (this.shares !== null) return ok(this.roll(from, from));
    const to = this.previous;
    if (to === null) return err(conflict(`There is no version before ${from} to roll back to.`));
    this.history.pop();
    return ok(this.roll(from, to));
  }

  /** Takes a version out wherever it is: out of the history, and off the replicas and the traffic. */
  withdraw(version: string): void {
    const kept = this.history.filter((each) => each !== version);
    const involved = (this.replicas.get(version) ?? 0) > 0 || this.current === version;
    if (kept.length === 0 || !involved) return;
    this.history = kept;
    this.roll(version, this.current);
  }

  /** More replicas take a moment to start, fewer are gone at once; the last word counts. Answers when it will be so. */
  scale(replicas: number): number {
    const asked = ++this.scalings;
    const delayMs = replicas > this.total ? REPLICA_START_MS : 0;
    const apply = (): void => {
      if (asked !== this.scalings) return;
      this.total = replicas;
      this.spread(this.shares ?? new Map(this.replicas));
    };
    if (delayMs === 0) apply();
    else this.events.durablyAfter(delayMs, apply);
    return Math.round(this.events.now + delayMs);
  }

  splitTraffic(shares: ReadonlyMap<string, number>): void {
    this.rollout = null;
    const only = [...shares].filter(([, share]) => share > 0);
    const [single] = only;
    this.shares = only.length === 1 && single?.[0] === this.current ? null : new Map(only);
    this.spread(new Map(only));
  }

  private spread(shares: ReadonlyMap<string, number>): void {
    this.replicas.clear();
    const sum = [...shares.values()].reduce((left, right) => left + right, 0) || 1;
    for (const [version, share] of shares) {
      if (share > 0) this.replicas.set(version, Math.max(1, Math.round((share / sum) * this.total)));
    }
    this.changed();
  }

  private roll(from: string, to: string): Rollout {
    const rollout: Rollout = { from, to, doneAt: Math.round(this.events.now + ROLLOUT_MS) };
    this.rollout = rollout;
    this.shares = null;
    this.changed();
    this.planStep(rollout, 1);
    return rollout;
  }

  private planStep(rollout: Rollout, step: number): void {
    this.events.durablyAfter(ROLLOUT_MS / ROLLOUT_STEPS, () => {
      if (this.rollout !== rollout) return;
      const rolled = Math.max(
        this.replicas.get(rollout.to) ?? 0,
        Math.round((this.total * step) / ROLLOUT_STEPS),
      );
      this.giveTo(rollout.to, rolled);
      if (step < ROLLOUT_STEPS) this.planStep(rollout, step + 1);
      else this.rollout = null;
      this.changed();
    });
  }

  private giveTo(target: string, count: number): void {
    let left = this.total - count;
    for (const [version, replicas] of this.replicas) {
      if (version === target) continue;
      const keeps = Math.max(0, Math.min(replicas, left));
      left -= keeps;
      if (keeps > 0) this.replicas.set(version, keeps);
      else this.replicas.delete(version);
    }
    const given = count + Math.max(0, left);
    if (given > 0) this.replicas.set(target, given);
  }
}

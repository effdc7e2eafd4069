import type { SourceCondition } from '../../shared/model/source.ts';
import { isFailing, type SourceState } from '../source/index.ts';
import type { OverLimit } from './keeper.ts';
import type { BareReport } from './poll.ts';
import { slowProblem } from './poll-prometheus.ts';

export interface TargetReport {
  readonly id: string;
  readonly address: string;
  readonly state: SourceState;
  readonly seriesCount: number;
  readonly overLimit: OverLimit;
}

/** What the states of the targets make of the source that they form. */
export function reportOfTargets(
  targets: readonly TargetReport[],
  unkept: string | null,
): Omit<BareReport, 'sinceAt' | 'lastOkAt' | 'nextTryAt'> {
  const { condition, problem } = verdictOf(targets, unkept);
  return {
    address: addressOf(targets),
    condition,
    problem,
    lastTryAt: largest(targets.map((target) => target.state.lastTryAt)),
    latencyMs: largest(targets.map((target) => target.state.latencyMs)),
    seriesCount: targets.reduce((sum, target) => sum + target.seriesCount, 0),
    targets: targets.map(({ id, state }) => ({
      id,
      up: state.condition === 'ok' || state.condition === 'slow',
      lastOkAt: state.lastOkAt,
      problem: isFailing(state) ? state.failure.problem : null,
    })),
  };
}

/** One target that answers is enough to watch something; what is down is said, and `up` is 0 for the rules. */
function verdictOf(
  targets: readonly TargetReport[],
  unkept: string | null,
): { readonly condition: SourceCondition; readonly problem: string | null } {
  if (unkept !== null)
    return {
      condition: 'stale',
      problem: `The source answers, but ${unkept}. Nothing that rests on it is watched until that is mended. Look at Health.`,
    };
  const down = targets.filter((target) => isFailing(target.state));
  const first = down[0];
  if (first && isFailing(first.state)) {
    const text =
      targets.length === 1
        ? first.state.failure.problem
        : `${down.length} of ${targets.length} targets are down (${down
            .map((one) => one.id)
            .slice(0, 5)
            .join(', ')}). ${first.state.failure.problem}`;
    if (down.length === targets.length) return { condition: first.state.condition, problem: text };
    return { condition: bestOf(targets), problem: text };
  }
  const slow = targets.find((target) => target.state.condition === 'slow');
  if (slow) return { condition: 'slow', problem: slowProblem('slow', slow.state.latencyMs, slow.address) };
  return { condition: targets.some(isTried) ? 'ok' : 'starting', problem: overLimitProblem(targets) };
}

function overLimitProblem(targets: readonly TargetReport[]): string | null {
  const count = targets.reduce((sum, { overLimit }) => sum + overLimit.count, 0);
  if (count === 0) return null;
  const names = targets.flatMap(({ overLimit }) => overLimit.names).slice(0, 3);
  return `The local store has no room for ${count} series of this source${names.length > 0 ? ` (${names.join(', ')})` : ''}: what they say is not watched, the rest is. Raise series_limit, or look for a label whose values never end.`;
}

function bestOf(targets: readonly TargetReport[]): SourceCondition {
  if (targets.some((target) => target.state.condition === 'slow')) return 'slow';
  return targets.some((target) => target.state.condition === 'ok') ? 'ok' : 'starting';
}

function isTried(target: TargetReport): boolean {
  return target.state.condition !== 'starting';
}

function addressOf(targets: readonly TargetReport[]): string {
  const first = targets[0]?.address ?? '';
  return targets.length > 1 ? `${first} and ${targets.length - 1} more` : first;
}

function largest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}

import type { Series } from '../../shared/model/metric.ts';
import type { ObjectiveStatus } from '../../shared/model/objective.ts';
import { DAY_MS, formatDuration } from '../../shared/unit/time.ts';
import { burnText } from './fact.ts';

export interface BudgetView {
  readonly lines: readonly {
    readonly label: string;
    readonly colour: string;
    readonly times: Float64Array;
    readonly values: Float64Array;
    readonly dashed?: boolean;
  }[];
  readonly stepMs: number;
  readonly fromAt: number;
  readonly toAt: number;
  readonly floor: number;
}

/** The budget over the period in percent, and where it ends if it goes on at this rate. */
export function budgetLines(series: readonly Series[], status: ObjectiveStatus): BudgetView {
  const one = series.find((candidate) => candidate.times.length > 0);
  if (!one) return { lines: [], stepMs: 1, fromAt: 0, toAt: 1, floor: 0 };
  const times = one.times;
  const values = Float64Array.from(one.values, (value) => value * 100);
  const fromAt = times[0] ?? 0;
  const lastAt = times[times.length - 1] ?? 0;
  const last = values[values.length - 1] ?? 0;
  const stepMs = times.length > 1 ? median(times) : DAY_MS;
  const exhaustion = status.timeToExhaustionMs ?? -1;
  const room = (lastAt - fromAt) * 0.12;
  const lowest = values.reduce(
    (least, value) => (Number.isFinite(value) ? Math.min(least, value) : least),
    0,
  );
  const floor = Math.max(-400, Math.floor(lowest / 50) * 50);
  const lines: BudgetView['lines'][number][] = [{ label: 'remaining', colour: 'chart-4', times, values }];
  // Only a projection that ends within the picture says anything that can be seen.
  if (exhaustion > 0 && exhaustion < room * 4 && last > 0) {
    // The rate that the time to exhaustion rests on, not the highest of all windows.
    const burn = ((status.budgetRemaining ?? last / 100) * status.objective.periodMs) / exhaustion;
    lines.push({
      label: `at ${burnText(burn)}, gone in ${formatDuration(exhaustion)}`,
      colour: 'sev-2',
      ...straight(lastAt, last, exhaustion, stepMs),
      dashed: true,
    });
    return {
      lines,
      stepMs,
      fromAt,
      toAt: lastAt + Math.max(room, exhaustion),
      floor,
    };
  }
  return { lines, stepMs, fromAt, toAt: lastAt + room / 4, floor };
}

// In steps as small as the samples': a line between two far points would be taken for a gap.
function straight(
  fromAt: number,
  from: number,
  overMs: number,
  stepMs: number,
): { times: Float64Array; values: Float64Array } {
  const steps = Math.max(1, Math.min(500, Math.ceil(overMs / stepMs)));
  const share = Array.from({ length: steps + 1 }, (_, index) => index / steps);
  return {
    times: Float64Array.from(share, (one) => fromAt + one * overMs),
    values: Float64Array.from(share, (one) => from * (1 - one)),
  };
}

function median(times: Float64Array): number {
  const distances: number[] = [];
  for (let i = 1; i < times.length; i += 1) distances.push((times[i] ?? 0) - (times[i - 1] ?? 0));
  return distances.sort((a, b) => a - b)[Math.floor(distances.length / 2)] ?? DAY_MS;
}

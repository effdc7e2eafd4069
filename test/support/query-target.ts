import { err, ok } from '../../shared/error/result.ts';
import type { QueryTarget, RangeWindow, Series } from '../../shared/model/metric.ts';

/** A whole source of metrics whose answers a test decides; each range query that was asked is kept. */
export interface ScriptedTarget extends QueryTarget {
  readonly asked: { expression: string; window: RangeWindow }[];
  /** What it answers from now on: a value for each step, nothing, a refusal, or silence. */
  mode: 'value' | 'empty' | 'refuse' | 'silent';
  value: (at: number) => number;
}

export function scriptedTarget(id = 'prom'): ScriptedTarget {
  const target: ScriptedTarget = {
    id,
    asked: [],
    mode: 'value',
    value: () => 1,
    async instant() {
      return ok({ kind: 'vector', samples: [] });
    },
    async range(expression, window) {
      target.asked.push({ expression, window });
      if (target.mode === 'silent') return new Promise(() => undefined);
      if (target.mode === 'refuse')
        return err({ code: 'unreachable', message: 'connection refused', retryable: true });
      if (target.mode === 'empty') return ok([]);
      const times: number[] = [];
      for (let at = window.fromAt; at <= window.toAt; at += window.stepMs) times.push(at);
      const series: Series = {
        labels: {},
        times: Float64Array.from(times),
        values: Float64Array.from(times, target.value),
      };
      return ok([series]);
    },
  };
  return target;
}

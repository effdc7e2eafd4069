import { err, ok } from '../../shared/error/result.ts';
import type { InstantSample, Labels, QueryError, QueryTarget, Series } from '../../shared/model/metric.ts';

/** Signals in memory: for one query, each series as a function of time; undefined is no sample. */
export interface SignalTarget extends QueryTarget {
  set(query: string, labels: Labels, value: (at: number) => number | undefined): void;
  remove(query: string): void;
  fail(error: QueryError | null): void;
  readonly asked: { readonly kind: 'instant' | 'range'; readonly query: string }[];
}

export function signalTarget(id = 'signals'): SignalTarget {
  const signals = new Map<string, { labels: Labels; value: (at: number) => number | undefined }[]>();
  const asked: SignalTarget['asked'] = [];
  let failure: QueryError | null = null;
  return {
    id,
    asked,
    set(query, labels, value) {
      const others = (signals.get(query) ?? []).filter(
        (one) => JSON.stringify(one.labels) !== JSON.stringify(labels),
      );
      signals.set(query, [...others, { labels, value }]);
    },
    remove(query) {
      signals.delete(query);
    },
    fail(error) {
      failure = error;
    },
    async instant(query, at) {
      asked.push({ kind: 'instant', query });
      if (failure) return err(failure);
      const samples = (signals.get(query) ?? []).flatMap(({ labels, value }): InstantSample[] => {
        const given = value(at);
        return given === undefined ? [] : [{ labels, at, value: given }];
      });
      return ok({ kind: 'vector', samples });
    },
    async range(query, window) {
      asked.push({ kind: 'range', query });
      if (failure) return err(failure);
      const series = (signals.get(query) ?? []).flatMap(({ labels, value }): Series[] => {
        const points: [number, number][] = [];
        for (let at = window.fromAt; at <= window.toAt; at += window.stepMs) {
          const given = value(at);
          if (given !== undefined) points.push([at, given]);
        }
        const times = Float64Array.from(points, ([at]) => at);
        const values = Float64Array.from(points, ([, given]) => given);
        return points.length === 0 ? [] : [{ labels, times, values }];
      });
      return ok(series);
    },
  };
}

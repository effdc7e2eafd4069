import type { PrometheusSourceConfig } from '../../shared/config/source.ts';
import { formatDuration, SECOND_MS } from '../../shared/unit/time.ts';
import { createPrometheusSource, isFailing, type SourceDeps } from '../source/index.ts';
import type { BarePoll, OnPolled } from './poll.ts';

/** A poll of a Prometheus-compatible API: the pipeline's own queries are it, and a probe where there were none. */
export function createPrometheusPoll(
  config: PrometheusSourceConfig,
  deps: SourceDeps & { readonly onPolled: OnPolled },
): BarePoll {
  const source = createPrometheusSource(config, deps);
  return {
    kind: 'prometheus',
    target: source,
    async run(at) {
      const before = source.tally();
      await deps.onPolled({ sourceId: config.id, at, outcome: { kind: 'ask' } });
      // Queries that were too heavy or too large say nothing of the source: then the probe decides as well.
      if (source.tally().answered === before.answered) await source.probe();
      return source.tally().answered > before.answered;
    },
    report() {
      const state = source.state();
      const failing = isFailing(state) ? state : undefined;
      return {
        address: source.address,
        condition: state.condition,
        sinceAt: state.sinceAt,
        lastOkAt: state.lastOkAt,
        lastTryAt: state.lastTryAt,
        nextTryAt: failing?.nextTryAt ?? null,
        latencyMs: state.latencyMs,
        problem:
          failing?.failure.problem ??
          slowProblem(state.condition, state.latencyMs, source.address) ??
          skewProblem(source.skewMs(), source.address),
        seriesCount: null,
        targets: [],
      };
    },
    tryNow: () => source.tryNow(),
    onChange: (listener) => source.onChange(() => listener()),
    close: () => source.close(),
    end: async () => undefined,
  };
}

/** Half a minute is no drift of a clock that is kept. */
const SKEW_MAX_MS = 30 * SECOND_MS;

/** Its answers are for the times that we ask for; what it stores carries the times of its own clock. */
function skewProblem(skewMs: number | null, address: string): string | null {
  if (skewMs === null || Math.abs(skewMs) <= SKEW_MAX_MS) return null;
  const off = `${formatDuration(Math.round(Math.abs(skewMs) / SECOND_MS) * SECOND_MS)} ${skewMs > 0 ? 'ahead of' : 'behind'}`;
  return `${address}: its clock is ${off} this machine's. It is still watched, but the newest of its samples may be missing or late in what is asked for now. Set both clocks by a time server.`;
}

export function slowProblem(condition: string, latencyMs: number | null, address: string): string | null {
  return condition === 'slow'
    ? `${address} took ${Math.round(latencyMs ?? 0)} ms to answer. It is still watched, but alerts come later. Look at its load or the network.`
    : null;
}

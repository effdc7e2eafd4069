import { ok } from '../../shared/error/result.ts';
import type { Exemplar } from '../../shared/model/exemplar.ts';
import type { Requests } from './request.ts';
import { traceIdOf } from './trace-view.ts';

/** A sample that names a trace. */
export interface TracedSample {
  readonly traceId: string;
  readonly exemplar: Exemplar;
}

const METRICS_MAX = 4;
const SHOWN_MAX = 50;

/** Exemplars of the metrics that an expression names, in a time, the newest first; none where it cannot be read. */
export async function loadTracedSamples(
  requests: Requests,
  question: {
    readonly source: string;
    readonly expression: string;
    readonly fromAt: number;
    readonly toAt: number;
  },
) {
  const { source, expression, fromAt, toAt } = question;
  const checked = await requests.quiet((api) => api.query.check({ source, expression }));
  if (!checked.ok) return checked;
  const metrics = checked.value.metrics.slice(0, METRICS_MAX);
  const read = await requests.quiet((api) =>
    Promise.all(metrics.map((metric) => api.source.exemplars({ metric, limit: 500 }))),
  );
  if (!read.ok) return read;
  const inTime = read.value.flat().filter(({ at }) => at > fromAt && at <= toAt);
  const traced = inTime.flatMap((exemplar): TracedSample[] => {
    const traceId = traceOf(exemplar);
    return traceId === null ? [] : [{ traceId, exemplar }];
  });
  return ok(traced.sort((a, b) => b.exemplar.at - a.exemplar.at).slice(0, SHOWN_MAX));
}

/** The labels under which a trace is told. */
function traceOf({ labels }: Exemplar): string | null {
  return traceIdOf(labels.trace_id ?? labels.traceID ?? labels.traceId ?? '');
}

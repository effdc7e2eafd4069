import { implement } from '@orpc/server';
import { contract } from '../../../shared/contract/index.ts';
import type { Span, StageSummary, TraceSummary } from '../../../shared/model/trace.ts';
import type { FakeState } from './fake-state.ts';

/** Traces as a core answers them, found by a word in their spans. */
export function tracesOf(state: FakeState) {
  const os = implement(contract);
  const within = ({ startAt }: Span, fromAt: number, toAt: number) => startAt > fromAt && startAt <= toAt;
  return {
    search: os.trace.search.handler(({ input }) => {
      const { text, service, name, modelVersion, failed, durationMs = 0, fromAt, toAt, skip, limit } = input;
      state.asked.push({ name: 'trace.search', input });
      const fits = (one: Span) =>
        within(one, fromAt, toAt) &&
        (service === undefined || one.service === service) &&
        (name === undefined || one.name === name) &&
        (modelVersion === undefined || one.attributes.model_version === modelVersion) &&
        (!failed || one.status === 'error') &&
        one.durationMs >= durationMs &&
        JSON.stringify(one).includes(text);
      const newest = state.spans.filter(fits).sort((a, b) => b.startAt - a.startAt);
      const ids = [...new Set(newest.map((one) => one.traceId))];
      const page = ids.slice(skip, skip + limit);
      return { traces: page.map((id) => summaryOf(state, id)), more: ids.length > skip + limit };
    }),
    spans: os.trace.spans.handler(({ input }) => spansOf(state, input.traceId)),
    facets: os.trace.facets.handler(({ input }) => {
      const spans = state.spans.filter((one) => within(one, input.fromAt, input.toAt));
      const starts = state.spans.map((one) => one.startAt);
      return {
        spans: spans.length,
        oldestAt: starts.length === 0 ? null : Math.min(...starts),
        newestAt: starts.length === 0 ? null : Math.max(...starts),
        modelVersions: [
          ...new Set(spans.flatMap(({ attributes }) => attributes.model_version ?? []).map(String)),
        ],
        stages: stagesOf(spans),
      };
    }),
  };
}

function spansOf(state: FakeState, traceId: string): Span[] {
  return state.spans.filter((one) => one.traceId === traceId).sort((a, b) => a.startAt - b.startAt);
}

function summaryOf(state: FakeState, traceId: string): TraceSummary {
  const spans = spansOf(state, traceId);
  const root = spans.find((one) => one.parentSpanId === null) ?? spans[0];
  if (!root) throw new Error(`The fake core has no trace ${traceId}.`);
  const ends = spans.map((one) => one.startAt + one.durationMs);
  const startAt = spans[0]?.startAt ?? 0;
  const text = (key: string) => spans.map((one) => one.attributes[key]).find((one) => one !== undefined);
  return {
    traceId,
    service: root.service,
    name: root.name,
    hasRoot: root.parentSpanId === null,
    startAt,
    durationMs: Math.max(...ends) - startAt,
    spans: spans.length,
    failed: spans.filter((one) => one.status === 'error').length,
    services: new Set(spans.map((one) => one.service)).size,
    requestId: text('request_id') === undefined ? null : String(text('request_id')),
    modelVersion: text('model_version') === undefined ? null : String(text('model_version')),
  };
}

function stagesOf(spans: readonly Span[]): StageSummary[] {
  const groups = Map.groupBy(spans, ({ service, name }) => `${service}\n${name}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const took = group.map((one) => one.durationMs).sort((a, b) => a - b);
    const at = (share: number) => took[Math.max(0, Math.ceil(share * took.length) - 1)] ?? 0;
    return {
      service: first.service,
      name: first.name,
      count: group.length,
      errorShare: group.filter((one) => one.status === 'error').length / group.length,
      p50Ms: at(0.5),
      p95Ms: at(0.95),
      p99Ms: at(0.99),
      totalMs: took.reduce((sum, one) => sum + one, 0),
    };
  });
}

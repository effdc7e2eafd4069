import type { PrometheusClient } from '@prometheus-io/codemirror-promql';
import { EqlRegex, Neq, NeqRegex } from '@prometheus-io/lezer-promql';
import type { SignalLookup } from '../../state/signal-lookup.ts';

const OPERATORS: ReadonlyMap<number, string> = new Map([
  [Neq, '!='],
  [EqlRegex, '=~'],
  [NeqRegex, '!~'],
]);

type Matchers = Parameters<PrometheusClient['labelValues']>[2];

/** Answers the language's completion from the core: it never asks the network by itself. */
export function namesFor(lookup: SignalLookup, source: () => string): PrometheusClient {
  return {
    labelNames: async (metricName) => [...(await lookup.labelNames(source(), selectorOf(metricName)))],
    labelValues: async (labelName, metricName, matchers) => [
      ...(await lookup.labelValues(source(), labelName, selectorOf(metricName, matchers, labelName))),
    ],
    metricMetadata: async () =>
      Object.fromEntries(
        (await lookup.metrics(source())).map((one) => [
          one.name,
          [{ type: one.kind === 'unknown' ? '' : one.kind, help: one.help }],
        ]),
      ),
    // Only asked where label names and values of a selection are wanted, which are answered above.
    series: async () => [],
    metricNames: async (prefix) => (await lookup.metrics(source(), prefix)).map((one) => one.name),
    flags: async () => ({}),
  };
}

/** The selection that is being typed, without the label whose value is asked for. */
function selectorOf(metric?: string, matchers: Matchers = [], except?: string): string | undefined {
  const others = matchers.filter((one) => one.name !== except && one.value !== '');
  if (!metric && others.length === 0) return undefined;
  const inside = others.map(
    (one) => `${one.name}${OPERATORS.get(one.type) ?? '='}${JSON.stringify(one.value)}`,
  );
  return `${metric ?? ''}{${inside.join(',')}}`;
}

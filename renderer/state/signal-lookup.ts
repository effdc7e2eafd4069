import type { CatalogueFile } from '../../shared/model/catalogue.ts';
import type { Api } from '../transport/api.ts';
import type { Requests } from './request.ts';

type Metrics = Awaited<ReturnType<Api['query']['metrics']>>['metrics'];
export type MetricFact = Metrics[number];

/** What names a source has, for completion, hover and forms. An answer that cannot be had is an empty one: typing goes on. */
export interface SignalLookup {
  metrics(source: string, contains?: string): Promise<readonly MetricFact[]>;
  labelNames(source: string, selector?: string): Promise<readonly string[]>;
  labelValues(source: string, label: string, selector?: string): Promise<readonly string[]>;
  /** What is wrong with an expression; empty where it is right or nobody answers. */
  check(source: string, expression: string): Promise<Awaited<ReturnType<Api['query']['check']>> | null>;
  metric(source: string, name: string): Promise<MetricFact | null>;
  /** The conventions of metric names that the core knows. */
  catalogue(): Promise<readonly CatalogueFile[]>;
}

/** Names change as slowly as deployments do. */
const KEPT_MS = 30_000;
const KEPT = 200;
const LIMIT = 2_000;

export function createSignalLookup(requests: Requests, now: () => number): SignalLookup {
  const kept = new Map<string, { readonly at: number; readonly answer: Promise<unknown> }>();
  const once = <Answer>(key: string, ask: () => Promise<Answer>): Promise<Answer> => {
    const known = kept.get(key);
    if (known && now() - known.at < KEPT_MS) return known.answer as Promise<Answer>;
    const answer = ask();
    kept.set(key, { at: now(), answer });
    for (const oldest of kept.keys()) {
      if (kept.size <= KEPT) break;
      kept.delete(oldest);
    }
    return answer;
  };
  const askFor = async <Answer>(run: (api: Api) => Promise<Answer>): Promise<Answer | null> => {
    const answer = await requests.quiet(run);
    return answer.ok ? answer.value : null;
  };
  const filter = (selector?: string) => (selector === undefined ? {} : { selector });
  const metrics = (source: string, contains?: string) =>
    once(`metrics ${source} ${contains ?? ''}`, async () => {
      const wish = contains === undefined || contains === '' ? {} : { contains };
      const answer = await askFor((api) => api.query.metrics({ source, limit: LIMIT, ...wish }));
      return answer?.metrics ?? [];
    });
  return {
    metrics,
    labelNames: (source, selector) =>
      once(`labels ${source} ${selector ?? ''}`, async () => {
        const answer = await askFor((api) =>
          api.query.labelNames({ source, limit: LIMIT, ...filter(selector) }),
        );
        return answer?.names ?? [];
      }),
    labelValues: (source, label, selector) =>
      once(`values ${source} ${label} ${selector ?? ''}`, async () => {
        const answer = await askFor((api) =>
          api.query.labelValues({ source, label, limit: LIMIT, ...filter(selector) }),
        );
        return answer?.names ?? [];
      }),
    catalogue: () => once('catalogue', async () => (await askFor((api) => api.discover.catalogue())) ?? []),
    check: (source, expression) => askFor((api) => api.query.check({ source, expression })),
    metric: async (source, name) =>
      (await metrics(source, name)).find((one) => one.name === name || baseOf(name) === one.name) ?? null,
  };
}

/** A histogram as one metric: of its parts, only itself. */
export function foldParts(metrics: readonly MetricFact[]): readonly MetricFact[] {
  const whole = new Set(metrics.flatMap(({ name }) => (name.endsWith('_bucket') ? [baseOf(name)] : [])));
  return metrics.flatMap((one) => {
    if (one.name.endsWith('_bucket')) return [{ ...one, name: baseOf(one.name), kind: 'histogram' as const }];
    return whole.has(one.name) || whole.has(baseOf(one.name)) ? [] : [one];
  });
}

/** A histogram's parts are described under its own name. */
function baseOf(name: string): string {
  return name.replace(/_(?:bucket|sum|count)$/, '');
}

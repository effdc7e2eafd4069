import type { Workspace } from '../../shared/config/workspace.ts';
import type { Span } from '../../shared/model/trace.ts';
import type { Clock, WorkerHandle } from '../platform/index.ts';
import { selectionsOf } from '../query/index.ts';
import type { Matcher, MetricWriterApi, SpanWriterApi } from '../store/index.ts';

/**
 * The regular care of stored samples: tells the store which series are named, whenever the configuration or the store's
 * thread is another one than it was told by, and lets it pack, roll up and drop until it is done.
 */
export function createStoreCare(
  store: WorkerHandle<MetricWriterApi>,
  workspace: () => Workspace,
  clock: Pick<Clock, 'now'>,
): () => Promise<void> {
  let told: { readonly workspace: Workspace; readonly restarts: number } | undefined;
  return async () => {
    const now = { workspace: workspace(), restarts: store.health().restarts };
    if (told?.workspace !== now.workspace || told.restarts !== now.restarts) {
      await store.call.nameSeries(namedSelections(now.workspace));
      told = now;
    }
    // Each call is bounded, so that appends wait little; `more` says that there is work left.
    for (let more = true; more; ) more = (await store.call.compact(clock.now())).more;
  };
}

/** What objectives, rules and detectors select: these series are kept for thirteen months, and give way last. */
export function namedSelections({ objectives, rules, detectors }: Workspace): Matcher[][] {
  const expressions = [
    ...objectives.flatMap(({ indicator: { good, bad, total } }) => [good, bad, total]),
    ...rules.map(({ rule }) => rule.expr),
    ...detectors.map(({ query }) => query),
  ];
  const texts = new Set(expressions.filter((text) => text !== undefined));
  return [...texts].flatMap((text) => selectionsOf(text));
}

/** Keeps the spans that came with a request; throws where they cannot be kept, so that the sender sends them again. */
export function spanKeeper(
  store: WorkerHandle<SpanWriterApi>,
): (sourceId: string, spans: readonly Span[]) => Promise<void> {
  return async (_sourceId, spans) => {
    await store.call.addSpans(spans);
  };
}

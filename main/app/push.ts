import { messageOf } from '../../shared/error/coded.ts';
import type { Span } from '../../shared/model/trace.ts';
import type { IngestDeps } from '../ingest/index.ts';
import type { Pipeline } from '../pipeline/index.ts';
import type { Logger } from '../platform/index.ts';
import type { Receiving } from './receiving.ts';

export interface PushDeps {
  readonly receiving: Receiving;
  /** The pipeline asks ingest, which hands on what was pushed: each is there before the other is. */
  readonly pipeline: () => Pipeline | undefined;
  /** Settles when they are kept. */
  readonly onSpans: (sourceId: string, spans: readonly Span[]) => Promise<void>;
  readonly onSilences: NonNullable<IngestDeps['onSilences']>;
}

/** What ingest needs to take what others push, and where alerts and changes go that come with it or are asked for. */
export function pushOf({
  receiving,
  pipeline,
  onSpans,
  onSilences,
}: PushDeps): Pick<IngestDeps, 'push' | 'onAlerts' | 'onSilences'> {
  return {
    onSilences,
    push: {
      receive: receiving.handle,
      listening: (sourceId) => receiving.listening(sourceId),
      async onReported({ sourceId, alerts, changes, spans }) {
        const chain = pipeline();
        // Before the pipeline is there nothing can be taken over: the sender tries again.
        if (!chain) throw new Error('Midwatch is starting');
        if (alerts.length > 0) await chain.reported({ sourceId, alerts, whole: false });
        if (changes.length > 0) await chain.changed(sourceId, changes);
        if (spans.length > 0) await onSpans(sourceId, spans);
      },
    },
    onAlerts: async (sourceId, alerts) => {
      await pipeline()?.reported({ sourceId, alerts, whole: true });
    },
  };
}

/** How gaps in the watch are filled: the pipeline knows what rests on a source. */
export function backfillOf(pipeline: () => Pipeline | undefined, log: Logger): Pick<IngestDeps, 'backfill'> {
  return {
    backfill: {
      lookBack: async (sourceId, gap) =>
        (await pipeline()?.lookBack(sourceId, gap)) ?? { complete: false, found: [] },
      onFilled(sourceId, gap) {
        pipeline()
          ?.gapFilled(sourceId, gap)
          .catch((thrown: unknown) =>
            log.warn({ source: sourceId, problem: messageOf(thrown) }, 'a gap could not be noted'),
          );
      },
    },
  };
}

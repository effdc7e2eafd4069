import type { Exemplar } from '../../shared/model/exemplar.ts';
import type { WatchRecord } from '../../shared/model/watch.ts';
import { answering, procedures } from './context.ts';

export interface SourcePart {
  /** Asks the source at once; throws a coded error where there is no such source. */
  readonly tryNow: (sourceId: string) => Promise<void>;
  /** What the watch ledger says of each source over the range. */
  readonly exemplars: (question: {
    readonly metric?: string | undefined;
    readonly traceId?: string | undefined;
    readonly limit: number;
  }) => Promise<Exemplar[]>;
  readonly watched: (fromAt: number, toAt: number) => WatchRecord[];
}

/** Requests about sources. */
export function sourceRouter({ tryNow, watched, exemplars }: SourcePart) {
  const at = procedures.source;
  return at.router({
    tryNow: at.tryNow.handler(({ input, errors }) => answering(errors, () => tryNow(input.sourceId))),
    exemplars: at.exemplars.handler(({ input, errors }) => answering(errors, () => exemplars(input))),
    watched: at.watched.handler(({ input, errors }) =>
      answering(errors, async () => watched(input.fromAt, input.toAt)),
    ),
  });
}

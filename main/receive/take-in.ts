import { err, ok, type Result } from '../../shared/error/result.ts';
import { ExemplarDraft } from './exemplar-draft.ts';
import type { PushBatch } from './receive-api.ts';
import type { ReceiveAnswer, Received, ReceiveProblem, ReceiveRequest, Refusal } from './received.ts';
import { readRemoteWrite } from './remote-write/remote-write.ts';
import type { Route } from './route.ts';
import { RowDraft } from './row-draft.ts';
import type { SeriesKey } from './series-key.ts';
import type { SourceEntry } from './source-book.ts';
import { refusalText, Tally } from './tally.ts';

/** A body read: what goes to the store, and how the sender is answered once it is there. */
export interface TakenIn {
  readonly batch: Omit<PushBatch, 'id'>;
  /** The index' entries of the batch' fresh series, and which generation of the index they are of. */
  readonly entries: readonly number[];
  readonly generation: number;
  /** Names of some series that are over the source's limit. */
  readonly overLimit: readonly string[];
  /** The answer, given what the store would not have beside what was refused here. */
  readonly answer: (lost: readonly Refusal[]) => ReceiveAnswer | ReceiveProblem;
}

/** Reads one body of a source by its route and numbers its series. Never throws for hostile bytes. */
export function takeIn(
  request: ReceiveRequest,
  route: Route,
  source: SourceEntry,
  key: SeriesKey,
): Result<TakenIn, ReceiveProblem> {
  const { receivedAt, limits } = request;
  const exemplars = new ExemplarDraft(source.exemplars, receivedAt);
  const draft = new RowDraft({
    index: source.index,
    key,
    labels: source.sender.labels,
    now: receivedAt,
    samplesMax: limits.samplesMax,
    exemplars,
  });
  if (route.decode === null) {
    const rows = readRemoteWrite(request, key, draft);
    if (!rows.ok) return rows;
    const { answer } = rows.value;
    const refused = draft.refused.list();
    return ok({
      ...takenOf(request, source, draft, { ...EMPTY, refused: [...refused, ...exemplars.left.list()] }),
      answer: (lost) => answer([...refused, ...lost]),
    });
  }
  const decoded = route.decode(request);
  if (!decoded.ok) return decoded;
  const { received, answer, partial } = decoded.value;
  if (!draft.addSeries(received.series)) {
    return err({
      status: 413,
      message: `The request holds more than ${limits.samplesMax} samples. Nothing of it was stored; send smaller batches.`,
    });
  }
  draft.addExemplars(received.exemplars);
  const here = draft.refused.list();
  const refused = [...received.refused, ...here, ...exemplars.left.list()];
  return ok({
    ...takenOf(request, source, draft, { ...received, refused }),
    answer: (lost) => {
      const all = new Tally();
      all.addAll(here);
      all.addAll(lost);
      const left = all.list();
      if (left.length === 0) return answer;
      return partial
        ? partial(left)
        : { status: 400, message: `Some of it was left out: ${refusalText(left)}. The rest is stored.` };
    },
  });
}

const EMPTY = { spans: [], changes: [], alerts: [] };

function takenOf(
  { sourceId, receivedAt }: ReceiveRequest,
  source: SourceEntry,
  draft: RowDraft,
  beside: Omit<Received, 'series' | 'exemplars'>,
) {
  const { spans, changes, alerts, refused } = beside;
  return {
    batch: {
      sourceId,
      receivedAt,
      ...draft.rows(),
      fresh: draft.fresh,
      spans,
      changes,
      alerts,
      refused,
    },
    entries: draft.freshEntries,
    generation: source.index.generation,
    overLimit: draft.overLimit,
  };
}

/** Whether there is nothing to hand on in it, not even what was left out; a request of metadata alone has nothing. */
export function isEmpty({ batch }: TakenIn): boolean {
  return (
    batch.refs.length === 0 &&
    batch.refused.length === 0 &&
    batch.spans.length === 0 &&
    batch.changes.length === 0 &&
    batch.alerts.length === 0
  );
}

import type { Exemplar } from '../../shared/model/exemplar.ts';
import type { ExemplarQuestion } from '../../shared/model/exemplar-book.ts';
import type { Labels } from '../../shared/model/metric.ts';
import type { ChangeEvent } from '../../shared/model/service.ts';
import type { Span } from '../../shared/model/trace.ts';
import type { Transfer } from '../platform/index.ts';
import type { ReceiveAnswer, ReceivedAlert, ReceiveLimits, ReceiveProblem, Refusal } from './received.ts';

/** A sender that may push: told from others by its token. */
export interface PushSender {
  readonly sourceId: string;
  readonly token: string;
  readonly accept: readonly ('otlp' | 'remote-write' | 'alertmanager' | 'event')[];
  /** Put onto each series; where a series has the label already, its own stays under `exported_NAME`. */
  readonly labels: Labels;
  /** Series of this source at one time; more are refused by name. */
  readonly seriesMax: number;
}

export interface ListenOptions {
  /** A loopback name or address; both 127.0.0.1 and ::1 are bound, and nothing else is. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly senders: readonly PushSender[];
  readonly limits: ReceiveLimits;
}

/**
 * What one request brought, as rows. A row's ref is 0 where the series has no number yet: `freshRows[i]` is the row of
 * `fresh[i]`; several rows may wait for one fresh series (`freshOf[i]` is its index in `fresh`).
 */
export interface PushBatch {
  readonly id: number;
  readonly sourceId: string;
  readonly receivedAt: number;
  readonly refs: Uint32Array<ArrayBuffer>;
  readonly times: Float64Array<ArrayBuffer>;
  readonly values: Float64Array<ArrayBuffer>;
  readonly fresh: readonly Labels[];
  /** Rows without a number, and which fresh series each belongs to. */
  readonly freshRows: Uint32Array<ArrayBuffer>;
  readonly freshOf: Uint32Array<ArrayBuffer>;
  readonly spans: readonly Span[];
  readonly changes: readonly Omit<ChangeEvent, 'id'>[];
  readonly alerts: readonly ReceivedAlert[];
  readonly refused: readonly Refusal[];
}

/** What became of a batch; the sender is answered only now. `refs` are the numbers of `fresh`, 0 where refused. */
export interface PushOutcome {
  readonly id: number;
  readonly refs: Uint32Array;
  /** Null: stored, and the decoder's own answer goes out. */
  readonly problem: ReceiveProblem | null;
  /** Takes the place of the decoder's answer, as for a partial success. */
  readonly answer?: ReceiveAnswer;
}

export interface SenderStatus {
  readonly sourceId: string;
  readonly lastReceivedAt: number | null;
  readonly requests: number;
  readonly samples: number;
  /** Who sends, as its `User-Agent` says; hostile text. */
  readonly agent: string | null;
  readonly refused: readonly Refusal[];
  readonly lastProblem: { readonly at: number; readonly message: string } | null;
  /** When a request last had series over the source's limit, and the names of some. */
  readonly overLimit: { readonly at: number; readonly names: readonly string[] } | null;
}

/** The receivers' thread: HTTP, decoding and numbering of series happen there; the main thread only passes rows on. */
export type ReceiveApi = {
  /** Begins to listen, or takes over other senders and limits on the same port; answers the port. */
  listen(options: ListenOptions): Promise<{ port: number }>;
  /** Waits until something was received; answers all that waits, bounded. An empty list after `close`. */
  take(): Promise<Transfer<readonly PushBatch[]>>;
  settle(outcomes: readonly PushOutcome[]): void;
  /** Forgets the numbers of a source's series, or of all: the store came back and may number anew. */
  forget(sourceId: string | null): void;
  status(): { senders: readonly SenderStatus[]; waiting: number; refusedRequests: number };
  /** The last exemplars that were pushed, newest first. They live as long as this thread. */
  exemplars(question: ExemplarQuestion): Exemplar[];
  close(): Promise<void>;
};

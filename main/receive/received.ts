import type { Result } from '../../shared/error/result.ts';
import type { ToldExemplar } from '../../shared/model/exemplar-book.ts';
import type { Labels } from '../../shared/model/metric.ts';
import type { ChangeEvent } from '../../shared/model/service.ts';
import type { Span } from '../../shared/model/trace.ts';

/** Samples of one series as a sender gave them. Times are milliseconds UTC and ascend; a NaN may be a stale marker. */
export interface ReceivedSeries {
  readonly labels: Labels;
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** One event behind a number, with the labels of the series that it stands at. */
export interface ReceivedExemplar extends ToldExemplar {
  readonly series: Labels;
}

/** An alert of another system, not yet one of ours. */
export interface ReceivedAlert {
  readonly labels: Labels;
  readonly annotations: Readonly<Record<string, string>>;
  readonly status: 'firing' | 'resolved';
  readonly startsAt: number;
  readonly endsAt: number | null;
  readonly generatorUrl: string | null;
}

/** What one body said, decoded and not yet stored. `refused` is what was left out of it, by reason. */
export interface Received {
  readonly series: readonly ReceivedSeries[];
  readonly exemplars: readonly ReceivedExemplar[];
  readonly spans: readonly Span[];
  readonly changes: readonly Omit<ChangeEvent, 'id'>[];
  readonly alerts: readonly ReceivedAlert[];
  readonly refused: readonly Refusal[];
}

/** Why a body was not taken: what happened, what it means, what to do. */
export interface ReceiveProblem {
  readonly status: 400 | 401 | 404 | 405 | 408 | 411 | 413 | 415 | 429 | 503;
  readonly message: string;
  /** Beside `Retry-After`, which 429 and 503 always get. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What was left out of a request, by reason; reasons are ours, never the sender's text. */
export interface Refusal {
  readonly reason: string;
  readonly count: number;
}

export interface ReceiveLimits {
  /** Decoded bytes of one body. */
  readonly bodyBytesMax: number;
  /** Decoded bytes to encoded ones. */
  readonly ratioMax: number;
  readonly labelsMax: number;
  readonly labelBytesMax: number;
  readonly samplesMax: number;
  readonly depthMax: number;
}

/** One request as a decoder sees it: whole, authenticated, gzip undone, still in its wire format. */
export interface ReceiveRequest {
  readonly sourceId: string;
  readonly path: string;
  /** Lower case, without parameters. */
  readonly contentType: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly receivedAt: number;
  readonly limits: ReceiveLimits;
}

/** Answered to the sender once what was decoded is stored. */
export interface ReceiveAnswer {
  readonly status: 200 | 202 | 204;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
}

export interface Decoded {
  readonly received: Received;
  readonly answer: ReceiveAnswer;
  /**
   * The answer where more was left out afterwards, by the source's limit of series or by the store: each protocol says
   * a partial success in its own way. Where it is missing, such a request is answered with 400 and the reasons.
   */
  readonly partial?: (lost: readonly Refusal[]) => ReceiveAnswer | ReceiveProblem;
}

/** One protocol: bounded, without state but what its closure keeps by source, never throws for hostile bytes. */
export type Decoder = (request: ReceiveRequest) => Result<Decoded, ReceiveProblem>;

export const NOTHING_RECEIVED: Received = {
  series: [],
  exemplars: [],
  spans: [],
  changes: [],
  alerts: [],
  refused: [],
};

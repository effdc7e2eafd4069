import type { QueryTarget } from '../../shared/model/metric.ts';
import type { SourceKind, SourceStatus } from '../../shared/model/source.ts';

/**
 * What a poll found before the pipeline looks. `ask`: the pipeline's own queries are the poll. `failed`: nothing of it
 * can be trusted; the pipeline is told all the same, as blindness is a verdict of its own.
 */
export type PollOutcome =
  | { readonly kind: 'ask' }
  | {
      readonly kind: 'scraped';
      readonly targetsUp: number;
      readonly targetsDown: number;
      readonly samples: number;
    }
  /** Pushed samples, none at a tick that only looks. */
  | { readonly kind: 'received'; readonly samples: number }
  | { readonly kind: 'failed'; readonly problem: string };

export interface Polled {
  readonly sourceId: string;
  /** The instant that the samples of this poll carry; queries of the poll are asked at it. */
  readonly at: number;
  readonly outcome: PollOutcome;
}

/** Awaited before the next poll of that source: one source is never evaluated twice at a time. */
export type OnPolled = (polled: Polled) => Promise<void>;

/** What one source says of itself; the schedule adds its own to make a `SourceStatus`. */
export type PollReport = Pick<
  SourceStatus,
  | 'address'
  | 'condition'
  | 'sinceAt'
  | 'lastOkAt'
  | 'lastTryAt'
  | 'nextTryAt'
  | 'latencyMs'
  | 'problem'
  | 'seriesCount'
  | 'targets'
  | 'sender'
  | 'leftOut'
  | 'decisionDelay'
>;

/** What a source knows of itself, before the account of what was left out of it and how late it is decided on. */
export type BareReport = Omit<PollReport, 'sender' | 'leftOut' | 'decisionDelay'>;

/** One source as the schedule drives it. */
export interface Poll extends Omit<BarePoll, 'report'> {
  report(): PollReport;
}

export interface BarePoll {
  readonly kind: SourceKind;
  readonly target: QueryTarget;
  /** One whole poll, the pipeline's part included; true where the source was really seen. */
  run(at: number): Promise<boolean>;
  report(): BareReport;
  /** Ends back-offs. */
  tryNow(): void;
  onChange(listener: () => void): () => void;
  /** Lets go of connections; what is under way fails quickly and is not kept. */
  close(): Promise<void>;
  /** After `close`, when the source is gone for good: its series end. */
  end(at: number): Promise<void>;
}

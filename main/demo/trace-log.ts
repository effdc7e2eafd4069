import { Random } from './random.ts';

export type StageName = 'preprocessing' | 'model_inference' | 'postprocessing';

/** One request as its trace tells of it, filled in while it is served. Times are the fleet's, in milliseconds. */
export interface TracedRequest {
  readonly traceId: string;
  readonly requestId: string;
  readonly modelVersion: string;
  readonly startedAt: number;
  readonly stages: { readonly name: StageName; readonly startedAt: number; readonly endedAt: number }[];
  /** Features that could be had; null where the request ended before. */
  features: number | null;
  confidence: number | null;
  resultBytes: number | null;
  endedAt: number;
  failed: boolean;
}

/** Two requests a second show every stage, and fill nobody's disk. */
const EVERY_MS = 500;
/** A receiver that is away costs the oldest traces, not memory. */
const WAITING_MAX = 120;
const RESULT = { medianBytes: 1_800, sigma: 0.2 };

/**
 * Chooses which requests are traced and keeps them until somebody takes them. It draws from a stream of its own, so that
 * a fleet with traces gives the same metrics as one without.
 */
export class TraceLog {
  enabled = false;
  private readonly random: Random;
  private waiting: TracedRequest[] = [];
  private lastAt = Number.NEGATIVE_INFINITY;

  constructor(seed: number) {
    this.random = new Random(seed ^ 0x7ace);
  }

  /** Null where this request is not traced. */
  begin(at: number, modelVersion: string): TracedRequest | null {
    if (!this.enabled || at - this.lastAt < EVERY_MS) return null;
    this.lastAt = at;
    return {
      traceId: this.hex(32),
      requestId: `req-${this.hex(12)}`,
      modelVersion,
      startedAt: at,
      stages: [],
      features: null,
      confidence: null,
      resultBytes: null,
      endedAt: at,
      failed: false,
    };
  }

  end(trace: TracedRequest, at: number, failed: boolean, factor: number): void {
    trace.endedAt = at;
    trace.failed = failed;
    if (!failed)
      trace.resultBytes = Math.round(this.random.logNormal(RESULT.medianBytes, RESULT.sigma) * factor);
    this.waiting.push(trace);
    if (this.waiting.length > WAITING_MAX) this.waiting.shift();
  }

  take(): TracedRequest[] {
    const taken = this.waiting;
    this.waiting = [];
    return taken;
  }

  hex(length: number): string {
    let text = '';
    while (text.length < length)
      text += Math.floor(this.random.next() * 0x1_0000_0000)
        .toString(16)
        .padStart(8, '0');
    return text.slice(0, length);
  }
}

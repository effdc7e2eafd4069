/** What one source, and all together, may have under way. */
export interface AdmissionLimits {
  /** Requests under way, from their headers to their answer. Prometheus opens up to 200 at once by default. */
  readonly requestsMax: number;
  readonly requestsPerSourceMax: number;
  /** Bytes of bodies in memory, as they came and decoded. */
  readonly bytesMax: number;
  readonly bytesPerSourceMax: number;
  readonly requestsPerSecond: number;
  readonly burst: number;
}

/** Room for one body of the largest size with its decoded form, and beside it for those of others. */
export function admissionLimits(bodyBytesMax: number): AdmissionLimits {
  return {
    requestsMax: 512,
    requestsPerSourceMax: 256,
    bytesMax: Math.round(bodyBytesMax * 1.5),
    bytesPerSourceMax: Math.round(bodyBytesMax * 1.25),
    requestsPerSecond: 2_000,
    burst: 4_000,
  };
}

/** One request's part of what is bounded; it must be released once, whatever became of the request. */
export interface Ticket {
  /**
   * Takes so many bytes more. `busy`: others hold them, so the same request may pass later; `never`: this one alone
   * would be too much.
   */
  grow(bytes: number): Grant;
  /** Gives all bytes back before the end, once what they held is gone. */
  shrink(): void;
  release(): void;
}

export type Grant = 'granted' | 'busy' | 'never';
export type Admission = Ticket | 'too-often' | 'too-many';

/** Lets requests in, so that no source can take the place of another, nor all together the memory of the machine. */
export interface Admissions {
  admit(sourceId: string): Admission;
  underWay(): number;
  bytes(): number;
}

interface SourceUse {
  requests: number;
  bytes: number;
  /** Requests that may come at once; fills up with time. */
  allowance: number;
  allowanceAt: number;
}

export function createAdmissions(limits: AdmissionLimits, monotonic: () => number): Admissions {
  const sources = new Map<string, SourceUse>();
  const all = { requests: 0, bytes: 0 };
  const useOf = (sourceId: string) => {
    const known = sources.get(sourceId);
    if (known) return known;
    const use = { requests: 0, bytes: 0, allowance: limits.burst, allowanceAt: monotonic() };
    sources.set(sourceId, use);
    return use;
  };
  return {
    underWay: () => all.requests,
    bytes: () => all.bytes,
    admit(sourceId) {
      const use = useOf(sourceId);
      const now = monotonic();
      const gained = ((now - use.allowanceAt) / 1_000) * limits.requestsPerSecond;
      use.allowance = Math.min(limits.burst, use.allowance + gained);
      use.allowanceAt = now;
      if (use.allowance < 1) return 'too-often';
      if (use.requests >= limits.requestsPerSourceMax || all.requests >= limits.requestsMax)
        return 'too-many';
      use.allowance -= 1;
      use.requests += 1;
      all.requests += 1;
      return ticketOf(use, all, limits);
    },
  };
}

function ticketOf(use: SourceUse, all: { requests: number; bytes: number }, limits: AdmissionLimits): Ticket {
  let held = 0;
  let open = true;
  const change = (bytes: number) => {
    held += bytes;
    use.bytes += bytes;
    all.bytes += bytes;
  };
  return {
    grow(bytes) {
      if (held + bytes > Math.min(limits.bytesPerSourceMax, limits.bytesMax)) return 'never';
      if (use.bytes + bytes > limits.bytesPerSourceMax || all.bytes + bytes > limits.bytesMax) return 'busy';
      change(bytes);
      return 'granted';
    },
    shrink: () => change(-held),
    release() {
      if (!open) return;
      open = false;
      change(-held);
      use.requests -= 1;
      all.requests -= 1;
    },
  };
}

import { createHash, randomBytes, randomUUID } from 'node:crypto';

/** Where fresh identifiers come from; passed in, so that a scenario is the same each time. */
export interface Ids {
  /** A new opaque identifier. */
  fresh(): string;
}

export function randomIds(): Ids {
  return { fresh: () => randomUUID() };
}

/** Counts up: for scenarios and replay. */
export function countingIds(prefix: string): Ids {
  let next = 0;
  return {
    fresh: () => {
      next += 1;
      return `${prefix}-${next}`;
    },
  };
}

/** A URL-safe secret of the given number of random bytes. */
export function secretToken(bytes = 32): string {
  return randomBytes(bytes).toString('base64url');
}

/** SHA-256 in hex. */
export function sha256(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The same labels give the same fingerprint, whatever their order. 16 hex digits. */
export function fingerprint(labels: Readonly<Record<string, string>>): string {
  const sorted = Object.keys(labels).sort();
  return sha256(JSON.stringify(sorted.map((name) => [name, labels[name]]))).slice(0, 16);
}

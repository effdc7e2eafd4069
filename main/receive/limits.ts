import type { ReceiveLimits } from './received.ts';

/**
 * What one request may hold. The body's cap and the series of a source are promises (docs/limits.md); labels have the
 * store's own limits, so that nothing is taken here which it would refuse.
 */
export const RECEIVE_LIMITS: ReceiveLimits = {
  bodyBytesMax: 32 * 1024 * 1024,
  /** Snappy cannot pass 22; gzip of real metrics stays well under this, and of nothing but blanks reaches 1,000. */
  ratioMax: 64,
  labelsMax: 64,
  labelBytesMax: 4_096,
  samplesMax: 500_000,
  depthMax: 32,
};

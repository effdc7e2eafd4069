/**
 * Decides who is polled when, and brings what was scraped into the store: labels attached, `up` made, ends marked.
 * Each source has one schedule that never polls twice at a time, counts what it missed, and says within two intervals
 * that a source is not watched. After each poll the pipeline is called and awaited, so that a decision always follows data.
 */
export { createBackfill, type LookBack, type LookedBack } from './backfill.ts';
export { createIngest, type Ingest, type IngestDeps } from './ingest.ts';
export { createWatchLedger, type WatchLedger } from './ledger.ts';
export type { OnPolled, Polled, PollOutcome } from './poll.ts';
export type { Listening } from './poll-push.ts';
export type { Reported } from './push-keeper.ts';
export { createScrapeApi } from './scrape.ts';
export type { ScrapeApi } from './scrape-api.ts';

import { createWatchLedger, type WatchLedger } from '../../main/ingest/index.ts';
import { type Clock, silentLogger } from '../../main/platform/index.ts';

/** A ledger that is kept nowhere. */
export function memoryLedger(clock: Clock): WatchLedger {
  return createWatchLedger({
    clock,
    logger: silentLogger(),
    log: { loadWatch: async () => [], saveWatch: async () => undefined },
  });
}

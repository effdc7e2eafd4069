import type { SourceConfig } from '../../shared/config/source.ts';
import { meetUnwatched } from '../../shared/model/watch.ts';
import type { WatchLedger } from '../ingest/index.ts';

/** What brings the samples that are stored here, and those of all sources together. */
const KINDS: ReadonlyMap<string, readonly SourceConfig['kind'][]> = new Map([
  ['local', ['exposition', 'push']],
  ['joined', ['exposition', 'push', 'prometheus']],
]);

/**
 * When nobody watched what is asked: of a source of its own what the ledger says; of what is stored here, and of all
 * sources together, the time in which none of those that bring it was watched. One that is silent hatches no chart of
 * the others; its own gaps are in its row in Health.
 */
export function unwatchedOf(
  ledger: Pick<WatchLedger, 'unwatched'>,
  sources: () => readonly Pick<SourceConfig, 'id' | 'kind'>[],
): WatchLedger['unwatched'] {
  return (asked, fromAt, toAt) => {
    const all = sources();
    const kinds = all.some((one) => one.id === asked) ? undefined : KINDS.get(asked);
    const bringing = kinds ? all.filter((one) => kinds.includes(one.kind)) : [];
    if (bringing.length === 0) return ledger.unwatched(asked, fromAt, toAt);
    return meetUnwatched(bringing.map((one) => ledger.unwatched(one.id, fromAt, toAt)));
  };
}

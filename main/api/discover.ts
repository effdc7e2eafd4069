import type { Address, LookEvent } from '../../shared/contract/discover.ts';
import { CodedError } from '../../shared/error/coded.ts';
import type { Result } from '../../shared/error/result.ts';
import type { CatalogueFile } from '../../shared/model/catalogue.ts';
import type { Discovery, ProbeAnswer } from '../../shared/model/proposal.ts';
import type { Abort } from '../../shared/unit/abort.ts';
import { answering, procedures } from './context.ts';

export interface LookOptions {
  readonly signal: Abort;
  readonly onProgress: (done: number, of: number, what: string) => void;
}

export interface DiscoverPart {
  readonly catalogue: readonly CatalogueFile[];
  readonly probe: (address: Address) => Promise<Result<ProbeAnswer, string>>;
  /** Rejects with a coded error where the source cannot be looked at. */
  readonly look: (sourceId: string, address: Address | undefined, options: LookOptions) => Promise<Discovery>;
}

/** Requests about what a source has. */
export function discoverRouter({ catalogue, probe, look }: DiscoverPart) {
  const at = procedures.discover;
  return at.router({
    catalogue: at.catalogue.handler(() => [...catalogue]),
    probe: at.probe.handler(({ input, errors }) =>
      answering(errors, async () => {
        const answer = await probe(input);
        if (!answer.ok) throw new CodedError('nothing-there', answer.error);
        return answer.value;
      }),
    ),
    look: at.look.handler(async function* ({ input, errors, signal }) {
      const ended = new AbortController();
      signal?.addEventListener('abort', () => ended.abort(), { once: true });
      try {
        yield* events((onProgress) =>
          answering(errors, () => look(input.sourceId, input.address, { signal: ended.signal, onProgress })),
        );
      } finally {
        // The window went away or stopped it: nobody waits for the rest.
        ended.abort();
      }
    }),
  });
}

/** Progress as it comes, the latest only, then what was found. */
async function* events(
  run: (onProgress: LookOptions['onProgress']) => Promise<Discovery>,
): AsyncGenerator<LookEvent, void> {
  let latest: LookEvent | null = null;
  let wake: () => void = () => undefined;
  const found = run((done, of, what) => {
    latest = { kind: 'progress', done, of, what };
    wake();
  });
  let settled = false;
  const settle = found
    .then(
      () => undefined,
      () => undefined,
    )
    .then(() => {
      settled = true;
      wake();
    });
  while (!settled) {
    await Promise.race([settle, new Promise<void>((resolve) => (wake = resolve))]);
    const event: LookEvent | null = latest;
    latest = null;
    if (event && !settled) yield event;
  }
  yield { kind: 'found', discovery: await found };
}

import { answering, procedures } from './context.ts';

export interface SourcePart {
  /** Asks the source at once; throws a coded error where there is no such source. */
  readonly tryNow: (sourceId: string) => Promise<void>;
}

/** Requests about sources. */
export function sourceRouter({ tryNow }: SourcePart) {
  const at = procedures.source;
  return at.router({
    tryNow: at.tryNow.handler(({ input, errors }) => answering(errors, () => tryNow(input.sourceId))),
  });
}

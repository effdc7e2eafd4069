import type { Abort } from '../../shared/unit/abort.ts';
import type { PastWatch } from '../slo/index.ts';

/** Looks under way whose progress is kept: more are a window that forgets to cancel. */
const LOOKS_MAX = 1_000;

/** Long looks at the past under way, by the names that their windows gave them. */
export function createPastLooks() {
  const looks = new Map<string, { readonly done: number; readonly all: number }>();
  return {
    /** Runs a look that ends with the signal, and whose progress can be asked for. */
    async during<T>(
      name: string | undefined,
      signal: Abort | undefined,
      look: (watch: PastWatch) => Promise<T>,
    ): Promise<T> {
      const note = (done: number, all: number) => {
        if (name !== undefined && (looks.has(name) || looks.size < LOOKS_MAX)) looks.set(name, { done, all });
      };
      try {
        return await look({ signal, onProgress: note });
      } finally {
        if (name !== undefined) looks.delete(name);
      }
    },
    progress: (name: string) => looks.get(name) ?? null,
  };
}

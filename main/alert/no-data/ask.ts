import type { InstantSample, QueryTarget, RangeWindow, Series } from '../../../shared/model/metric.ts';
import { SECOND_MS } from '../../../shared/unit/time.ts';

/** Few questions, each bounded in time: looking for the reason must not hold up what is watched. */
const TIMEOUT_MS = 5 * SECOND_MS;
/** What has more series than this is not compared one by one. */
export const SERIES_MAX = 300;

export interface Ask {
  /** Null where the source could not answer: then nothing is known, and nothing is concluded. */
  instant(expression: string, at: number): Promise<readonly InstantSample[] | null>;
  range(expression: string, window: RangeWindow): Promise<readonly Series[] | null>;
}

export function askOf(target: QueryTarget): Ask {
  return {
    async instant(expression, at) {
      const answer = await target.instant(expression, at, { timeoutMs: TIMEOUT_MS });
      return answer.ok && answer.value.kind === 'vector' ? answer.value.samples : null;
    },
    async range(expression, window) {
      const answer = await target.range(expression, window, { timeoutMs: TIMEOUT_MS });
      return answer.ok ? answer.value : null;
    },
  };
}

/** The time of day, in words that need no reader's time zone. */
export function clockTime(at: number): string {
  return `${new Date(at).toISOString().slice(11, 16)} UTC`;
}

import { causesText, type Unwatched } from '../../shared/model/watch.ts';
import { formatDuration } from '../../shared/unit/time.ts';

/** A span as a chart hatches it. */
export interface ViewSpan {
  readonly fromAt: number;
  readonly toAt: number;
  readonly label: string;
  /** Why nobody watched, for who asks. */
  readonly detail: string;
}

/** The spans of the ledger in the words of a chart. */
export function viewSpans(unwatched: readonly Unwatched[]): ViewSpan[] {
  return unwatched.map(({ fromAt, toAt, causes, filledAt }) => {
    const length = `unwatched ${formatDuration(Math.max(1_000, toAt - fromAt))}`;
    const unrecorded = causes.includes('unrecorded');
    return {
      fromAt,
      toAt,
      label: unrecorded ? 'unwatched' : filledAt === null ? length : `${length}, backfilled`,
      detail: causesText(causes),
    };
  });
}

import { err, type Result } from '../../../shared/error/result.ts';
import type { InstantValue, RangeWindow, Series } from '../../../shared/model/metric.ts';
import { formatDuration, MINUTE_MS } from '../../../shared/unit/time.ts';
import type { DataProblem } from './data-problem.ts';

/** Between which times an answer may lie, of what was asked for; plain data, so that a thread can be told. */
export interface AskedTime {
  readonly fromAt: number;
  readonly toAt: number;
  /** How far beside it an answer may lie. */
  readonly slackMs: number;
}

/**
 * The API answers an instant with that very instant. Some backends ask their newest samples 30 s late, and round a
 * range to its step; what lies further off comes from a cache or a clock that is wrong, and would pass for now.
 * Source: https://docs.victoriametrics.com/victoriametrics/#prometheus-querying-api-usage (latencyOffset)
 */
const SLACK_MS = MINUTE_MS;

export function askedInstant(at: number): AskedTime {
  return { fromAt: at, toAt: at, slackMs: SLACK_MS };
}

export function askedRange({ fromAt, toAt, stepMs }: RangeWindow): AskedTime {
  return { fromAt, toAt, slackMs: SLACK_MS + stepMs };
}

/** Refuses what was read where it is of another time than was asked for. */
export function ofAskedTime<T extends InstantValue | readonly Series[]>(
  read: Result<T, DataProblem>,
  asked: AskedTime,
): Result<T, DataProblem> {
  if (!read.ok) return read;
  const value: InstantValue | readonly Series[] = read.value;
  for (const at of timesOf(value)) {
    const what = offBy(at, asked);
    if (what !== null)
      return err({
        kind: 'shape',
        what: `it answered for another time than it was asked for (${what}), as an old cache would`,
      });
  }
  return read;
}

/** The times of an instant, and the first and last of each series of a range, whose times ascend. */
function* timesOf(value: InstantValue | readonly Series[]): Generator<number> {
  if (!('kind' in value)) {
    for (const { times } of value) {
      const [first, last] = [times[0], times.at(-1)];
      if (first !== undefined) yield first;
      if (last !== undefined) yield last;
    }
  } else if (value.kind === 'scalar') yield value.at;
  else for (const { at } of value.samples) yield at;
}

function offBy(at: number, { fromAt, toAt, slackMs }: AskedTime): string | null {
  if (at < fromAt - slackMs) return `${formatDuration(fromAt - at)} earlier`;
  return at > toAt + slackMs ? `${formatDuration(at - toAt)} later` : null;
}

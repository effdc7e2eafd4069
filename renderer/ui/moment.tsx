import { absoluteUtc, ago, shortUtc } from './format.ts';

/** A time: relative, absolute on hover. */
export function Ago({ at, now }: { at: number; now: number }) {
  return (
    <time dateTime={new Date(at).toISOString()} title={absoluteUtc(at)}>
      {ago(at, now)}
    </time>
  );
}

/** A time of day in UTC, absolute on hover. */
export function Clock({ at, now }: { at: number; now: number }) {
  return (
    <time dateTime={new Date(at).toISOString()} title={absoluteUtc(at)}>
      {shortUtc(at, now)}
    </time>
  );
}

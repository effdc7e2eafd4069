/** A line of a chart: times ascend, a missing sample is simply absent. */
export interface Line {
  readonly label: string;
  /** Name of a colour token, `chart-1`. */
  readonly colour: string;
  readonly times: ArrayLike<number>;
  readonly values: ArrayLike<number>;
  readonly dashed?: boolean;
  /** Shade where it is past the threshold. */
  readonly fill?: boolean;
}

/** A span of time in which nobody watched; null on the right is until now. */
export interface Span {
  readonly fromAt: number;
  readonly toAt: number;
  readonly label: string;
  /** Why; said under the crosshair. */
  readonly detail?: string;
}

type Column = (number | null)[];
/** Common times in seconds, then for each line what was watched and what was filled in later. */
export interface Aligned {
  readonly seconds: number[];
  readonly watched: readonly Column[];
  readonly late: readonly Column[];
}

/**
 * Puts lines on common times. Where a line has no sample for more than one and a half steps, or a value that is no
 * number, stands a null, so that no gap is ever joined. Samples inside unwatched spans go to `late`, drawn dotted.
 */
export function align(lines: readonly Line[], stepMs: number, spans: readonly Span[]): Aligned {
  const times = new Set<number>();
  for (const line of lines)
    for (let i = 0; i < line.times.length; i += 1) {
      const at = line.times[i] ?? 0;
      times.add(at);
      const next = line.times[i + 1];
      // The place of the null: without it the next sample would be joined to this one.
      if (next !== undefined && next - at > stepMs * 1.5) times.add(at + stepMs);
    }
  for (const span of spans) for (const edge of [span.fromAt, span.toAt]) if (times.size > 0) times.add(edge);
  const ordered = [...times].sort((a, b) => a - b);
  const watched = lines.map((line) => columnOf(line, ordered, stepMs));
  const late = watched.map((column) => splitLate(column, ordered, spans));
  return { seconds: ordered.map((at) => at / 1_000), watched, late };
}

function columnOf(line: Line, ordered: readonly number[], stepMs: number): Column {
  const column: Column = [];
  let next = 0;
  for (const at of ordered) {
    while (next < line.times.length && (line.times[next] ?? 0) < at) next += 1;
    if (line.times[next] === at) {
      const value = line.values[next] ?? Number.NaN;
      column.push(Number.isFinite(value) ? value : null);
    } else column.push(between(line, next, at, stepMs));
  }
  return column;
}

// A time that only another line has: this one is drawn straight through if its own samples are near enough.
function between(line: Line, next: number, at: number, stepMs: number): number | null {
  const [t0, t1] = [line.times[next - 1], line.times[next]];
  if (t0 === undefined || t1 === undefined || t1 - t0 > stepMs * 1.5) return null;
  const [v0, v1] = [line.values[next - 1] ?? Number.NaN, line.values[next] ?? Number.NaN];
  const value = v0 + ((v1 - v0) * (at - t0)) / (t1 - t0);
  return Number.isFinite(value) ? value : null;
}

function splitLate(column: Column, ordered: readonly number[], spans: readonly Span[]): Column {
  return ordered.map((at, index) => {
    const span = spans.find((one) => at >= one.fromAt && at <= one.toAt);
    if (!span) return null;
    const value = column[index] ?? null;
    // The edges belong to both, so that the dotted part meets the drawn one.
    if (at > span.fromAt && at < span.toAt) column[index] = null;
    return value;
  });
}

import type { Span } from './align.ts';
import type { Mark } from './draw.ts';

/** One line of a signal chart. NaN is a gap. */
export interface SignalColumn {
  readonly values: Float64Array;
  /** Name of a colour token, `chart-1`. */
  readonly colour: string;
  /** A line to compare with, drawn dashed and quieter. */
  readonly dashed: boolean;
}

/** A histogram over time: what fell into each bucket, bucket by bucket with all columns. */
export interface SignalHeat {
  readonly bounds: Float64Array;
  readonly cells: Float64Array;
  readonly max: number;
}

/** What was expected of one line, drawn as an area behind it. */
export interface SignalBounds {
  /** The line's place among the columns. */
  readonly column: number;
  readonly low: Float64Array;
  readonly high: Float64Array;
}

/** All that a signal chart shows. Times are milliseconds UTC, the columns' in seconds. */
export interface SignalData {
  readonly fromAt: number;
  readonly toAt: number;
  readonly seconds: Float64Array;
  readonly columns: readonly SignalColumn[];
  readonly band: { readonly low: Float64Array; readonly high: Float64Array } | null;
  readonly bounds: readonly SignalBounds[];
  readonly heat: SignalHeat | null;
  readonly marks: readonly Mark[];
  readonly spans: readonly Span[];
}

/** What stands under the crosshair: a column of the data, and for a histogram the bucket. */
export interface SignalPoint {
  readonly slot: number;
  readonly bucket: number | null;
}

/** The lowest and the highest of all that is drawn; null where nothing is. */
export function extentOf(data: SignalData): readonly [number, number] | null {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const see = (values: Float64Array) => {
    for (const value of values) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  };
  for (const column of data.columns) see(column.values);
  if (data.band) {
    see(data.band.low);
    see(data.band.high);
  }
  for (const bounds of shownBounds(data, null)) {
    see(bounds.low);
    see(bounds.high);
  }
  return low <= high ? [low, high] : null;
}

/** Areas over each other tell nothing: with more lines than these only the one that is pointed at has its own. */
const AREAS_MAX = 4;

export function shownBounds(
  { bounds }: Pick<SignalData, 'bounds'>,
  focus: number | null,
): readonly SignalBounds[] {
  if (focus !== null) return bounds.filter((one) => one.column === focus);
  return bounds.length <= AREAS_MAX ? bounds : [];
}

/** Whether a column's time lies inside a span that nobody watched. */
export function inSpans(spans: readonly Span[]): (seconds: number) => boolean {
  return (seconds) => spans.some((span) => seconds * 1_000 > span.fromAt && seconds * 1_000 < span.toAt);
}

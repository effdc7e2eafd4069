/** Maps a column's time and a value to pixels of the canvas. */
export interface Place {
  readonly x: (slot: number) => number;
  readonly y: (value: number) => number;
}

/** What a path is drawn with; a canvas' `Path2D` is one. */
export interface Pen {
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
}

/** A point that stands alone is drawn this wide, or nobody would see it. */
const ALONE_PX = 2;

/**
 * Draws a column as lines that end where it has a gap (NaN), and only over the slots that `holds` accepts.
 * A single sample between two gaps becomes a short dash.
 */
export function tracePath(
  pen: Pen,
  values: ArrayLike<number>,
  place: Place,
  holds: (slot: number) => boolean,
): void {
  let run = 0;
  let [lastX, lastY] = [0, 0];
  const end = () => {
    if (run === 1) {
      pen.moveTo(lastX - ALONE_PX / 2, lastY);
      pen.lineTo(lastX + ALONE_PX / 2, lastY);
    }
    run = 0;
  };
  for (let slot = 0; slot < values.length; slot += 1) {
    const value = values[slot] as number;
    if (Number.isNaN(value) || !holds(slot)) {
      end();
      continue;
    }
    const [x, y] = [place.x(slot), place.y(value)];
    if (run === 0) pen.moveTo(x, y);
    else pen.lineTo(x, y);
    run += 1;
    [lastX, lastY] = [x, y];
  }
  end();
}

/** Draws what lies between two columns as closed areas, one for each run without a gap. */
export function traceBand(
  pen: Pen & { closePath(): void },
  low: ArrayLike<number>,
  high: ArrayLike<number>,
  place: Place,
): void {
  let from = -1;
  const close = (to: number) => {
    if (from < 0) return;
    // One slot has no width of its own; it is drawn as wide as a lone sample.
    const right = to === from ? ALONE_PX : 0;
    pen.moveTo(place.x(from), place.y(high[from] as number));
    for (let slot = from; slot <= to; slot += 1)
      pen.lineTo(place.x(slot) + right, place.y(high[slot] as number));
    for (let slot = to; slot >= from; slot -= 1)
      pen.lineTo(place.x(slot) + right, place.y(low[slot] as number));
    pen.closePath();
    from = -1;
  };
  for (let slot = 0; slot < low.length; slot += 1) {
    if (Number.isNaN(low[slot] as number)) close(slot - 1);
    else if (from < 0) from = slot;
  }
  close(low.length - 1);
}

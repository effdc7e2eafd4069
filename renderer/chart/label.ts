/** A label that would like to stand beside its mark; pixels of the canvas. */
export interface WantedLabel {
  readonly text: string;
  readonly x: number;
  readonly width: number;
}

/** Where it stands: in which row, and on which side of its mark. */
export interface Place {
  readonly row: number;
  readonly side: 'left' | 'right';
}

const GAP = 4;

/**
 * Labels of marks, none over another: right of the mark where there is room, in the first row that is free, else left of
 * it. What fits nowhere is left out; its mark keeps its line and its words for who cannot see the chart.
 */
export function placeLabels<Label extends WantedLabel>(
  wanted: readonly Label[],
  room: { readonly left: number; readonly right: number; readonly rows: number },
  gap = GAP,
): (Label & Place)[] {
  const taken: [from: number, to: number][][] = Array.from({ length: room.rows }, () => []);
  const placed: (Label & Place)[] = [];
  for (const label of [...wanted].sort((a, b) => a.x - b.x)) {
    for (const side of ['right', 'left'] as const) {
      const from = side === 'right' ? label.x : label.x - label.width - gap;
      const to = from + label.width + gap;
      if (from < room.left || to > room.right) continue;
      const row = taken.findIndex((spans) => spans.every(([start, end]) => to <= start || from >= end));
      if (row < 0) continue;
      taken[row]?.push([from, to]);
      placed.push({ ...label, row, side });
      break;
    }
  }
  return placed;
}

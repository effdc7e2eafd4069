import type uPlot from 'uplot';
import { axisNumber } from './axis-number.ts';
import { timeLabel, timeSplits, ySplits } from './scale.ts';
import type { SignalHeat } from './signal-data.ts';

/** What the axes read each time they are drawn. */
export interface AxisSource {
  readonly font: string;
  readonly colour: (token: string) => string;
  readonly unit: () => string;
  readonly zone: () => 'utc' | 'local';
  readonly heat: () => SignalHeat | null;
}

/** The least height of a label, so that two never touch. */
const LABEL_PX = 18;
/** Half of a time's width, less what stands free beside the chart: nearer to its right edge a time would be cut off. */
const HALF_PX = 20;

export function axesOf(source: AxisSource): uPlot.Axis[] {
  const shared: uPlot.Axis = {
    font: source.font,
    stroke: () => source.colour('text-3'),
    grid: { stroke: () => source.colour('chart-grid'), width: 1 },
    ticks: { show: false },
  };
  return [
    {
      ...shared,
      size: 22,
      gap: 4,
      splits: (plot, _axis, min, max) => splitsIn(source.zone(), min, max, plot.width),
      values: (plot, splits) => {
        const stepS = (splits[1] ?? 0) - (splits[0] ?? 0) || 60;
        const isWhole = (at: number) => plot.valToPos(at, 'x') < plot.bbox.width / devicePixelRatio - HALF_PX;
        return splits.map((at) => (isWhole(at) ? timeLabel(at + offsetOf(source.zone(), at), stepS) : ''));
      },
    },
    {
      ...shared,
      // The same for all panels, so that stacked charts share their times.
      size: 60,
      gap: 6,
      splits: (plot, _axis, min, max) => {
        const heightPx = plot.bbox.height / devicePixelRatio;
        const heat = source.heat();
        return heat ? boundSplits(heat, heightPx) : ySplits(min, max, heightPx);
      },
      values: (_plot, splits) => {
        const heat = source.heat();
        return splits.map((one) =>
          heat ? boundText(heat.bounds[one - 1], source.unit()) : axisNumber(one, source.unit()),
        );
      },
    },
  ];
}

/** Seconds that local clocks are ahead of UTC at that time. */
function offsetOf(zone: 'utc' | 'local', seconds: number): number {
  return zone === 'utc' ? 0 : -new Date(seconds * 1_000).getTimezoneOffset() * 60;
}

function splitsIn(zone: 'utc' | 'local', min: number, max: number, widthPx: number): number[] {
  const offset = offsetOf(zone, min);
  return timeSplits(min + offset, max + offset, widthPx).map((at) => at - offset);
}

/** A histogram's axis counts buckets; between two of them stands their bound. */
function boundSplits(heat: SignalHeat, heightPx: number): number[] {
  const every = Math.max(1, Math.ceil((heat.bounds.length * LABEL_PX) / Math.max(LABEL_PX, heightPx)));
  const splits: number[] = [];
  for (let at = every; at < heat.bounds.length; at += every) splits.push(at);
  return splits;
}

export function boundText(bound: number | undefined, unit: string): string {
  return bound === undefined ? '' : axisNumber(bound, unit);
}

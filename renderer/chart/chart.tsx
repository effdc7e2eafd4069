import { type CSSProperties, type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { formatSignificant } from '../../shared/unit/number.ts';
import { clockUtc } from '../ui/format.ts';
import styles from './chart.module.css';
import { createPlot, type Plot, type PlotData, type Reading } from './plot.ts';

export interface ChartProps extends Partial<Omit<PlotData, 'lines' | 'stepMs' | 'fromAt' | 'toAt'>> {
  title: string;
  /** What the numbers are, and of what: `ms, ranking-model`. */
  unit: string;
  lines: PlotData['lines'];
  stepMs: number;
  fromAt: number;
  toAt: number;
  link: string;
  timeAxis?: boolean;
  surface?: 'surface-1' | 'surface-2';
  /** Appended to the numbers of the axis and the crosshair: `×`, ` %`. */
  suffix?: string;
  /** How a reading is written, where digits and suffix would not do. */
  format?: (value: number) => string;
  aside?: ReactNode;
  grow?: boolean;
}

/** A chart with its title, unit, key and, under the crosshair, its values. Double click shows all again. */
export function Chart(props: ChartProps) {
  const {
    title,
    unit,
    lines,
    link,
    timeAxis = true,
    surface = 'surface-1',
    suffix = '',
    format = (value) => `${formatSignificant(value)}${suffix}`,
    aside,
    grow = false,
  } = props;
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | null>(null);
  const [reading, setReading] = useState<Reading | null>(null);
  const data = usePlotData(props);
  const latest = useRef(data);
  latest.current = data;
  // A plot is made anew only when its lines are others; new samples are put into it.
  const shape = JSON.stringify([
    lines.map((one) => [one.label, one.colour, one.dashed, one.fill]),
    link,
    timeAxis,
    surface,
    suffix,
  ]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` stands for all that a plot cannot change later.
  useEffect(() => {
    if (!host.current) return;
    const tick = (value: number) => `${formatSignificant(value, 4)}${suffix}`;
    const look = { link, timeAxis, surface, format: tick };
    plot.current = createPlot(host.current, latest.current, look, setReading);
    return () => {
      plot.current?.destroy();
      plot.current = null;
    };
  }, [shape]);
  useEffect(() => plot.current?.update(data), [data]);

  const shown = reading ?? lastReading(data);
  return (
    <figure className={grow ? `chart ${styles.grow}` : 'chart'}>
      <figcaption>
        <h3 className={styles.title}>{title}</h3>
        <span className="t3 s12 clip">{unit}</span>
        <span className={styles.values} data-reading={reading !== null || undefined}>
          {aside}
          {lines.map((line, index) => (
            <span key={line.label} className="key" style={keyStyle(line.colour)}>
              {lines.length > 1 && line.label}
              {line.dashed ? '' : ' '}
              {!line.dashed && <b className="num">{valueText(shown?.values[index] ?? null, format)}</b>}
            </span>
          ))}
          {shown && <span className="t3 s12 num">{clockUtc(shown.at)}</span>}
        </span>
      </figcaption>
      <div ref={host} className={styles.plot} role="img" aria-label={summary(title, unit, data, format)} />
    </figure>
  );
}

function usePlotData(props: ChartProps): PlotData {
  const { lines, stepMs, fromAt, toAt, view = null, threshold = null, marks, spans } = props;
  const { floor = 0, ceiling = null } = props;
  return useMemo(
    () => ({
      lines,
      stepMs,
      fromAt,
      toAt,
      view,
      threshold,
      marks: marks ?? [],
      spans: spans ?? [],
      floor,
      ceiling,
    }),
    [lines, stepMs, fromAt, toAt, view, threshold, marks, spans, floor, ceiling],
  );
}

function keyStyle(colour: string): CSSProperties {
  const style: CSSProperties & { '--k': string } = { '--k': `var(--${colour})` };
  return style;
}

function valueText(value: number | null, format: (value: number) => string): string {
  return value === null ? 'no data' : format(value);
}

function lastReading(data: PlotData): Reading | null {
  // A dashed line is a projection: it has no latest sample.
  const seen = data.lines.filter((line) => !line.dashed);
  const at = Math.max(...seen.map((line) => line.times[line.times.length - 1] ?? 0), 0);
  if (at === 0) return null;
  const values = data.lines.map((line) => {
    const last = line.values[line.values.length - 1];
    return line.times[line.times.length - 1] === at && last !== undefined && Number.isFinite(last)
      ? last
      : null;
  });
  return { at, values };
}

/** The chart in a sentence, for who cannot see it. */
function summary(title: string, unit: string, data: PlotData, format: (value: number) => string): string {
  const last = lastReading(data);
  const values = data.lines
    .map((line, index) => `${line.label} ${valueText(last?.values[index] ?? null, format)}`)
    .join(', ');
  const threshold = data.threshold ? `; threshold ${data.threshold.label}` : '';
  const marks = data.marks
    .filter((one) => one.label !== '')
    .map((one) => `${one.label} at ${clockUtc(one.at)}`);
  return `${title}, ${unit}. Latest: ${values}${last ? ` at ${clockUtc(last.at)} UTC` : ''}${threshold}${marks.length > 0 ? `; ${marks.join(', ')}` : ''}.`;
}

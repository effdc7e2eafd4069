import styles from './chart.module.css';

const WIDTH = 88;
const HEIGHT = 22;
/** A quiet line stays near its floor instead of filling the picture with noise. */
const LEAST_TOP = 3;

export interface SparklineProps {
  /** Oldest first; null is a gap and is never joined. */
  values: readonly (number | null)[];
  threshold: number | null;
  hot: boolean;
  label: string;
}

/** A day of a number in one line of a table; the threshold is the hairline, where it is within the picture. */
export function Sparkline({ values, threshold, hot, label }: SparklineProps) {
  const seen = values.filter((one): one is number => one !== null);
  if (seen.length === 0) return <span className="t3 s12">no data</span>;
  const most = Math.max(...seen);
  const top = Math.max(most * 1.05, LEAST_TOP, hot && threshold !== null ? threshold * 1.15 : 0);
  const y = (value: number) => HEIGHT - 2 - Math.min(1, value / top) * (HEIGHT - 4);
  return (
    <svg
      className={styles.spark}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      {threshold !== null && threshold < top && (
        <line className={styles.threshold} x1="0" x2={WIDTH} y1={y(threshold)} y2={y(threshold)} />
      )}
      <path
        className={styles.line}
        data-hot={hot || undefined}
        d={sparkPath(values, (i) => (i / Math.max(1, values.length - 1)) * WIDTH, y)}
      />
    </svg>
  );
}

/** The path of a line whose gaps stay gaps; a lone point is drawn as a short stroke. */
export function sparkPath(
  values: readonly (number | null)[],
  x: (index: number) => number,
  y: (value: number) => number,
): string {
  let path = '';
  values.forEach((value, index) => {
    if (value === null) return;
    const before = values[index - 1] ?? null;
    const after = values[index + 1] ?? null;
    const point = `${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
    path += before === null ? `M${point}` : `L${point}`;
    if (before === null && after === null) path += 'h0.8';
  });
  return path;
}

import { axisNumber } from '../../chart/axis-number.ts';
import type { SignalPoint } from '../../chart/signal-data.ts';
import type { SignalFrame } from '../../state/signal-frame.ts';
import styles from './legend.module.css';
import { timeText } from './time-text.ts';

export interface HeatReadingProps {
  frame: SignalFrame;
  heat: NonNullable<SignalFrame['heat']>;
  point: SignalPoint | null;
  unit: string;
  zone: 'utc' | 'local';
}

/** What is in the cell under the pointer, and how the column is spread. */
export function HeatReading({ frame, heat, point, unit, zone }: HeatReadingProps) {
  const slots = frame.seconds.length;
  const slot = point?.slot ?? lastFilled(heat, slots);
  const column = Array.from(heat.bounds, (_, bucket) => heat.cells[bucket * slots + slot] ?? Number.NaN);
  const total = column.reduce((sum, one) => sum + (Number.isNaN(one) ? 0 : one), 0);
  const rows = column
    .map((value, bucket) => ({ value, bucket }))
    .filter(({ value }) => value > 0)
    .reverse();
  return (
    <div className={styles.legend}>
      <p className="t3 s12 num">
        {timeText((frame.seconds[slot] ?? 0) * 1_000, zone)}, {axisNumber(total, '')} in all
      </p>
      {rows.length === 0 && <p className="t2 s12">Nothing was measured at that time.</p>}
      <table className="small num">
        <tbody>
          {rows.map(({ value, bucket }) => (
            <tr key={bucket} data-on={point?.bucket === bucket || undefined} className={styles.heatRow}>
              <th scope="row" className="num">
                {bucket === 0 ? '' : `${axisNumber(heat.bounds[bucket - 1] as number, unit)} – `}
                {axisNumber(heat.bounds[bucket] as number, unit)} {unit}
              </th>
              <td className="n">{axisNumber(value, '')}</td>
              <td className="n t3">{Math.round((value / total) * 1_000) / 10} %</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function lastFilled(heat: HeatReadingProps['heat'], slots: number): number {
  for (let slot = slots - 1; slot > 0; slot -= 1)
    for (let bucket = 0; bucket < heat.bounds.length; bucket += 1)
      if ((heat.cells[bucket * slots + slot] as number) > 0) return slot;
  return 0;
}

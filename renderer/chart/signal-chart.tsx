import { useEffect, useRef } from 'react';
import styles from './chart.module.css';
import type { SignalData, SignalPoint } from './signal-data.ts';
import { createSignalPlot, type SignalEvents, type SignalLook, type SignalPlot } from './signal-plot.ts';

export interface SignalChartProps extends SignalLook, SignalEvents {
  data: SignalData;
  /** The chart in a sentence, for who cannot see it. */
  summary: string;
  /** The line that is pointed at elsewhere. */
  focus: number | null;
}

/** Many lines, a band, or a histogram over time. Arrow keys move the crosshair. */
export function SignalChart(props: SignalChartProps) {
  const { data, summary, focus, link, unit, zone } = props;
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<SignalPlot | null>(null);
  const latest = useRef(props);
  latest.current = props;
  // A plot is made anew only when its lines are others; new samples are put into it.
  const shape = `${link} ${data.columns.map((one) => `${one.colour}${one.dashed ? '-' : ''}`).join()}`;

  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` stands for all that a plot cannot change later.
  useEffect(() => {
    if (!host.current) return;
    const now = () => latest.current;
    plot.current = createSignalPlot(host.current, now().data, now(), {
      onPoint: (point: SignalPoint | null) => now().onPoint(point),
      onZoom: (fromAt, toAt) => now().onZoom(fromAt, toAt),
      onReset: () => now().onReset(),
    });
    return () => {
      plot.current?.destroy();
      plot.current = null;
    };
  }, [shape]);
  useEffect(() => plot.current?.update(data, { link, unit, zone }), [data, link, unit, zone]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new plot has to be told, too.
  useEffect(() => plot.current?.focus(focus), [focus, shape]);

  return (
    <div
      ref={host}
      className={styles.plot}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys read the chart at its times.
      tabIndex={0}
      role="img"
      aria-label={summary}
      onKeyDown={(event) => {
        const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        if (by === undefined) return;
        event.preventDefault();
        plot.current?.step(event.shiftKey ? by * 10 : by);
      }}
    />
  );
}

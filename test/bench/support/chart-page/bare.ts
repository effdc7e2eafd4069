import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { decodeSeries } from '../../../../shared/contract/series-file.ts';
import { HEIGHT_PX, painted, place, servePage, WIDTH_PX } from './page.ts';

const COLOURS = ['#4af', '#fa4', '#4c8', '#e6a', '#a8f', '#ccc'];

/** The library as its own examples use it, and nothing else. */
function plot(file: ArrayBuffer, host: HTMLElement, width: number, height: number): uPlot {
  const data = tableOf(file);
  const series = data.slice(1).map((_, index) => ({ stroke: COLOURS[index % COLOURS.length] as string }));
  return new uPlot({ width, height, series: [{}, ...series] }, data, host);
}

function tableOf(file: ArrayBuffer): uPlot.AlignedData {
  const { series } = decodeSeries(file);
  const seconds = series[0]?.times.map((at) => at / 1_000) ?? new Float64Array();
  return [seconds, ...series.map((one) => one.values)];
}

let panels: (uPlot | null)[] = [];
servePage({
  firstPaint: async (file) => {
    const from = performance.now();
    plot(file, place(WIDTH_PX, HEIGHT_PX), WIDTH_PX, HEIGHT_PX);
    await painted();
    return performance.now() - from;
  },
  panels: (count) => {
    panels = Array.from({ length: count }, () => null);
  },
  tick: (panel, file) => {
    const shown = panels[panel];
    if (shown) shown.setData(tableOf(file));
    else panels[panel] = plot(file, place(400, 160), 400, 160);
  },
});

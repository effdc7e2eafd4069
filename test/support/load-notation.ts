import type { MetricWriterApi } from '../../main/store/index.ts';
import type { Labels } from '../../shared/model/metric.ts';

/** One value of Prometheus' series notation: a number, an absent sample, or the end of the series. */
export type LoadedValue = number | 'absent' | 'stale';

export interface LoadedSeries {
  readonly labels: Labels;
  readonly values: readonly LoadedValue[];
}

/**
 * Reads one line of Prometheus' test notation: `metric{a="b"} 0+10x100 _ stale 5x3`.
 * Source: https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/#series
 */
export function parseSeriesLine(line: string): LoadedSeries {
  const { labels, rest } = parseMetric(line.trim());
  return { labels, values: rest.trim().split(/\s+/).filter(Boolean).flatMap(expandValue) };
}

/** Reads the head of a series line; `rest` is what follows. */
export function parseMetric(text: string): { labels: Labels; rest: string } {
  const name = /^[a-zA-Z_:][\w:]*/.exec(text)?.[0] ?? '';
  const labels: Record<string, string> = name ? { __name__: name } : {};
  let rest = text.slice(name.length);
  if (/^\s*\{(?!\{)/.test(rest)) {
    rest = rest.replace(/^\s*\{/, '');
    for (;;) {
      rest = rest.replace(/^[\s,]+/, '');
      if (rest.startsWith('}')) break;
      const pair = /^([a-zA-Z_][\w]*)\s*=\s*"((?:[^"\\]|\\.)*)"/.exec(rest);
      if (!pair) throw new Error(`Not a series: ${text}`);
      labels[pair[1] ?? ''] = JSON.parse(`"${pair[2]}"`);
      rest = rest.slice(pair[0].length);
    }
    rest = rest.slice(1);
  }
  return { labels, rest };
}

function expandValue(word: string): LoadedValue[] {
  const absent = /^_(?:x(\d+))?$/.exec(word);
  if (absent) return Array.from({ length: Number(absent[1] ?? 1) }, () => 'absent' as const);
  const stale = /^stale(?:x(\d+))?$/.exec(word);
  if (stale) return Array.from({ length: Number(stale[1] ?? 0) + 1 }, () => 'stale' as const);
  const number = '[+-]?(?:\\d+\\.?\\d*(?:[eE][+-]?\\d+)?|\\.\\d+(?:[eE][+-]?\\d+)?|[iI]nf|NaN)';
  const match = new RegExp(
    `^(${number})(?:([+-](?:\\d+\\.?\\d*(?:[eE][+-]?\\d+)?|\\.\\d+)))?(?:x(\\d+))?$`,
  ).exec(word);
  if (!match) throw new Error(`Not a value of the series notation: ${word}`);
  const first = parseNumber(match[1] ?? '');
  const step = Number(match[2] ?? 0);
  const times = Number(match[3] ?? 0);
  return Array.from({ length: times + 1 }, (_, i) => (step === 0 ? first : first + step * i));
}

export function parseNumber(text: string): number {
  const infinite = /^([+-]?)inf$/i.exec(text);
  if (infinite) return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return /^nan$/i.test(text) ? Number.NaN : Number(text);
}

/** Writes the lines of one `load` to a store, the first value at `startAt`; for one instant the first line's batch is one append. */
export function loadSeries(
  writer: MetricWriterApi,
  lines: readonly string[],
  stepMs: number,
  startAt = 0,
): void {
  const series = lines.map(parseSeriesLine);
  const { refs } = writer.register(series.map(({ labels }) => labels));
  const length = Math.max(0, ...series.map(({ values }) => values.length));
  for (let step = 0; step < length; step += 1) {
    const at = startAt + step * stepMs;
    const numbers: { ref: number; value: number }[] = [];
    const stale: number[] = [];
    series.forEach(({ values }, i) => {
      const value = values[step];
      const ref = refs[i] ?? 0;
      if (typeof value === 'number') numbers.push({ ref, value });
      else if (value === 'stale') stale.push(ref);
    });
    if (numbers.length > 0)
      writer.append({
        at,
        refs: Uint32Array.from(numbers, ({ ref }) => ref),
        values: Float64Array.from(numbers, ({ value }) => value),
      });
    if (stale.length > 0) writer.markStale(Uint32Array.from(stale), at);
  }
}

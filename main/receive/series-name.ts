import type { Labels } from '../../shared/model/metric.ts';

const NAME_LENGTH_MAX = 200;

/** A series as a selector, cut: its labels are the sender's text. */
export function seriesName(labels: Labels): string {
  const { __name__: name = '', ...rest } = labels;
  const pairs = Object.entries(rest).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  const text = `${name}{${pairs.join(',')}}`;
  return text.length <= NAME_LENGTH_MAX ? text : `${text.slice(0, NAME_LENGTH_MAX - 1)}…`;
}

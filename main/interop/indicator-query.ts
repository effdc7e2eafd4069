import type { Indicator, Objective } from '../../shared/model/objective.ts';
import { promDuration } from '../../shared/unit/time.ts';
import { increaseQuery, readCounter } from '../slo/index.ts';

/** PromQL of bad and total over a window, as Midwatch counts them; each answers one value without labels, or nothing. */
export function countQueries(objective: Objective, windowMs: number): { bad: string; total: string } {
  const { slices, components } = objective;
  if (slices) {
    const range = `[${promDuration(windowMs)}:${promDuration(slices.lengthMs)}]`;
    const bad = `(${slices.bad})${range}`;
    return { bad: `sum_over_time(${bad})`, total: `count_over_time(${bad})` };
  }
  if (!components) return ratioQueries(objective.indicator, windowMs);
  const parts = components.map(({ indicator, weight }) => ({ ...ratioQueries(indicator, windowMs), weight }));
  const total = parts.map((one) => one.total).join(' + ');
  const rate = parts
    .map((one) => `((${one.weight} * clamp_max(${one.bad} / (${one.total} > 0), 1)) or ${one.total} * 0)`)
    .join(' + ');
  const weights = parts.map((one) => `(${one.weight} * (${one.total} > bool 0))`).join(' + ');
  return { bad: `((${rate}) / ((${weights}) > 0)) * (${total})`, total: `(${total})` };
}

function ratioQueries(indicator: Indicator, windowMs: number): { bad: string; total: string } {
  const total = textOf(indicator.total, windowMs);
  const part = textOf(indicator.bad ?? indicator.good ?? '', windowMs);
  // A series that is created with its first event is absent before it: none, where the total counts.
  const counted = `(${part} or ${total} * 0)`;
  return { bad: indicator.bad === undefined ? `clamp_min(${total} - ${counted}, 0)` : counted, total };
}

function textOf(text: string, windowMs: number): string {
  const counter = readCounter(text);
  return counter.ok ? increaseQuery(counter.value, windowMs) : text;
}

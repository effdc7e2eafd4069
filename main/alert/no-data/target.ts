import type { Labels } from '../../../shared/model/metric.ts';
import type { Ask } from './ask.ts';
import { type SelectorText, selectorFor } from './selector.ts';

/** A scraped target as its series name it. */
export interface Target {
  readonly job: string;
  readonly instance: string;
}

export function targetKey({ job, instance }: Target): string {
  return JSON.stringify([job, instance]);
}

/** Counters that stand still in no live process: where all of them do, the answer is an old one. */
const CLOCKS =
  'process_cpu_seconds_total|node_cpu_seconds_total|go_memstats_alloc_bytes_total|process_resident_memory_bytes|jvm_memory_used_bytes';
const TARGETS_MAX = 200;

function targetOf(labels: Labels): Target | null {
  const { job, instance } = labels;
  return job === undefined || instance === undefined ? null : { job, instance };
}

/** The targets that series came from, as their labels say, each once. */
export function targetsIn(series: readonly { readonly labels: Labels }[]): readonly Target[] {
  const found = series.flatMap((one) => targetOf(one.labels) ?? []);
  return [...new Map(found.map((one) => [targetKey(one), one])).values()].slice(0, TARGETS_MAX);
}

/** Targets whose last scrape failed; null where it could not be asked. */
export async function downTargets(ask: Ask, at: number): Promise<readonly Target[] | null> {
  const down = await ask.instant('up == 0', at);
  return down && targetsIn(down);
}

/** The targets that a selector's series came from lately; empty where they name none. */
export async function targetsOf(
  ask: Ask,
  selectors: readonly SelectorText[],
  at: number,
): Promise<readonly Target[]> {
  const found = new Map<string, Target>();
  for (const { text } of selectors) {
    const series = await ask.instant(`group by (job, instance) (last_over_time(${text}[15m]))`, at);
    for (const target of targetsIn(series ?? [])) found.set(targetKey(target), target);
  }
  return [...found.values()];
}

/** Whether the target was scraped well, and lately. */
export async function isUp(ask: Ask, target: Target, at: number): Promise<boolean> {
  const up = await ask.instant(`up${selectorFor({ ...target })}`, at);
  return up?.[0]?.value === 1;
}

/**
 * Whether the target is scraped while its samples carry times that do not move: older than two minutes, and more than
 * twice as old as the word that it was scraped.
 */
export async function isLate(ask: Ask, target: Target, text: string, at: number): Promise<boolean> {
  const lag = await ask.instant(`min(time() - timestamp(${text}))`, at);
  const upLag = await ask.instant(`min(time() - timestamp(up${selectorFor({ ...target })}))`, at);
  const [lagS, upLagS] = [lag?.[0]?.value, upLag?.[0]?.value];
  return lagS !== undefined && upLagS !== undefined && lagS >= LATE_S && lagS > 2 * upLagS;
}

const LATE_S = 120;

/** Whether the target repeats itself: what must move in a live process has not for ten minutes. */
export async function isFrozen(ask: Ask, target: Target, at: number): Promise<boolean> {
  const own = selectorFor({ ...target }).slice(1, -1);
  const moved = await ask.instant(`sum(changes({__name__=~"${CLOCKS}",${own}}[10m]))`, at);
  // A process that just began has no ten minutes to stand still in.
  const samples = await ask.instant(`min(count_over_time({__name__=~"${CLOCKS}",${own}}[10m]))`, at);
  return moved?.[0]?.value === 0 && (samples?.[0]?.value ?? 0) >= FROZEN_SAMPLES;
}

const FROZEN_SAMPLES = 10;

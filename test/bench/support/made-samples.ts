import { normal, seededRandom } from '../../../main/statistics/index.ts';

/** A day of one series, with the times that all of them share. */
export interface MadeSeries {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly values: Float64Array;
}

export interface MadeSamples {
  readonly times: Float64Array;
  readonly series: readonly MadeSeries[];
}

export const STEP_MS = 15_000;

/**
 * Samples as a scraped service and its machine give them: four in ten are counters of events (most of them quiet, as the
 * buckets of a histogram are), 15 % counters of seconds, 15 % whole gauges such as bytes and connections, 15 % ratios with
 * all their digits, 15 % constants. A counter begins again once in a while; one scrape in fifty is a few milliseconds off.
 */
export function makeSamples(seed: number, count: number, fromAt: number, steps: number): MadeSamples {
  const random = seededRandom(seed);
  const times = Float64Array.from(
    { length: steps },
    (_, i) => fromAt + i * STEP_MS + (random() < 0.02 ? Math.floor(random() * 5) : 0),
  );
  const series = Array.from({ length: count }, (_, i): MadeSeries => {
    const { kind, next } = makerOf(i % 20, random);
    return {
      name: `made_${kind}_${i % 7}`,
      labels: {
        instance: `10.0.${i % 5}.17:9100`,
        job: 'checkout',
        pod: `checkout-7d9f8b-${i >> 4}`,
        route: `/api/v1/orders/${i % 31}`,
        i: String(i),
      },
      values: Float64Array.from({ length: steps }, (_value, step) => next(step)),
    };
  });
  return { times, series };
}

function makerOf(
  kind: number,
  random: () => number,
): { readonly kind: string; readonly next: (step: number) => number } {
  if (kind < 8) return { kind: 'events_total', next: events(random, 10 ** (random() * 4 - 2)) };
  if (kind < 11) return { kind: 'seconds_total', next: seconds(random) };
  if (kind < 14) return { kind: 'bytes', next: whole(random) };
  if (kind < 17) return { kind: 'ratio', next: ratio(random) };
  const constant = Math.floor(random() * 1_000);
  return { kind: 'info', next: () => constant };
}

function events(random: () => number, perStep: number): (step: number) => number {
  let total = Math.floor(random() * 1e6);
  return (step) => {
    if (random() < 1 / 20_000) total = 0;
    const load = 1 + 0.5 * Math.sin((step / 5_760) * 2 * Math.PI);
    total += poisson(random, perStep * load);
    return total;
  };
}

function poisson(random: () => number, mean: number): number {
  if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal(random)));
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count += 1;
  return count;
}

/** Processor time: hundredths of a second, as the kernel counts. */
function seconds(random: () => number): (step: number) => number {
  let hundredths = Math.floor(random() * 1e7);
  const share = random();
  return () => {
    hundredths += Math.round(1_500 * share * (0.8 + 0.4 * random()));
    return hundredths / 100;
  };
}

/** Memory in pages: it moves now and then. */
function whole(random: () => number): (step: number) => number {
  let pages = Math.floor(random() * 1e5) + 1_000;
  return () => {
    if (random() < 0.4) pages = Math.max(1, pages + Math.round(40 * normal(random)));
    return pages * 4_096;
  };
}

function ratio(random: () => number): (step: number) => number {
  let value = random();
  return () => {
    value = Math.min(1, Math.max(0, value + 0.02 * normal(random)));
    return value;
  };
}

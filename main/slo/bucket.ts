import type { QueryTarget } from '../../shared/model/metric.ts';

/** The bounds that a histogram's buckets have, ascending; `le` is the label as the source writes it. */
export type Boundaries = readonly { readonly le: string; readonly seconds: number }[];

const LE = /(\{|,)(\s*)le\s*(=~?)\s*"(?:[^"\\]|\\.)*"/;

/** `requests_bucket{le="0.1"}` with another bound. */
export function withBoundary(selector: string, le: string): string {
  return selector.replace(LE, (_all, before: string, space: string) => `${before}${space}le="${le}"`);
}

/** The bounds that the source has for this bucket's histogram; null where the text is no bucket or nothing answers. */
export async function bucketBoundaries(
  selector: string,
  target: QueryTarget,
  at: number,
): Promise<Boundaries | null> {
  if (!LE.test(selector)) return null;
  const all = selector.replace(LE, (_all, before: string, space: string) => `${before}${space}le=~".+"`);
  const answer = await target.instant(`count by (le) (${all})`, at, { timeoutMs: 10_000 });
  if (!answer.ok || answer.value.kind === 'scalar') return null;
  return answer.value.samples
    .map(({ labels }) => ({ le: labels.le ?? '', seconds: Number(labels.le ?? Number.NaN) }))
    .filter((one) => Number.isFinite(one.seconds))
    .sort((a, b) => a.seconds - b.seconds);
}

/** The bounds on either side, the nearer first where there is only one side. */
export function nearestBoundaries(boundaries: Boundaries, seconds: number): Boundaries {
  const below = boundaries.filter((one) => one.seconds < seconds).at(-1);
  const above = boundaries.find((one) => one.seconds > seconds);
  return [below, above].flatMap((one) => one ?? []);
}

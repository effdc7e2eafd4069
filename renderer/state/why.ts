import type { FoundVerdict } from '../../shared/contract/alert.ts';
import { err, ok, type Result } from '../../shared/error/result.ts';
import { DAY_MS, HOUR_MS } from '../../shared/unit/time.ts';
import type { Failure } from './failure.ts';
import type { Requests } from './request.ts';

/** The times that can be searched; verdicts are kept for the longest. */
export const WHY_SPANS = [
  { id: '1h', label: 'last hour', ms: HOUR_MS },
  { id: '1d', label: 'last day', ms: DAY_MS },
  { id: '7d', label: 'last 7 days', ms: 7 * DAY_MS },
  { id: '30d', label: 'last 30 days', ms: 30 * DAY_MS },
  { id: '13mo', label: '13 months', ms: 396 * DAY_MS },
] as const;
export type WhySpan = (typeof WHY_SPANS)[number]['id'];

export interface WhyQuestion {
  readonly text: string;
  readonly span: WhySpan;
}

/** What was found so far; `toAt` stands still while pages are turned, so that none is shown twice. */
export interface WhyPages {
  readonly toAt: number;
  readonly found: readonly FoundVerdict[];
  readonly more: boolean;
}

const PAGE = 100;

/** The first page, or the one after those that are there. */
export async function loadVerdicts(
  requests: Requests,
  { text, span }: WhyQuestion,
  before: WhyPages | null,
  now: number,
): Promise<Result<WhyPages, Failure>> {
  const toAt = before?.toAt ?? now;
  const lengthMs = WHY_SPANS.find((one) => one.id === span)?.ms ?? DAY_MS;
  const asked = { text: text.trim(), fromAt: Math.round(now - lengthMs), toAt: Math.round(toAt) };
  const read = await requests.quiet((api) =>
    api.alert.search({ ...asked, skip: before?.found.length ?? 0, limit: PAGE }),
  );
  if (!read.ok) return err(read.error);
  return ok({ toAt, found: [...(before?.found ?? []), ...read.value.found], more: read.value.more });
}

import type { FoundVerdict } from '../../shared/contract/alert.ts';
import { err, ok, type Result } from '../../shared/error/result.ts';
import { DAY_MS, HOUR_MS } from '../../shared/unit/time.ts';
import type { Failure } from './failure.ts';
import { instantOf } from './objective-past.ts';
import type { Pages } from './pages.ts';
import type { Requests } from './request.ts';
import type { Route } from './route.ts';

const PAGE = 100;
const BETWEEN = ' to ';
/** An alert's id is a fingerprint of its labels. */
const ALERT_ID = /^[0-9a-f]{16}$/;

/** The times that can be searched; verdicts are kept for the longest. */
export const WHY_SPANS = [
  { id: '1h', label: 'last hour', ms: HOUR_MS },
  { id: '1d', label: 'last day', ms: DAY_MS },
  { id: '7d', label: 'last 7 days', ms: 7 * DAY_MS },
  { id: '30d', label: 'last 30 days', ms: 30 * DAY_MS },
  { id: '13mo', label: '13 months', ms: 396 * DAY_MS },
] as const;

/** Chooses a stretch between two instants, which the address then names. */
export const BETWEEN_ID = 'between';

/** What is looked back at where nothing else is chosen. */
export const USUAL_SPAN = '1d';
/** All that is kept. */
export const WHOLE_SPAN = '13mo';

/** Why one alert told somebody, or did not: all that is kept of it. */
export function whyRoute(alertId: string): Route {
  return { screen: 'why', text: alertId, span: WHOLE_SPAN };
}

/** A stretch between two instants, as the address has it; the fields may hold what is no instant yet. */
export function betweenSpan(from: string, to: string): string {
  return `${from}${BETWEEN}${to}`;
}

/** The two instants as they are typed; null where the stretch ends now. */
export function betweenOf(span: string): { readonly from: string; readonly to: string } | null {
  const at = span.indexOf(BETWEEN);
  return at < 0 ? null : { from: span.slice(0, at), to: span.slice(at + BETWEEN.length) };
}

/** The stretch that a span names; a text says what is wrong with it. An unknown one is the usual one. */
export function whyRange(span: string, now: number): { fromAt: number; toAt: number } | string {
  const between = betweenOf(span);
  if (between === null) {
    const lengthMs = (WHY_SPANS.find((one) => one.id === span) ?? WHY_SPANS[1]).ms;
    return { fromAt: Math.round(now - lengthMs), toAt: Math.round(now) };
  }
  const [fromAt, toAt] = [instantOf(between.from), instantOf(between.to)];
  if (fromAt === null || toAt === null) return 'Write both times as 2026-01-31 23:59, in UTC.';
  return fromAt < toAt ? { fromAt, toAt } : 'The first time must be before the second.';
}

/** What was found so far; `toAt` stands still while pages are turned, so that none is shown twice. */
export interface WhyPages extends Pages<FoundVerdict> {
  readonly toAt: number;
  /** Up to when was looked, where the time has more verdicts than a search looks at. */
  readonly lookedFromAt: number | null;
}

/** The first page, or the one after those that are there. */
export async function loadVerdicts(
  requests: Requests,
  { text, fromAt, toAt: lastAt }: { readonly text: string; readonly fromAt: number; readonly toAt: number },
  before: WhyPages | null,
): Promise<Result<WhyPages, Failure>> {
  const toAt = before?.toAt ?? lastAt;
  const asked = { text: text.trim().slice(0, 200), fromAt, toAt };
  const read = await requests.quiet((api) =>
    api.alert.search({ ...asked, skip: before?.found.length ?? 0, limit: PAGE }),
  );
  if (!read.ok) return err(read.error);
  const { found, more, lookedFromAt } = read.value;
  const earlier = more ? ok([]) : await loadInForce(requests, asked.text, fromAt);
  if (!earlier.ok) return err(earlier.error);
  return ok({ toAt, found: [...(before?.found ?? []), ...found, ...earlier.value], more, lookedFromAt });
}

/** Of one alert: what each stage had said last when the time began, which no verdict within it tells. */
async function loadInForce(
  requests: Requests,
  text: string,
  fromAt: number,
): Promise<Result<readonly FoundVerdict[], Failure>> {
  if (!ALERT_ID.test(text)) return ok([]);
  const read = await requests.quiet((api) => api.alert.why({ alertId: text, fromAt, toAt: fromAt }));
  if (!read.ok) return err(read.error);
  const known = { alertId: text, title: null, service: null };
  return ok(read.value.filter((one) => one.at < fromAt).map((one) => ({ ...one, ...known })));
}

import { err, ok, type Result } from '../../shared/error/result.ts';
import type { Alert } from '../../shared/model/alert.ts';
import type { NotificationRequest } from '../../shared/model/notification-request.ts';
import { acknowledgementNews } from './acknowledgement-news.ts';
import type { AlertBook } from './book.ts';
import { type Effect, unsettled } from './news.ts';
import {
  acknowledge,
  breakAcknowledgement,
  type HitServices,
  rearm,
  renewAcknowledgement,
} from './rule/acknowledge.ts';
import { isAlerting, isAudible, memoryOf } from './rule/memory.ts';

export type AlertTarget = { readonly alertIds: readonly string[] } | { readonly groupKey: string };

export interface Acknowledged {
  readonly effects: readonly Effect[];
  /** For systems that page on their own. */
  readonly told: readonly NotificationRequest[];
}

/** A person's word on alerts of an incident or a group. Nothing is lost where one of them has ended meanwhile. */
export function acknowledgeAll(
  book: AlertBook,
  target: AlertTarget,
  by: string,
  now: number,
): Result<Acknowledged, string> {
  const all = book.all();
  const hit = hitByIncident(all);
  const wanted = all.filter((one) =>
    'groupKey' in target ? one.groupKey === target.groupKey : target.alertIds.includes(one.id),
  );
  const effects: Effect[] = [];
  for (const alert of wanted) {
    const services = [...(hit.get(alert.incidentId ?? '')?.keys() ?? [])];
    const taken = acknowledge(alert, by, now, services);
    if (!taken) continue;
    const effect: Effect = {
      kind: 'change',
      change: 'acknowledged',
      previous: alert.phase,
      alertId: alert.id,
    };
    book.put(unsettled(taken.alert, [effect], now), [taken.verdict]);
    effects.push(effect);
  }
  if (effects.length === 0)
    return err('Nothing of this is firing any more, so there is nothing to acknowledge.');
  const taken = effects.flatMap((one) => book.get(one.alertId) ?? []);
  return ok({ effects, told: acknowledgementNews(taken, by) });
}

/**
 * What was taken before a crash and perhaps not handed to the notifier: the acknowledgement is kept as news in the same
 * transaction that stores it, and a system that pages on its own takes the same word twice as once.
 */
export function acknowledgedBefore(book: AlertBook): NotificationRequest[] {
  const taken = book
    .all()
    .filter((one) => memoryOf(one).unsettled.some(({ change }) => change === 'acknowledged'));
  return [...Map.groupBy(taken, (one) => one.acknowledgement?.by ?? null)].flatMap(([by, alerts]) =>
    by === null ? [] : acknowledgementNews(alerts, by),
  );
}

/** Takes back what no longer stands: too old, or things got worse than what was acknowledged. */
export function breakAcknowledgements(book: AlertBook, now: number): void {
  const all = book.all();
  if (!all.some((one) => one.acknowledgement !== null)) return;
  const hit = hitByIncident(all);
  for (const alert of all) {
    const broken = breakAcknowledgement(alert, now, hit.get(alert.incidentId ?? ''));
    if (broken) book.put(broken.alert, [broken.verdict]);
  }
}

/** A person takes the word back, for all that it was given for. */
export function rearmAll(
  book: AlertBook,
  alertIds: readonly string[],
  { by, why, now }: { readonly by: string; readonly why: string; readonly now: number },
): Result<null, string> {
  const steps = alertIds.flatMap((id) => {
    const alert = book.get(id);
    return (alert && rearm(alert, by, why, now)) ?? [];
  });
  for (const step of steps) book.put(step.alert, [step.verdict]);
  return steps.length > 0 ? ok(null) : err('Nobody has acknowledged this, so there is nothing to take back.');
}

/** The acknowledgement itself stands on the timeline as well, and is no further sign of life. */
const SAME_WORD_MS = 1_000;

export function renewAll(book: AlertBook, incidentId: string, by: string, at: number): void {
  for (const alert of book.all()) {
    if (alert.incidentId !== incidentId || alert.acknowledgement === null) continue;
    if (at - alert.acknowledgement.at < SAME_WORD_MS) continue;
    const renewed = renewAcknowledgement(alert, by, at);
    if (renewed) book.put(renewed.alert, [renewed.verdict]);
  }
}

/** The services that each incident's alerts hit now. */
function hitByIncident(alerts: readonly Alert[]): ReadonlyMap<string, HitServices> {
  const found = new Map<string, Map<string, { audible: boolean }>>();
  for (const alert of alerts) {
    if (alert.incidentId === null || !isAlerting(alert)) continue;
    const services = found.get(alert.incidentId) ?? new Map<string, { audible: boolean }>();
    const audible = isAudible(alert) && alert.acknowledgement === null;
    services.set(alert.service, { audible: audible || services.get(alert.service)?.audible === true });
    found.set(alert.incidentId, services);
  }
  return found;
}

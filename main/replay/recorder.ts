import type { Alert } from '../../shared/model/alert.ts';
import type { NotificationRequest } from '../../shared/model/notification-request.ts';
import { priorityRank } from '../../shared/model/priority.ts';
import type { ReplayAlert, ReplayNotice } from '../../shared/model/replay.ts';
import { DAY_MS } from '../../shared/unit/time.ts';
import { type AlertOutcome, type Alerts, isAlerting } from '../alert/index.ts';

/** A configuration that pages without end must not fill the memory; what is over is counted. */
const KEPT_MAX = 100_000;
/** Stages whose verdict says why nobody was told. */
const KEEPING = ['maintenance', 'silence', 'suppress', 'wake', 'flapping', 'storm', 'rate-limit', 'route'];

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Writes down what the alert stage decides: each time an alert fired, and each message that left. */
export class Recorder {
  readonly alerts: Writable<ReplayAlert>[] = [];
  readonly notices: ReplayNotice[] = [];
  /** When anything last was news. */
  lastNewsAt = Number.NEGATIVE_INFINITY;
  overflow = 0;
  private readonly open = new Map<string, number>();

  /** The same stage, listened to. */
  over(alerts: Alerts): Alerts {
    const note = (outcome: AlertOutcome, now: number) => {
      this.note(outcome, now);
      return outcome;
    };
    return {
      ...alerts,
      process: async (observations, now) => note(await alerts.process(observations, now), now),
      tick: async (now) => note(await alerts.tick(now), now),
    };
  }

  pagesPerDay(spanMs: number): number {
    const pages = this.notices.filter((one) => one.kind === 'page').length;
    return spanMs <= 0 ? 0 : pages / (spanMs / DAY_MS);
  }

  private note({ changes, notifications, updated }: AlertOutcome, now: number): void {
    if (changes.length > 0 || notifications.length > 0) this.lastNewsAt = now;
    for (const { alert } of changes) this.follow(alert);
    for (const alert of updated) this.follow(alert);
    for (const request of notifications) this.tell(request, now);
  }

  private follow(alert: Alert): void {
    const place = this.open.get(alert.id);
    const known = place === undefined ? undefined : this.alerts[place];
    if (isAlerting(alert)) {
      if (known && known.resolvedAt === null && known.firedAt === alert.firedAt) refresh(known, alert);
      else this.begin(alert, known);
    } else if (known && known.resolvedAt === null) {
      known.resolvedAt = alert.resolvedAt ?? alert.lastEvaluatedAt;
      if (known.toldAt === null) known.heldBy ??= heldBy(alert);
    }
  }

  private begin(alert: Alert, before: Writable<ReplayAlert> | undefined): void {
    // From *no data* to firing and the like: the one ends where the other begins.
    if (before && before.resolvedAt === null) before.resolvedAt = alert.firedAt;
    if (this.alerts.length >= KEPT_MAX) {
      this.overflow += 1;
      this.open.delete(alert.id);
      return;
    }
    this.open.set(alert.id, this.alerts.length);
    const { ruleId, kind, service, priority, title, definedAt, reason } = alert;
    const firedAt = alert.firedAt ?? alert.lastEvaluatedAt;
    this.alerts.push({
      alertId: alert.id,
      ruleId,
      kind,
      service,
      priority,
      title,
      definedAt,
      firedAt,
      resolvedAt: null,
      reason,
      toldAt: null,
      paged: false,
      heldBy: heldBy(alert),
    });
  }

  private tell({ alertIds, receivers, page, reason }: NotificationRequest, now: number): void {
    const places = alertIds.flatMap((id) => this.open.get(id) ?? []);
    const fresh = places.filter((place) => this.alerts[place]?.toldAt === null);
    // What was said without a sound and then sounds, because it got worse or nobody answered, wakes somebody all the same.
    const wakes = page.sound && places.some((place) => this.alerts[place]?.paged === false);
    const kind = page.resolved ? 'over' : wakes ? 'page' : fresh.length > 0 ? 'quiet' : 'again';
    for (const place of page.resolved ? [] : places) {
      const alert = this.alerts[place];
      if (!alert) continue;
      if (alert.toldAt === null) {
        alert.toldAt = now;
        alert.heldBy = null;
      }
      if (kind === 'page') alert.paged = true;
    }
    if (this.notices.length >= KEPT_MAX) {
      this.overflow += 1;
      return;
    }
    const { priority, title } = page;
    this.notices.push({ at: now, kind, priority, receivers: [...receivers], title, reason, alerts: places });
  }
}

function refresh(known: Writable<ReplayAlert>, alert: Alert): void {
  if (priorityRank(alert.priority) < priorityRank(known.priority)) known.priority = alert.priority;
  if (known.toldAt === null) known.heldBy = heldBy(alert) ?? known.heldBy;
}

function heldBy(alert: Alert): string | null {
  const hold = alert.memory?.hold;
  if (hold) return `${hold.stage}: ${hold.reason}`;
  const last = alert.verdicts.findLast(
    (one) => KEEPING.includes(one.stage) && (one.outcome === 'held' || one.outcome === 'suppressed'),
  );
  return last ? `${last.stage}: ${last.reason}` : null;
}

import { messageOf } from '../../shared/error/coded.ts';
import type { Alert, StageVerdict } from '../../shared/model/alert.ts';
import { DAY_MS } from '../../shared/unit/time.ts';
import type { Logger, Remote } from '../platform/index.ts';
import type { LogApi, VerdictRecord } from '../store/index.ts';
import { isAlerting, memoryOf } from './rule/memory.ts';
import { STAGE_ORDER } from './rule/order.ts';
import { isNews, withVerdict } from './rule/stage.ts';

export type AlertLog = Pick<Remote<LogApi>, 'saveAlerts' | 'loadAlerts' | 'verdicts'>;

/** Resolved alerts stay in the list this long: the end of an episode is still to be said and read. */
export const RESOLVED_KEPT_MS = DAY_MS;

/** While the store fails, verdicts wait in memory; without a bound a full disk would become a full memory. */
const MAX_WAITING_VERDICTS = 20_000;

/** Stored in one go. What a storm decides is more than that, and nobody else may wait for all of it. */
const SAVED_AT_ONCE = 1_000;

/** The alerts as they are, and what of them is not stored yet. */
export interface AlertBook {
  load(sinceAt: number): Promise<void>;
  get(id: string): Alert | null;
  all(): Alert[];
  /** Puts the alert as it now is, with the verdicts that led there. Only what is news is stored. */
  put(alert: Alert, verdicts: readonly StageVerdict[]): void;
  /** A verdict on something that is no alert yet. */
  note(alertId: string, verdict: StageVerdict): void;
  /** Stores what is not stored yet. Answers the alerts that changed since the last time. */
  flush(): Promise<Alert[]>;
  prune(now: number): void;
  /** Why decisions are not being stored; null while they are. */
  problem(): string | null;
}

export function createAlertBook(log: AlertLog, logger: Logger): AlertBook {
  const alerts = new Map<string, Alert>();
  const dirty = new Map<string, Alert>();
  let touched = new Map<string, Alert>();
  let waiting: VerdictRecord[] = [];
  let lost = 0;
  let problem: string | null = null;

  const keepVerdict = (alertId: string, verdict: StageVerdict) => {
    waiting.push({ ...verdict, alertId });
    // A storm brings more than this in one round, and all of it is stored; only what cannot be stored is let go.
    if (problem === null || waiting.length <= MAX_WAITING_VERDICTS) return;
    lost += waiting.length - MAX_WAITING_VERDICTS;
    waiting = waiting.slice(-MAX_WAITING_VERDICTS);
  };

  /** Some of the alerts, in one transaction with what was said of them; the last go with all that is left to be said. */
  const save = async (batch: readonly Alert[], from: number) => {
    const part = batch.slice(from, from + SAVED_AT_ONCE);
    const isLast = from + SAVED_AT_ONCE >= batch.length;
    const ids = new Set(part.map((one) => one.id));
    const verdicts = isLast ? waiting : waiting.filter((one) => ids.has(one.alertId));
    await log.saveAlerts(part, verdicts);
    for (const alert of part) if (dirty.get(alert.id) === alert) dirty.delete(alert.id);
    const saved = new Set(verdicts);
    waiting = waiting.filter((one) => !saved.has(one));
  };

  return {
    async load(sinceAt) {
      for (const alert of await log.loadAlerts(sinceAt)) alerts.set(alert.id, alert);
    },
    get: (id) => alerts.get(id) ?? null,
    all: () => [...alerts.values()],
    put(alert, verdicts) {
      const before = alerts.get(alert.id) ?? null;
      let next = alert;
      let news = before === null;
      for (const verdict of verdicts) {
        if (isNews(before, verdict)) {
          keepVerdict(alert.id, verdict);
          news = true;
        }
        next = withVerdict(next, verdict, STAGE_ORDER);
      }
      alerts.set(next.id, next);
      touched.set(next.id, next);
      if (news || before === null || storedPart(before) !== storedPart(next)) dirty.set(next.id, next);
    },
    note: keepVerdict,
    async flush() {
      const changed = [...touched.values()];
      touched = new Map();
      if (dirty.size === 0 && waiting.length === 0) return changed;
      const batch = [...dirty.values()];
      try {
        for (let from = 0; from === 0 || from < batch.length; from += SAVED_AT_ONCE) await save(batch, from);
        problem = null;
      } catch (thrown) {
        // A page matters more than its record: alerts go on in memory, and the next round tries again.
        problem =
          `Alerts are not being stored (${messageOf(thrown)}). They go on in memory and would be forgotten by a ` +
          `restart; free space or check the disk.${lost > 0 ? ` ${lost} verdicts could not be kept.` : ''}`;
        logger.error({ problem, alerts: batch.length }, 'alerts could not be stored');
      }
      return changed;
    },
    prune(now) {
      for (const alert of alerts.values()) {
        const { resolutionOwed, unsettled, unsettledNotification } = memoryOf(alert);
        if (isAlerting(alert) || alert.phase === 'pending') continue;
        if (resolutionOwed || unsettled.length > 0 || unsettledNotification) continue;
        if (alert.resolvedAt === null || alert.resolvedAt <= now - RESOLVED_KEPT_MS) alerts.delete(alert.id);
      }
    },
    problem: () => problem,
  };
}

/**
 * What decisions rest on. Numbers that move with each poll are left out where nothing rests on them:
 * a firing alert is not written each second, a pending one is, so that a restart restores `for` exactly.
 */
function storedPart(alert: Alert): string {
  const known = storedParts.get(alert);
  if (known !== undefined) return known;
  const part = storedPartOf(alert);
  storedParts.set(alert, part);
  return part;
}

// An alert is compared twice: as what it became, and as what it was before the next change.
const storedParts = new WeakMap<Alert, string>();

function storedPartOf(alert: Alert): string {
  const { value: _value, threshold: _threshold, reason: _reason, verdicts: _verdicts, ...rest } = alert;
  const { seenAt, failingShare: _share, budgetConsumed: _budget, ...memory } = memoryOf(alert);
  const timed = alert.phase === 'pending' || memory.clearSinceAt !== null || memory.unknownSinceAt !== null;
  const seen = timed ? { seenAt, lastEvaluatedAt: alert.lastEvaluatedAt } : {};
  return JSON.stringify({ ...rest, lastEvaluatedAt: null, memory: { ...memory, ...seen } });
}

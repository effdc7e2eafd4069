import { ok, type Result } from '../../shared/error/result.ts';
import type { Alert } from '../../shared/model/alert.ts';
import type { AlertChange } from '../../shared/model/alert-change.ts';
import type { EscalationOutlook } from '../../shared/model/escalation.ts';
import type { Delivery } from '../../shared/model/notification.ts';
import type { NotificationRequest } from '../../shared/model/notification-request.ts';
import type { Observation } from '../../shared/model/observation.ts';
import { isWatching, type SourceStatus } from '../../shared/model/source.ts';
import {
  type Clock,
  createBreather,
  createGathering,
  createTurns,
  fingerprint,
  type Logger,
} from '../platform/index.ts';
import type { VerdictRecord } from '../store/index.ts';
import {
  type AlertTarget,
  acknowledgeAll,
  acknowledgedBefore,
  breakAcknowledgements,
  rearmAll,
  renewAll,
} from './acknowledging.ts';
import { type AlertBook, type AlertLog, createAlertBook, RESOLVED_KEPT_MS } from './book.ts';
import { noteDelivery, whyUntrue } from './delivery-news.ts';
import { type DispatchDeps, dispatchAll } from './dispatching.ts';
import { escalateOne, outlookOf } from './escalating.ts';
import { createIntake } from './intake.ts';
import { changeOf, type Effect, unsettled } from './news.ts';
import { createPauses } from './pauses.ts';
import { isAlerting, memoryOf, remember } from './rule/memory.ts';
import { removeRule } from './rule/state.ts';
import { observeSources, sourceLabels, sourceRuleId } from './source-watch.ts';
import { newsOf } from './withholding.ts';

export interface AlertsDeps extends DispatchDeps {
  readonly clock: Clock;
  readonly log: AlertLog;
  readonly logger: Logger;
  readonly sources: () => readonly SourceStatus[];
  /** The service of an objective or rule; null where it has none. */
  readonly serviceOfRule: (ruleId: string) => string | null;
  /** The planned time between two evaluations of a rule. */
  readonly pollEveryMs: (ruleId: string) => number;
}

/** What a person wants of an alert, and why. */
export interface PersonWord {
  readonly by: string;
  readonly why: string;
  readonly now: number;
}

/** What one round decided. All of it is stored before it is answered. */
export interface AlertOutcome {
  readonly changes: readonly AlertChange[];
  readonly notifications: readonly NotificationRequest[];
  /** Alerts whose state, numbers or verdicts moved, for the windows. */
  readonly updated: readonly Alert[];
}

export interface IncidentLink {
  readonly alertId: string;
  readonly incidentId: string;
}

/** The alert pipeline from observation to notification request. Rounds run one after the other, however they are called. */
export interface Alerts {
  /** Restores all as it was. Answers what had been decided before a crash and not been taken over. */
  load(): Promise<AlertOutcome>;
  process(observations: readonly Observation[], now: number): Promise<AlertOutcome>;
  /** What only time brings: waits of groups, repeats, acknowledgements that expire, sources that stay silent. */
  tick(now: number): Promise<AlertOutcome>;
  /** The outcome has been taken over (incident stored, notifications queued); until then a restart says it again. */
  settle(outcome: AlertOutcome): Promise<void>;
  acknowledge(target: AlertTarget, by: string, now: number): Promise<Result<AlertOutcome, string>>;
  /** A person takes acknowledgements back: what they held back is told again with the next round. */
  rearm(alertIds: readonly string[], word: PersonWord): Promise<Result<AlertOutcome, string>>;
  /** The next step of its chain at once, with whom that tells; refused where there is none, or where it is held or over. */
  escalate(
    alertId: string,
    word: PersonWord,
  ): Promise<Result<{ readonly outcome: AlertOutcome; readonly outlook: EscalationOutlook }, string>>;
  /** What that would do. */
  escalation(alertId: string, now: number): Result<EscalationOutlook, string>;
  /** A person's entry on an incident's timeline: the time of its acknowledgements begins anew. */
  personActed(incidentId: string, by: string, at: number): Promise<void>;
  linkIncidents(links: readonly IncidentLink[]): Promise<void>;
  /** What became of a notification, as the verdict of the last stage. */
  noteDelivery(delivery: Delivery, now: number): Promise<void>;
  /** For the notifier, before it sends late: null while the page is still true, otherwise why it is not. */
  whyUntrue(delivery: Delivery): string | null;
  /** After a reload: alerts of rules and sources that are gone close as *rule removed*. */
  retainRules(ruleIds: ReadonlySet<string>, now: number): Promise<AlertOutcome>;
  list(): readonly Alert[];
  verdicts(alertId: string): Promise<readonly VerdictRecord[]>;
  problem(): string | null;
}

const VERDICTS_SHOWN = 500;

export function createAlerts(deps: AlertsDeps): Alerts {
  const book = createAlertBook(deps.log, deps.logger);
  // Asked for each observation of a round: a source's status is too dear for that.
  let sourcePolls: ReadonlyMap<string, number> = new Map();
  const pollEveryMs = (ruleId: string) => sourcePolls.get(ruleId) ?? deps.pollEveryMs(ruleId);
  const intake = createIntake({ ...deps, pollEveryMs }, book);
  // One round at a time: two rounds that read the same alert would each forget what the other decided.
  const turns = createTurns();
  const pauses = createPauses();

  const sourceAlerts = new Map<string, string>();
  /** A source that answers and never was an alert has nothing to say, and there are many of them each second. */
  const isToBeSaid = ({ id, condition }: SourceStatus) => {
    if (!isWatching(condition)) return true;
    const alertId = sourceAlerts.get(id) ?? fingerprint(sourceLabels(id));
    sourceAlerts.set(id, alertId);
    return book.get(alertId) !== null;
  };

  const stored = (task: () => void): Promise<void> =>
    turns.take(async () => {
      task();
      await book.flush();
    });
  // A storm ends in hundreds of deliveries at once.
  const deliveries = createGathering(always, (all: readonly NewDelivery[]) =>
    stored(() => all.forEach(({ delivery, now }) => void noteDelivery(book, delivery, now))),
  );
  const round = (observations: readonly Observation[], now: number) =>
    turns.take(async () => {
      const services = new Map(deps.services().map((one) => [one.id, one]));
      const statuses = deps.sources();
      sourcePolls = new Map(statuses.map((one) => [sourceRuleId(one.id), one.pollEveryMs]));
      const { lookingSince } = pauses;
      const looks = pauses.round(now);
      const sources = looks
        ? observeSources({ ...deps, sources: statuses.filter(isToBeSaid), services, now, lookingSince })
        : [];
      const effects = intake.take([...observations, ...sources], services, now);
      breakAcknowledgements(book, now);
      const notifications = await dispatchAll(book, deps, now, createBreather(deps.clock));
      return finish(book, effects, notifications, now);
    });

  return {
    load: () =>
      turns.take(async () => {
        const now = deps.clock.now();
        await book.load(now - RESOLVED_KEPT_MS);
        const changes = restore(book);
        return { changes, notifications: acknowledgedBefore(book), updated: book.all() };
      }),
    process: round,
    tick: (now) => round([], now),
    settle: (outcome) => stored(() => settle(book, outcome)),
    ...wordsOf(book, deps, turns),
    personActed: (incidentId, by, at) => stored(() => renewAll(book, incidentId, by, at)),
    linkIncidents: (links) =>
      stored(() => {
        for (const { alertId, incidentId } of links) {
          const alert = book.get(alertId);
          if (alert) book.put({ ...alert, incidentId }, []);
        }
      }),
    noteDelivery: (delivery, now) => deliveries.add({ delivery, now }),
    whyUntrue: (delivery) => whyUntrue(book, delivery),
    retainRules: (ruleIds, now) => turns.take(() => retainRules(book, deps.sources(), ruleIds, now)),
    list: () => book.all(),
    verdicts: (alertId) => deps.log.verdicts(alertId, VERDICTS_SHOWN),
    problem: () => book.problem(),
  };
}

/** What people say, before whatever else waits for its turn. */
function wordsOf(
  book: AlertBook,
  deps: AlertsDeps,
  turns: ReturnType<typeof createTurns>,
): Pick<Alerts, 'acknowledge' | 'rearm' | 'escalate' | 'escalation'> {
  return {
    acknowledge: (target, by, now) =>
      turns.first(async () => {
        const taken = acknowledgeAll(book, target, by, now);
        return taken.ok ? ok(await finish(book, taken.value.effects, taken.value.told, now)) : taken;
      }),
    rearm: (alertIds, word) =>
      turns.first(async () => {
        const taken = rearmAll(book, alertIds, word);
        return taken.ok ? ok(await finish(book, [], [], word.now)) : taken;
      }),
    escalate: (alertId, word) =>
      turns.first(async () => {
        const told = escalateOne(book, deps, alertId, word);
        if (!told.ok) return told;
        const { request, outlook } = told.value;
        return ok({ outcome: await finish(book, [], [request], word.now), outlook });
      }),
    escalation: (alertId, now) => outlookOf(book, deps, alertId, now),
  };
}

interface NewDelivery {
  readonly delivery: Delivery;
  readonly now: number;
}

const always = () => true;

async function finish(
  book: AlertBook,
  effects: readonly Effect[],
  notifications: readonly NotificationRequest[],
  now: number,
): Promise<AlertOutcome> {
  const changes = newsOf(book, effects, now).flatMap((effect) => {
    const alert = book.get(effect.alertId);
    return alert ? [changeOf(alert, effect, now)] : [];
  });
  const updated = await book.flush();
  book.prune(now);
  return { changes, notifications, updated };
}

/** After a crash: what was decided and not taken over is said again, and a page that was not queued is due. */
function restore(book: AlertBook): AlertChange[] {
  const changes: AlertChange[] = [];
  for (const alert of book.all()) {
    const memory = memoryOf(alert);
    for (const news of memory.unsettled) changes.push(changeOf(alert, news, news.at));
    if (!memory.unsettledNotification) continue;
    const { escalated } = memory;
    if (escalated && escalated.unsettledFrom !== null && escalated.ofAt === memory.notifiedAt) {
      // Only the step was not said: it is due again, and the page before it stands.
      const again = { ...escalated, steps: escalated.unsettledFrom, unsettledFrom: null };
      book.put(remember(alert, { escalated: again, unsettledNotification: false }), []);
      continue;
    }
    const reason = 'Midwatch stopped before the notification was queued';
    const owed = isAlerting(alert)
      ? { renotify: memory.renotify ?? { reason, silent: false } }
      : { resolutionOwed: true };
    book.put(remember(alert, { ...owed, unsettledNotification: false }), []);
  }
  return changes;
}

function settle(book: AlertBook, outcome: AlertOutcome): void {
  for (const change of outcome.changes) {
    const alert = book.get(change.alert.id);
    if (!alert) continue;
    const left = memoryOf(alert).unsettled.filter(
      (one) => one.change !== change.change || one.at !== change.at,
    );
    book.put(remember(alert, { unsettled: left }), []);
  }
  for (const alertId of outcome.notifications.flatMap((one) => one.alertIds)) {
    const alert = book.get(alertId);
    if (!alert) continue;
    const { escalated } = memoryOf(alert);
    const settled = escalated && { ...escalated, unsettledFrom: null };
    book.put(remember(alert, { unsettledNotification: false, escalated: settled }), []);
  }
}

async function retainRules(
  book: AlertBook,
  sources: readonly SourceStatus[],
  ruleIds: ReadonlySet<string>,
  now: number,
): Promise<AlertOutcome> {
  const effects: Effect[] = [];
  const known = new Set(sources.map((one) => one.id));
  for (const alert of book.all()) {
    const stays = alert.kind === 'source' ? known.has(alert.labels.source ?? '') : ruleIds.has(alert.ruleId);
    if (stays || (!isAlerting(alert) && alert.phase !== 'pending')) continue;
    const step = removeRule(alert, now);
    book.put(unsettled(step.alert, step.effects, now), step.verdicts);
    effects.push(...step.effects.map((effect) => ({ ...effect, alertId: alert.id })));
  }
  return finish(book, effects, [], now);
}

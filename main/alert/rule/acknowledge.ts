import type { Alert, StageVerdict } from '../../../shared/model/alert.ts';
import { formatBurnRate, formatPercent } from '../../../shared/unit/number.ts';
import { formatDuration, HOUR_MS, MINUTE_MS } from '../../../shared/unit/time.ts';
import { isAlerting, memoryOf, remember } from './memory.ts';
import { verdictOf } from './stage.ts';
import { isAhead } from './validate.ts';

/** How long an acknowledgement lasts; domain terms, section 3. A page that was seen and forgotten comes back. */
const LASTS_P0_MS = 30 * MINUTE_MS;
const LASTS_MS = 4 * HOUR_MS;

/** A further part of the budget of this size is worse than what was acknowledged. */
const BUDGET_STEP = 0.1;

/** It got worse when the failing share is this many times what it was. */
const WORSE_FACTOR = 2;
/**
 * So long after the word the windows still fill with what was acknowledged: a page comes seconds after its cause, and
 * the same failures make every window's share grow for its whole length. What is reached by then is what was seen.
 */
const SETTLES_MS = 5 * MINUTE_MS;
/** A smaller rise while it settles is not worth a write. */
const RAISE_FACTOR = 1.1;

export interface AcknowledgementStep {
  readonly alert: Alert;
  readonly verdict: StageVerdict;
}

/** Takes a person's word that somebody is at it. Null where there is nothing to acknowledge. */
export function acknowledge(
  alert: Alert,
  by: string,
  now: number,
  services: readonly string[] = [],
): AcknowledgementStep | null {
  if (!isAlerting(alert)) return null;
  const lastsMs = lastsOf(alert);
  const acknowledged = remember(
    { ...alert, acknowledgement: { by, at: now, untilAt: now + lastsMs } },
    {
      acknowledgedValue: measureOf(alert),
      acknowledgedBudget: memoryOf(alert).budgetConsumed,
      acknowledgedServices: [...services],
      renotify: null,
    },
  );
  const reason = `Acknowledged by ${by}: no reminders until it is over, for ${formatDuration(lastsMs)} at most.`;
  return { alert: acknowledged, verdict: verdictOf('notify', 'held', reason, now) };
}

/** A person wrote on the timeline: somebody is at it, so the time of the acknowledgement begins anew. */
export function renewAcknowledgement(alert: Alert, by: string, now: number): AcknowledgementStep | null {
  const { acknowledgement } = alert;
  if (acknowledgement === null || !isAlerting(alert)) return null;
  const lastsMs = lastsOf(alert);
  const renewed = { ...alert, acknowledgement: { ...acknowledgement, untilAt: now + lastsMs } };
  const reason = `${by} wrote on the timeline: the acknowledgement by ${acknowledgement.by} counts from now, for ${formatDuration(lastsMs)} at most.`;
  return { alert: renewed, verdict: verdictOf('notify', 'held', reason, now) };
}

/** A person gives back what was acknowledged: it is said again, and its chain begins anew. Null where nobody has it. */
export function rearm(alert: Alert, by: string, why: string, now: number): AcknowledgementStep | null {
  const { acknowledgement } = alert;
  if (acknowledgement === null || !isAlerting(alert)) return null;
  const reason = `Re-armed by ${by}: nobody has it any more. ${why}`;
  const rearmed = remember(
    { ...alert, acknowledgement: null },
    {
      acknowledgedValue: null,
      acknowledgedBudget: null,
      acknowledgedServices: [],
      renotify: { reason, silent: false },
    },
  );
  return { alert: rearmed, verdict: verdictOf('notify', 'pass', reason, now) };
}

function lastsOf({ priority }: Alert): number {
  return priority === 'P0' ? LASTS_P0_MS : LASTS_MS;
}

/** Services of its incident that are hit now, with whether an alert of theirs is said by itself. */
export type HitServices = ReadonlyMap<string, { readonly audible: boolean }>;

/** Breaks an acknowledgement that no longer stands, with its reason; null while it stands or there is none. */
export function breakAcknowledgement(
  alert: Alert,
  now: number,
  hit: HitServices = new Map(),
): AcknowledgementStep | null {
  const { acknowledgement } = alert;
  if (acknowledgement === null) return null;
  const spread = spreadOf(alert, hit);
  const spent = spentSince(alert);
  const settling = spread === null && spent === null && now - acknowledgement.at < SETTLES_MS;
  const raised = settling ? raisedMeasure(alert) : null;
  if (raised !== null) {
    const reason = `Acknowledged by ${acknowledgement.by}; its windows still fill with what was acknowledged.`;
    return {
      alert: remember(alert, { acknowledgedValue: raised }),
      verdict: verdictOf('notify', 'held', reason, now),
    };
  }
  const worse = spent ?? spread?.why ?? (settling ? null : worsened(alert));
  // By a clock that was set back it would last for as much longer as that.
  const another = isAhead(acknowledgement.at, now);
  const expired = another || (acknowledgement.untilAt !== null && now >= acknowledgement.untilAt);
  if (worse === null && !expired) return null;
  const old = another
    ? 'the clock was set back since, so nobody knows how old it is, and the alert still fires'
    : `it is ${formatDuration(Math.max(0, now - acknowledgement.at))} old and the alert still fires`;
  const why = worse ?? old;
  const reason = `The acknowledgement by ${acknowledgement.by} is broken: ${why}.`;
  const broken = remember(
    { ...alert, acknowledgement: null },
    // The first reminder is silent; getting worse is not a reminder.
    {
      acknowledgedValue: null,
      acknowledgedBudget: null,
      acknowledgedServices: [],
      // Nor is a service whose own page sounds at this moment: one sound is enough.
      renotify: { reason, silent: worse === null || (spent === null && spread?.audible === true) },
    },
  );
  return { alert: broken, verdict: verdictOf('notify', 'pass', reason, now) };
}

/**
 * What is compared: the failing share of the short window where it is known. The long window's burn goes on rising for
 * its whole hour though nothing gets worse.
 */
function measureOf(alert: Alert): number | null {
  return memoryOf(alert).failingShare ?? alert.value;
}

function spentSince(alert: Alert): string | null {
  const { acknowledgedBudget, budgetConsumed } = memoryOf(alert);
  if (acknowledgedBudget === null || budgetConsumed === null) return null;
  const further = budgetConsumed - acknowledgedBudget;
  return further >= BUDGET_STEP
    ? `a further ${formatPercent(further)} of the budget is gone, ${formatPercent(budgetConsumed)} in all`
    : null;
}

function spreadOf(alert: Alert, hit: HitServices): { why: string; audible: boolean } | null {
  const { acknowledgedServices } = memoryOf(alert);
  if (acknowledgedServices.length === 0) return null;
  const others = [...hit].filter(([service]) => !acknowledgedServices.includes(service));
  if (others.length === 0) return null;
  const names = others.map(([service]) => service).join(', ');
  return { why: `${names} is hit, too`, audible: others.some(([, { audible }]) => audible) };
}

function raisedMeasure(alert: Alert): number | null {
  const { acknowledgedValue } = memoryOf(alert);
  const measure = measureOf(alert);
  if (alert.kind !== 'burn' || measure === null || acknowledgedValue === null) return null;
  return measure > RAISE_FACTOR * acknowledgedValue ? measure : null;
}

function worsened(alert: Alert): string | null {
  const { acknowledgedValue, failingShare } = memoryOf(alert);
  const measure = measureOf(alert);
  if (alert.kind !== 'burn' || measure === null || acknowledgedValue === null) return null;
  if (acknowledgedValue <= 0 || measure < WORSE_FACTOR * acknowledgedValue) return null;
  if (failingShare === null)
    return `the burn is ${formatBurnRate(measure)}, it was ${formatBurnRate(acknowledgedValue)}`;
  return `${formatPercent(measure)} fail, it was ${formatPercent(acknowledgedValue)}`;
}

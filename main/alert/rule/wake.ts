import type { Alert } from '../../../shared/model/alert.ts';
import { formatBurnRate, formatPercent } from '../../../shared/unit/number.ts';
import { formatDuration, formatInstant, HOUR_MS, MINUTE_MS } from '../../../shared/unit/time.ts';
import type { HoldAnswer, HoldStage, WakeFacts } from './hold-stage.ts';
import { memoryOf } from './memory.ts';

/** A burn at so many times what it was when its page was deferred is another matter. */
const DOUBLED = 2;
const HALF = 0.5;
/** After a start the budget of a month takes a while to count: so long nobody is woken without knowing it, and no longer. */
const COUNTING_MS = MINUTE_MS;

/**
 * `wake: budget`: a page outside business hours waits for the opening while the budget that the next business hour would
 * find stays above the floor. Decided anew at every evaluation; domain terms, section 2.
 */
export const wake: HoldStage = {
  name: 'wake',
  decide(alert, { now, wakeOf }) {
    const facts = alert.priority === 'P0' ? wakeOf(alert) : null;
    if (facts === null) return passes('Every page of it wakes.');
    const never = whyNever(alert, facts);
    if (never !== null) return passes(`Not deferred: ${never}.`);
    const { opensAt, budgetRemaining, burnRate, periodMs, floor } = facts;
    if (opensAt === null) return passes('Not deferred: no business hours come within two years.');
    const deferred = memoryOf(alert).hold;
    const before = deferred?.stage === 'wake' ? (deferred.burnRate ?? null) : null;
    if (budgetRemaining === null || burnRate === null) return counting(alert, facts, before, now);
    if (before !== null && burnRate >= DOUBLED * before)
      return passes(
        `Not deferred any longer: it burns at ${rounded(burnRate)}, twice the ${rounded(before)} of when it was.`,
      );
    // To the end of the first hour in which somebody is there to do something about it.
    const untilMs = opensAt + HOUR_MS - now;
    const projected = budgetRemaining - (burnRate * untilMs) / periodMs;
    const arithmetic = `${percent(budgetRemaining)} of the budget − ${rounded(burnRate)} · ${hours(untilMs)} of ${formatDuration(periodMs)} leaves ${percent(projected)} after the next business hour`;
    if (projected <= floor)
      return passes(`Not deferred: ${arithmetic}, not above the floor of ${percent(floor)}.`);
    const reason = `Deferred until ${formatInstant(opensAt)}: ${arithmetic}, above the floor of ${percent(floor)}.`;
    return {
      hold: { by: 'wake: budget', reason, causeId: null, covers: false, burnRate: before ?? burnRate },
      reason,
      definedAt: alert.definedAt,
    };
  },
};

function whyNever(alert: Alert, facts: WakeFacts): string | null {
  if (facts.inBusinessHours) return 'it is within business hours';
  if (alert.phase !== 'firing' || alert.kind !== 'burn') return 'absence and blindness always wake';
  if (memoryOf(alert).notifiedAt !== null) return 'it was said already';
  if (facts.tier1) return `${alert.service} is of tier 1`;
  const { failingShare } = memoryOf(alert);
  if (failingShare !== null && failingShare >= HALF)
    return `${formatPercent(failingShare)} fail, which is half or more`;
  return null;
}

/** What is unknown lets nobody sleep, but for the moment that it takes to be known. */
function counting(
  alert: Alert,
  { countingSinceAt }: WakeFacts,
  before: number | null,
  now: number,
): HoldAnswer {
  const untilAt = countingSinceAt === null ? now : countingSinceAt + COUNTING_MS;
  if (now >= untilAt) return passes('Not deferred: what is left of the budget is unknown.');
  const reason = `Waits until ${formatInstant(untilAt)} at most: what is left of the budget is being counted, for the first time since the start.`;
  return {
    hold: {
      by: 'wake: budget',
      reason,
      causeId: null,
      covers: false,
      ...(before === null ? {} : { burnRate: before }),
    },
    reason,
    definedAt: alert.definedAt,
  };
}

function passes(reason: string) {
  return { hold: null, reason, definedAt: null };
}

// Coarse on purpose: a reason that changes each second would be written each second.
function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function rounded(burnRate: number): string {
  return formatBurnRate(Number(burnRate.toPrecision(2)));
}

function hours(ms: number): string {
  return `${(ms / HOUR_MS).toFixed(0)} h`;
}

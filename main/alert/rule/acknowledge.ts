import type { Alert, StageVerdict } from '../../../shared/model/alert.ts';
import { formatBurnRate } from '../../../shared/unit/number.ts';
import { formatDuration, HOUR_MS, MINUTE_MS } from '../../../shared/unit/time.ts';
import { isAlerting, memoryOf, remember } from './memory.ts';
import { verdictOf } from './stage.ts';

/** How long an acknowledgement lasts; domain terms, section 3. A page that was seen and forgotten comes back. */
const LASTS_P0_MS = 30 * MINUTE_MS;
const LASTS_MS = 4 * HOUR_MS;

/** It got worse when the burn is this many times what it was. */
const WORSE_FACTOR = 2;

export interface AcknowledgementStep {
  readonly alert: Alert;
  readonly verdict: StageVerdict;
}

/** Takes a person's word that somebody is at it. Null where there is nothing to acknowledge. */
export function acknowledge(alert: Alert, by: string, now: number): AcknowledgementStep | null {
  if (!isAlerting(alert)) return null;
  const lastsMs = alert.priority === 'P0' ? LASTS_P0_MS : LASTS_MS;
  const acknowledged = remember(
    { ...alert, acknowledgement: { by, at: now, untilAt: now + lastsMs } },
    { acknowledgedValue: alert.value, renotify: null },
  );
  const reason = `Acknowledged by ${by}: no reminders until it is over, for ${formatDuration(lastsMs)} at most.`;
  return { alert: acknowledged, verdict: verdictOf('notify', 'held', reason, now) };
}

/** Breaks an acknowledgement that no longer stands, with its reason; null while it stands or there is none. */
export function breakAcknowledgement(alert: Alert, now: number): AcknowledgementStep | null {
  const { acknowledgement } = alert;
  if (acknowledgement === null) return null;
  const worse = worsened(alert);
  const expired = acknowledgement.untilAt !== null && now >= acknowledgement.untilAt;
  if (worse === null && !expired) return null;
  const why = worse ?? `it is ${formatDuration(now - acknowledgement.at)} old and the alert still fires`;
  const reason = `The acknowledgement by ${acknowledgement.by} is broken: ${why}.`;
  const broken = remember(
    { ...alert, acknowledgement: null },
    // The first reminder is silent; getting worse is not a reminder.
    { acknowledgedValue: null, renotify: { reason, silent: worse === null } },
  );
  return { alert: broken, verdict: verdictOf('notify', 'pass', reason, now) };
}

function worsened(alert: Alert): string | null {
  const { acknowledgedValue } = memoryOf(alert);
  if (alert.kind !== 'burn' || alert.value === null || acknowledgedValue === null) return null;
  if (acknowledgedValue <= 0 || alert.value < WORSE_FACTOR * acknowledgedValue) return null;
  return `the burn is ${formatBurnRate(alert.value)}, it was ${formatBurnRate(acknowledgedValue)}`;
}

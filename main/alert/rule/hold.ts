import type { Alert, AlertHold, StageVerdict } from '../../../shared/model/alert.ts';
import type { HoldAnswer, HoldContext, HoldStage } from './hold-stage.ts';
import { isAlerting, memoryOf, remember } from './memory.ts';
import { HOLDS } from './order.ts';
import { verdictOf } from './stage.ts';

export interface Judged {
  readonly alert: Alert;
  readonly verdicts: readonly StageVerdict[];
}

/**
 * Whether an alert that fires may be told, with the verdict of each stage that was asked. Null where nothing is new:
 * the stages are asked at every tick, and what they say is written only when it changes.
 */
export function judge(alert: Alert, context: HoldContext): Judged | null {
  const { hold: before, judgedAt } = memoryOf(alert);
  if (!isAlerting(alert)) return before === null ? null : ended(alert, before, context.now);
  const answers = ask(alert, context);
  const last = answers.at(-1);
  const hold = last?.answer.hold
    ? { ...last.answer.hold, stage: last.stage.name, sinceAt: sinceOf(before, last, context.now) }
    : null;
  if (judgedAt === alert.firedAt && isSame(before, hold)) return null;
  const verdicts = answers.map(({ stage, answer }) =>
    verdictOf(stage.name, answer.hold ? 'suppressed' : 'pass', answer.reason, context.now, answer.definedAt),
  );
  const released = before !== null && hold === null ? release(alert, before) : alert;
  return { alert: remember(released, { hold, judgedAt: alert.firedAt }), verdicts };
}

interface Asked {
  readonly stage: HoldStage;
  readonly answer: HoldAnswer;
}

/** The stages in order, up to the first that holds it. */
function ask(alert: Alert, context: HoldContext): Asked[] {
  const asked: Asked[] = [];
  for (const stage of HOLDS) {
    const answer = stage.decide(alert, context);
    asked.push({ stage, answer });
    if (answer.hold) break;
  }
  return asked;
}

function sinceOf(before: AlertHold | null, { stage, answer }: Asked, now: number): number {
  return before?.stage === stage.name && before.by === answer.hold?.by ? before.sinceAt : now;
}

function isSame(a: AlertHold | null, b: AlertHold | null): boolean {
  if (a === null || b === null) return a === b;
  return a.stage === b.stage && a.by === b.by && a.reason === b.reason && a.covers === b.covers;
}

/** People think that it is over or explained: that it still fires is news, unless somebody has it. */
function release(alert: Alert, before: AlertHold): Alert {
  const { notifiedAt, renotify } = memoryOf(alert);
  if (notifiedAt === null || alert.acknowledgement !== null) return alert;
  return remember(alert, { renotify: renotify ?? { reason: RELEASED[before.stage], silent: false } });
}

const RELEASED = {
  maintenance: 'the maintenance window is over and it still fires',
  silence: 'the silence has ended and it still fires',
  suppress: 'what explained it is over and it still fires',
  wake: 'it was deferred and may wait no longer',
  flapping: 'it flapped and now fires without a break',
} as const;

/** An alert that is over is held by nothing. */
function ended(alert: Alert, before: AlertHold, now: number): Judged {
  return {
    alert: remember(alert, { hold: null }),
    verdicts: [verdictOf(before.stage, 'pass', 'It is over, so nothing is held back.', now)],
  };
}

import type { Alert } from '../../shared/model/alert.ts';
import type { AlertChange } from '../../shared/model/alert-change.ts';
import { memoryOf, remember } from './rule/memory.ts';
import type { StepEffect } from './rule/state.ts';

/** News as the state machine said it, before it has the time and facts that go with it. */
export interface Effect extends StepEffect {
  readonly alertId: string;
}

/** Keeps the news with the alert until it has been taken over: what is decided is never lost in a crash. */
export function unsettled(alert: Alert, effects: readonly StepEffect[], at: number): Alert {
  if (effects.length === 0) return alert;
  const news = effects.map(({ change, previous }) => ({ change, previous, at }));
  return remember(alert, { unsettled: [...memoryOf(alert).unsettled, ...news] });
}

export function changeOf(
  alert: Alert,
  effect: Pick<StepEffect, 'change' | 'previous'>,
  at: number,
): AlertChange {
  const { failingShare, objectiveId, hold } = memoryOf(alert);
  const { previous, change } = effect;
  return { alert, previous, change, at, failingShare, objectiveId, causeId: hold?.causeId ?? null };
}

import type { Alert, AlertHold } from '../../shared/model/alert.ts';
import type { AlertBook } from './book.ts';
import type { Effect } from './news.ts';
import { isAlerting, memoryOf, remember } from './rule/memory.ts';

/**
 * What incidents hear of this round. Of an alert that a person or a plan keeps quiet they hear nothing, until it is
 * released while it still fires; one that is explained by another is told, so that it joins that one's incident.
 */
export function newsOf(book: AlertBook, effects: readonly Effect[], now: number): Effect[] {
  const told = effects.filter((effect) => {
    const alert = book.get(effect.alertId);
    if (!alert) return false;
    if (mustWait(alert, effect)) {
      withhold(book, alert, effect, now);
      return false;
    }
    if (effect.change === 'resolved' && memoryOf(alert).withheld !== null) {
      // Nobody heard that it fired, so nobody hears that it is over.
      book.put(remember(alert, { withheld: null, unsettled: withoutNews(alert, effect, now) }), []);
      return false;
    }
    return true;
  });
  return [...told, ...released(book, now)];
}

function isQuiet(hold: AlertHold | null): boolean {
  return hold !== null && ['maintenance', 'silence', 'wake'].includes(hold.stage);
}

function mustWait(alert: Alert, { change }: Effect): boolean {
  const isBeginning = change === 'fired' || change === 'priority-raised' || change === 'no-data';
  return isBeginning && alert.incidentId === null && isAlerting(alert) && isQuiet(memoryOf(alert).hold);
}

function withhold(book: AlertBook, alert: Alert, effect: Effect, now: number): void {
  const { withheld } = memoryOf(alert);
  const news = { change: effect.change, previous: effect.previous, at: now };
  book.put(remember(alert, { withheld: withheld ?? news, unsettled: withoutNews(alert, effect, now) }), []);
}

function withoutNews(alert: Alert, { change }: Effect, now: number) {
  return memoryOf(alert).unsettled.filter((one) => one.change !== change || one.at !== now);
}

function released(book: AlertBook, now: number): Effect[] {
  const effects: Effect[] = [];
  for (const alert of book.all()) {
    const { withheld, hold, unsettled } = memoryOf(alert);
    if (withheld === null || isQuiet(hold)) continue;
    if (!isAlerting(alert)) {
      book.put(remember(alert, { withheld: null }), []);
      continue;
    }
    const { change, previous } = withheld;
    const news = { change, previous, at: now };
    book.put(remember(alert, { withheld: null, unsettled: [...unsettled, news] }), []);
    effects.push({ kind: 'change', change, previous, alertId: alert.id });
  }
  return effects;
}

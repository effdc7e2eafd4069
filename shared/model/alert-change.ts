import type { Alert, AlertPhase } from './alert.ts';

/**
 * News of one alert, from the alert pipeline to incidents: what it is now, what it was, and the measured facts
 * that the severity suggestion needs. Said after the state machine has decided; a repeat of the same news is harmless.
 */
export interface AlertChange {
  readonly alert: Alert;
  readonly previous: AlertPhase;
  readonly change: 'fired' | 'priority-raised' | 'resolved' | 'no-data' | 'acknowledged';
  readonly at: number;
  /** Failing share of requests, 0 to 1; null where the rule does not know it. */
  readonly failingShare: number | null;
  /** The objective that burns, for burn alerts. */
  readonly objectiveId: string | null;
  /** The alert that explains this one, where one does: it belongs to that one's incident. */
  readonly causeId?: string | null;
}

import type { RoutingConfig } from '../../../shared/config/routing.ts';
import type { Alert, AlertHold } from '../../../shared/model/alert.ts';
import type { Labels } from '../../../shared/model/metric.ts';
import type { Silence } from '../../../shared/model/silence.ts';
import type { StageName } from './stage.ts';

/** A maintenance window that runs now. */
export interface OpenWindow {
  readonly id: string;
  readonly title: string;
  /** Empty: all services that the matchers match. */
  readonly services: readonly string[];
  readonly matches: (labels: Labels) => boolean;
  readonly includeDependents: boolean;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly definedAt: string;
}

/** A silence in force, with its matchers compiled. */
export interface ActiveSilence {
  readonly silence: Silence;
  readonly matches: (labels: Labels) => boolean;
}

/** The alert that explains another one, and how far apart they began. */
export interface Cause {
  readonly alert: Alert;
  /** How much earlier the cause began; negative where it showed up after its effect. */
  readonly earlierMs: number;
}

/** What decides whether a page may wait for the morning: the objective's budget, and when people are at work. */
export interface WakeFacts {
  /** Share of the budget that must be left after the next business hour. */
  readonly floor: number;
  readonly budgetRemaining: number | null;
  /** Over the long window of the row that holds. */
  readonly burnRate: number | null;
  /** Since when what is unknown of these is being counted, for the first time in this run; null where it need not be waited for. */
  readonly countingSinceAt: number | null;
  readonly periodMs: number;
  readonly inBusinessHours: boolean;
  /** The next opening; null where none comes. */
  readonly opensAt: number | null;
  readonly tier1: boolean;
}

/** What keeps an alert from telling anybody, before it is known since when. */
export type HoldReason = Omit<AlertHold, 'stage' | 'sinceAt'>;

/** What the stages between the state machine and the group may ask; all of it is data. */
export interface HoldContext {
  readonly now: number;
  readonly windows: readonly OpenWindow[];
  readonly silences: readonly ActiveSilence[];
  readonly causeOf: (alert: Alert) => Cause | null;
  /** Null: every page of it wakes. */
  readonly wakeOf: (alert: Alert) => WakeFacts | null;
  readonly flapping: RoutingConfig['flapping'];
}

export interface HoldAnswer {
  /** Null: it passes. */
  readonly hold: HoldReason | null;
  readonly reason: string;
  readonly definedAt: string | null;
}

/** One stage that may hold an alert back. What is held stays visible, with the reason and with what holds it. */
export interface HoldStage {
  readonly name: Extract<StageName, 'maintenance' | 'silence' | 'suppress' | 'wake' | 'flapping'>;
  readonly decide: (alert: Alert, context: HoldContext) => HoldAnswer;
}

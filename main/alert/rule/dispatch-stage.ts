import type { RoutingConfig } from '../../../shared/config/routing.ts';
import type { Alert } from '../../../shared/model/alert.ts';
import type { Dispatch } from './group.ts';
import type { AskOnCall } from './on-call.ts';
import type { StageName } from './stage.ts';

/** Where a dispatch goes, once the route has decided. */
export interface Addressing {
  readonly receivers: readonly string[];
  readonly sound: boolean;
}

/** A dispatch on its way: first only what is to be said, later also to whom. */
export interface Outgoing {
  readonly dispatch: Dispatch;
  readonly addressing: Addressing | null;
}

export interface DispatchContext {
  readonly now: number;
  readonly routing: RoutingConfig;
  readonly routingDefinedAt: string;
  readonly inBusinessHours: boolean;
  /** Notifications of the same service within the rate limit's window, oldest first. */
  readonly recent: () => readonly { readonly at: number; readonly summary: boolean }[];
  /** Who is on call by a schedule. */
  readonly onCall: AskOnCall;
  /** Effects of this alert whose page has just gone out. */
  readonly foldedBy: (alert: Alert) => readonly Alert[];
}

export interface DispatchAnswer {
  /** Null: held, and to be decided again at the next tick. */
  readonly outgoing: Outgoing | null;
  /** Null where the stage has nothing to say of it. */
  readonly reason: string | null;
}

/** One stage between the group and the notification; it answers with a reason, whatever it decides. */
export interface DispatchStage {
  readonly name: StageName;
  readonly decide: (outgoing: Outgoing, context: DispatchContext) => DispatchAnswer;
}

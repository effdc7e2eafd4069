/** A window without a frame for this long cannot call what it shows current. The core beats every 2 s. */
export const STALE_AFTER_MS = 5_000;

/** What the window knows of its line to the core. Only *live* may be shown without a banner. */
export type Connection =
  | { readonly kind: 'connecting'; readonly sinceAt: number }
  | { readonly kind: 'live'; readonly lastFrameAt: number }
  /** The line is open, but nothing came over it since `sinceAt`. */
  | { readonly kind: 'stale'; readonly sinceAt: number }
  | {
      readonly kind: 'offline';
      /** Last frame, or the first failed attempt where none ever came. */
      readonly sinceAt: number;
      readonly attempt: number;
      readonly nextTryAt: number;
      readonly problem: string;
      /** The core was reached and could not say what it has. */
      readonly answered: boolean;
      /** False where nothing was ever shown: then there is nothing to read either. */
      readonly everLive: boolean;
    };

export type ConnectionEvent =
  | { readonly kind: 'frame' }
  | { readonly kind: 'tick' }
  | {
      readonly kind: 'closed';
      readonly problem: string;
      readonly answered: boolean;
      readonly attempt: number;
      readonly nextTryAt: number;
    };

export function stepConnection(state: Connection, event: ConnectionEvent, now: number): Connection {
  if (event.kind === 'frame') return { kind: 'live', lastFrameAt: now };
  if (event.kind === 'tick') {
    const silent = state.kind === 'live' && now - state.lastFrameAt >= STALE_AFTER_MS;
    return silent ? { kind: 'stale', sinceAt: state.lastFrameAt } : state;
  }
  return {
    kind: 'offline',
    sinceAt: state.kind === 'live' ? state.lastFrameAt : state.sinceAt,
    attempt: event.attempt,
    nextTryAt: event.nextTryAt,
    problem: event.problem,
    answered: event.answered,
    everLive: state.kind === 'live' || state.kind === 'stale' || (state.kind === 'offline' && state.everLive),
  };
}

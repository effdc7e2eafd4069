import type { StateChange } from '../../shared/contract/state.ts';
import { StateFrame } from '../../shared/contract/state.ts';
import type { Api } from './api.ts';
import { backOffMs } from './back-off.ts';
import { type Connection, stepConnection } from './connection.ts';
import { type EndOfLine, endOfLine } from './end-of-line.ts';
import { type FramePosition, judgeFrame } from './frame.ts';
import type { Line, OpenLine } from './line.ts';

const GIVE_UP_AFTER_MS = 15_000;

export type Hello = Awaited<ReturnType<Api['system']['hello']>>;
export type Notice =
  Awaited<ReturnType<Api['system']['notifications']>> extends AsyncIterable<infer One> ? One : never;

/** Where the session tells what it learns. `frame` gets the core's clock for the skew. */
export interface SessionListener {
  connection(state: Connection): void;
  hello(hello: Hello): void;
  /** `rest`: things of the snapshot that are still to come. */
  replace(changes: readonly StateChange[], coreAt: number, rest: number): void;
  /** `rest` is null where the frame is no part of a snapshot. */
  apply(changes: readonly StateChange[], coreAt: number, rest: number | null): void;
  alive(coreAt: number): void;
  notification(api: Api, notice: Notice): void;
}

export interface Session {
  /** Null while no line is open. */
  api(): Api | null;
  /** Tries at once instead of at the next turn. */
  tryNow(): void;
  stop(): void;
}

export interface SessionWorld {
  readonly now: () => number;
  readonly jitter: () => number;
  readonly every: (ms: number, run: () => void) => () => void;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Keeps one line to the core open for as long as the window lives, and everything it shows up to date. */
export function startSession(open: OpenLine, listener: SessionListener, world: SessionWorld): Session {
  let connection: Connection = { kind: 'connecting', sinceAt: world.now() };
  let line: Line | null = null;
  let wake = new AbortController();
  const life = new AbortController();
  const step = (event: Parameters<typeof stepConnection>[1]) => {
    const next = stepConnection(connection, event, world.now());
    const news = next !== connection && !(next.kind === 'live' && connection.kind === 'live');
    connection = next;
    if (news) listener.connection(next);
  };
  listener.connection(connection);
  const stopTicks = world.every(1_000, () => {
    step({ kind: 'tick' });
    // A line that stays silent is given up: a new one may reach a core that the old one does not.
    if (connection.kind === 'stale' && world.now() - connection.sinceAt > GIVE_UP_AFTER_MS) line?.close();
  });

  const run = async () => {
    let attempt = 0;
    while (!life.signal.aborted) {
      let end: EndOfLine;
      try {
        line = await open(life.signal);
        const lost = line.closed;
        // Asked beside the state, not before it: a window that opens waits for one answer, not for two in turn.
        const greeted = line.api.system.hello().then(listener.hello);
        const onFrame = () => {
          attempt = 0;
          step({ kind: 'frame' });
        };
        const followed = follow(line.api, listener, onFrame);
        const ends = [lost, followed, listen(line.api, listener), greeted.then(() => lost)];
        end = { problem: await Promise.race(ends), answered: false };
      } catch (thrown) {
        end = endOfLine(thrown);
      }
      line?.close();
      line = null;
      if (life.signal.aborted) return;
      attempt += 1;
      const waitMs = backOffMs(attempt, world.jitter());
      step({ kind: 'closed', ...end, attempt, nextTryAt: world.now() + waitMs });
      wake = new AbortController();
      await world.sleep(waitMs, AbortSignal.any([wake.signal, life.signal]));
    }
  };
  void run();

  return {
    api: () => line?.api ?? null,
    tryNow: () => wake.abort(),
    stop: () => {
      life.abort();
      stopTicks();
      line?.close();
    },
  };
}

/** Follows the state until the line breaks; a hole in the numbers begins again with a snapshot. */
async function follow(api: Api, listener: SessionListener, onFrame: () => void): Promise<string> {
  for (;;) {
    let position: FramePosition = null;
    const frames = await api.state.watch();
    let hole = false;
    for await (const raw of frames) {
      const frame = StateFrame.safeParse(raw);
      if (!frame.success)
        return 'The core speaks another version of the contract. Reload this window to get its own.';
      const verdict = judgeFrame(position, frame.data);
      if (verdict.kind === 'resync') {
        hole = true;
        break;
      }
      position = verdict.position;
      if (verdict.kind === 'replace') listener.replace(verdict.changes, frame.data.at, verdict.rest ?? 0);
      else if (verdict.kind === 'apply') listener.apply(verdict.changes, frame.data.at, verdict.rest);
      else listener.alive(frame.data.at);
      onFrame();
    }
    if (!hole) return 'The core ended the stream of its state.';
  }
}

/** Notifications are an extra: a core that ends their stream does not end the session. */
async function listen(api: Api, listener: SessionListener): Promise<string> {
  try {
    for await (const notice of await api.system.notifications()) listener.notification(api, notice);
  } catch {
    return await new Promise<string>(() => undefined);
  }
  return await new Promise<string>(() => undefined);
}

import { createStore, type StoreApi } from 'zustand/vanilla';
import type { OnCallNow } from '../../shared/model/on-call.ts';
import type { Api } from '../transport/api.ts';
import type { Connection } from '../transport/connection.ts';
import type { OpenLine } from '../transport/line.ts';
import { type Hello, type Notice, type SessionWorld, startSession } from '../transport/session.ts';
import { createDemoDomain, type DemoDomain } from './demo.ts';
import { createHealthDomain, type HealthDomain } from './health.ts';
import { createIncidentDomain, type IncidentDomain } from './incident.ts';
import type { LoadedStore } from './loaded.ts';
import { createMirror, type MirrorStores } from './mirror.ts';
import { createObjectiveDomain, type ObjectiveDomain } from './objective.ts';
import { createObjectivePast, type ObjectivePast } from './objective-past.ts';
import type { ObjectiveSort } from './objective-table.ts';
import { createOnCallDomain } from './on-call.ts';
import { createPlaybookDomain, type PlaybookDomain } from './playbook.ts';
import { createPostmortemDomain, type PostmortemDomain } from './postmortem.ts';
import { createRequests, type Requests } from './request.ts';
import { createSecretDomain, type SecretDomain } from './secret.ts';
import { createSignalDesk, type SignalDesk } from './signal-desk.ts';
import { createTraceDomain, type TraceDomain } from './trace.ts';
import type { QueueGroup } from './triage.ts';
import { createTriage } from './triage-memo.ts';
import { createUiStore, type Theme, type UiActions, type UiStore, uiActions } from './ui.ts';

export interface LineState {
  readonly connection: Connection;
  readonly hello: Hello | null;
  /** The core's clock minus this machine's, as of the last frame. */
  readonly skewMs: number;
  /** Things of the core's state that are still on their way; of many thousand alerts the most urgent come first. */
  readonly coming: number;
}

/** Everything a screen may use: the mirrored state, what is loaded on demand, and what may be done. */
export interface Core {
  readonly line: StoreApi<LineState>;
  /** The core's time, moving once a second. */
  readonly clock: StoreApi<{ readonly nowAt: number }>;
  readonly mirror: MirrorStores;
  /** The queue of Triage as it stands. */
  readonly triage: () => readonly QueueGroup[];
  readonly uiStore: UiStore;
  readonly ui: UiActions;
  readonly requests: Requests;
  readonly health: HealthDomain;
  readonly incident: IncidentDomain;
  readonly objective: ObjectiveDomain;
  readonly past: ObjectivePast;
  readonly playbook: PlaybookDomain;
  readonly postmortem: PostmortemDomain;
  readonly signal: SignalDesk;
  readonly demo: DemoDomain;
  readonly secret: SecretDomain;
  readonly trace: TraceDomain;
  /** Who is on call, under the key `now`. */
  readonly onCall: LoadedStore<readonly OnCallNow[]>;
  loadOnCall(): Promise<void>;
  tryNow(): void;
  stop(): void;
}

export interface CoreWorld extends SessionWorld {
  readonly nextFrame: (run: () => void) => void;
  readonly later: (ms: number, run: () => void) => () => void;
  readonly setHash: (hash: string) => void;
}

export interface CoreOptions {
  readonly open: OpenLine;
  readonly world: CoreWorld;
  readonly hash: string;
  readonly theme: Theme;
  /** How the objectives stand; by default the most urgent first. */
  readonly sort?: ObjectiveSort;
  readonly onNotification: (core: Core, api: Api, notice: Notice) => void;
}

// A skew under a second is the way over the line, not a clock that is wrong.
const SKEW_FLOOR_MS = 1_000;

export function createCore({ open, world, hash, theme, sort, onNotification }: CoreOptions): Core {
  const line = createStore<LineState>()(() => ({
    connection: { kind: 'connecting', sinceAt: world.now() },
    hello: null,
    skewMs: 0,
    coming: 0,
  }));
  const clock = createStore<{ readonly nowAt: number }>()(() => ({ nowAt: world.now() }));
  const tick = () => clock.setState({ nowAt: world.now() + line.getState().skewMs });
  const mirror = createMirror(world.nextFrame);
  const uiStore = createUiStore(hash, theme, sort);
  const ui = uiActions(uiStore, world.setHash, world.later);
  const heard = (coreAt: number) => {
    const skewMs = coreAt - world.now();
    const rounded = Math.abs(skewMs) < SKEW_FLOOR_MS ? 0 : skewMs;
    if (Math.abs(rounded - line.getState().skewMs) >= SKEW_FLOOR_MS) {
      line.setState({ skewMs: rounded });
      tick();
    }
  };
  const session = startSession(
    open,
    {
      connection: (connection) => line.setState({ connection }),
      hello: (hello) => line.setState({ hello }),
      replace: (changes, at, rest) => {
        heard(at);
        mirror.replace(changes);
        line.setState({ coming: rest });
      },
      apply: (changes, at, rest) => {
        heard(at);
        if (rest !== null && rest > 0) mirror.gather(changes);
        else mirror.apply(changes);
        if (rest !== null) line.setState({ coming: rest });
      },
      alive: heard,
      notification: (api, notice) => onNotification(core, api, notice),
    },
    world,
  );
  const requests = createRequests(session.api, uiStore, ui);
  const stopTicks = world.every(1_000, tick);
  const core: Core = {
    line,
    clock,
    mirror: mirror.stores,
    triage: createTriage(mirror.stores, () => clock.getState().nowAt),
    uiStore,
    ui,
    requests,
    health: createHealthDomain(requests),
    incident: createIncidentDomain(requests, ui),
    objective: createObjectiveDomain(requests),
    past: createObjectivePast(requests, ui),
    playbook: createPlaybookDomain(requests, ui),
    postmortem: createPostmortemDomain(requests, ui, world.later),
    signal: createSignalDesk(uiStore, ui),
    demo: createDemoDomain(requests, ui),
    secret: createSecretDomain(requests),
    trace: createTraceDomain(requests),
    ...createOnCallDomain(requests),
    tryNow: session.tryNow,
    stop: () => {
      stopTicks();
      session.stop();
    },
  };
  return core;
}

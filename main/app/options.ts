import type { Result } from '../../shared/error/result.ts';
import type { HealthReport } from '../../shared/model/health.ts';
import type { Priority } from '../../shared/model/priority.ts';
import type { Api, StateHub } from '../api/index.ts';
import type { HostNotifier } from '../notify/index.ts';
import type { LaunchChild, Logger, Vault } from '../platform/index.ts';

/** What a host gives the core and asks of it. */
export interface AppOptions {
  readonly host: 'node' | 'electron';
  /** The demo has a workspace of its own and starts its fleet. */
  readonly demo: boolean;
  /** Path of the workspace; left out for the demo. */
  readonly workspace: string | undefined;
  /** Where state is kept; undefined takes the system's place for it. */
  readonly dataFolder: string | undefined;
  /** Holds what `keychain:NAME` means. Left out where the host has none: then secrets last for the session. */
  readonly vault?: Vault;
  /** Null where this host has no notifications of its own: then nothing is tried there. */
  readonly notifier: HostNotifier | null;
  readonly launchChild: LaunchChild;
  readonly log: Logger;
  /** What a second instance is told: where the window of this one is. */
  readonly greeting: () => string;
  /** Says what is being done at the start, for a terminal. */
  readonly onProgress: (text: string) => void;
}

/** A running core. */
export interface App {
  readonly api: Api;
  readonly hub: StateHub;
  /** Who acts, as it stands on timelines. */
  readonly actor: string;
  readonly workspaceName: string;
  readonly dataFolder: string;
  /** Midwatch's own metrics in exposition, for another Prometheus. */
  metrics(): Promise<string>;
  /** What it keeps, what waits in it, and the memory it takes. */
  health(): Promise<HealthReport>;
  /** The machine goes to sleep: no more polls. */
  suspend(): void;
  /** The machine is awake again: one catch-up poll a source, then as before. */
  resume(): void;
  /** Acknowledges an incident and the alerts behind it; rejects with a coded error where there is nothing to acknowledge. */
  acknowledgeIncident(incidentId: string): Promise<void>;
  /** Plays a page of that priority on this machine's screen, marked as a test; answers by which way, or why not. */
  sendTestPage(priority: Priority): Promise<Result<string, string>>;
  /** Sends what is due, closes both databases and ends all threads; within two seconds. */
  stop(): Promise<void>;
}

export const VERSION = '0.1.0';

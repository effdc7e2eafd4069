import type { Api, StateHub } from '../api/index.ts';
import type { HostNotifier } from '../notify/index.ts';
import type { LaunchChild, Logger } from '../platform/index.ts';

/** What a host gives the core and asks of it. */
export interface AppOptions {
  readonly host: 'node' | 'electron';
  /** The demo has a workspace of its own and starts its fleet. */
  readonly demo: boolean;
  /** Path of the workspace; left out for the demo. */
  readonly workspace: string | undefined;
  /** Where state is kept; undefined takes the system's place for it. */
  readonly dataFolder: string | undefined;
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
  /** Sends what is due, closes both databases and ends all threads; within two seconds. */
  stop(): Promise<void>;
}

export const VERSION = '0.1.0';

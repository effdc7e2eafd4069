import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PushSource } from '../../shared/config/push-source.ts';
import type { Workspace } from '../../shared/config/workspace.ts';
import { secretToken } from '../platform/index.ts';
import type { RunningFleet } from './fleet.ts';
import type { Receiving } from './receiving.ts';

/** The way of the demo fleet's traces: a sender of its own at the receivers, and word to the fleet where they are. */
export interface DemoTraces {
  /** Takes over a configuration, in the demo with the fleet as one more sender. */
  receive(receiving: Receiving, workspace: Workspace): Promise<void>;
  /** Tells the fleet where the receivers listen, once for each port. */
  follow(receiving: Receiving): Promise<void>;
}

const SENDER = 'demo-fleet-traces';
const TOKEN_FILE = 'fleet-token';

/** Without a fleet nothing is added and nobody is told. */
export function createDemoTraces(
  fleet: Pick<RunningFleet, 'sendTraces'> | undefined,
  dataFolder: string,
): DemoTraces {
  if (!fleet)
    return {
      receive: (receiving, { sources, receive }) => receiving.replace(sources, receive),
      follow: async () => undefined,
    };
  const path = join(dataFolder, TOKEN_FILE);
  const token = secretToken();
  writeFileSync(path, token, { mode: 0o600 });
  chmodSync(path, 0o600);
  // It brings spans alone, so it is no source that anything rests on, and stands in no list of sources.
  const sender = PushSource.parse({ kind: 'push', id: SENDER, token: `file:${path}`, accept: ['otlp'] });
  let told: number | null = null;
  return {
    receive: (receiving, { sources, receive }) => receiving.replace([...sources, sender], receive),
    async follow(receiving) {
      const port = receiving.port();
      if (port === null || port === told) return;
      await fleet.sendTraces({ url: `http://127.0.0.1:${port}`, token });
      told = port;
    },
  };
}

import { join } from 'node:path';
import { createWindowClient, type WindowClient } from '../../../main/host/node/index.ts';
import { silentLogger } from '../../../main/platform/index.ts';
import { type MeasuredProcess, type ProcessOptions, startMeasured } from './measured-process.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const START_MS = 60_000;
const ADDRESS = /http:\/\/127\.0\.0\.1:(\d+)\/launch\?token=\S+/;

export interface CoreOptions extends Omit<ProcessOptions, 'args'> {
  /** Runs the sources as they are instead of the bundles. */
  readonly fromSource: boolean;
  /** What stands after the program: a command and its options. */
  readonly command: readonly string[];
}

/** Makes the bundles, unless they are of these sources; to be called before time is taken. */
export async function prepareCore(fromSource: boolean): Promise<void> {
  if (fromSource) return;
  const setup: { build(): Promise<void> } = await import(join(root, 'scripts', 'setup.mjs'));
  await setup.build();
}

/** Starts the core in a process of its own, as its users do. */
export function startCore({ fromSource, command, ...options }: CoreOptions): MeasuredProcess {
  const entry = fromSource ? 'main/host/cli/cli.main.ts' : 'out/main/cli.js';
  return startMeasured({ ...options, args: [join(root, entry), ...command] });
}

/** The address that the core printed for its window. */
export async function launchAddress(core: MeasuredProcess): Promise<{ address: string; port: number }> {
  const [address, port] = await core.printed(ADDRESS, START_MS);
  return { address, port: Number(port) };
}

/** Connects a window that reads the state and shows pages, as a browser tab does. */
export async function openWindow(core: MeasuredProcess): Promise<WindowClient> {
  const { address, port } = await launchAddress(core);
  const server = { port, launchAddress: () => address, close: async () => undefined };
  return createWindowClient(server, silentLogger(), () => undefined);
}

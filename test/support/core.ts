import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, startApp } from '../../main/app/index.ts';
import { type LoopbackServer, startLoopbackServer } from '../../main/host/node/index.ts';
import { launchNodeChild, silentLogger, systemClock } from '../../main/platform/index.ts';
import { err } from '../../shared/error/result.ts';

/** A whole core with its loopback server, as the product starts it, on a data folder of its own. */
export interface TestCore {
  readonly app: App;
  readonly server: LoopbackServer;
  readonly dataFolder: string;
  stop(): Promise<void>;
}

export interface TestCoreOptions {
  /** A workspace folder; the demo with its fleet where it is left out. */
  readonly workspace?: string;
  readonly dataFolder?: string;
  readonly windowFolder?: string;
}

export async function startTestCore(options: TestCoreOptions = {}): Promise<TestCore> {
  const dataFolder = options.dataFolder ?? mkdtempSync(join(tmpdir(), 'midwatch-core-'));
  const log = silentLogger();
  const app = await startApp({
    host: 'node',
    demo: options.workspace === undefined,
    workspace: options.workspace,
    dataFolder,
    notifier: { show: async () => err('this test has no desktop') },
    launchChild: launchNodeChild,
    log,
    greeting: () => 'It is a test.',
    onProgress: () => undefined,
  });
  const server = await startLoopbackServer({
    api: app.api,
    metrics: () => app.metrics(),
    windowFolder: options.windowFolder ?? join(import.meta.dirname, '..', '..', 'out', 'renderer'),
    dataFolder,
    clock: systemClock(),
    log,
    port: 0,
    actor: 'tester',
  });
  return {
    app,
    server,
    dataFolder,
    async stop() {
      await server.close();
      await app.stop();
      if (options.dataFolder === undefined) rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}

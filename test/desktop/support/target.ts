import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A real target: gauges that a spec sets, an action that takes as long as it is held, and a record of who asked how. */
export interface Target {
  readonly address: string;
  set(name: string, value: number): void;
  readonly scrapes: () => number;
  /** The `Authorization` of the last scrape. */
  readonly authorization: () => string | undefined;
  /** Requests to /action, as they came in. */
  readonly actions: () => number;
  /** Lets actions that wait answer. */
  release(): void;
  close(): Promise<void>;
}

export async function startTarget(initial: Readonly<Record<string, number>>): Promise<Target> {
  const values = new Map(Object.entries(initial));
  const held: (() => void)[] = [];
  let scrapes = 0;
  let actions = 0;
  let authorization: string | undefined;
  const server = createServer((request, response) => {
    if (request.url === '/action') {
      actions += 1;
      held.push(() => response.end('{}'));
      return;
    }
    scrapes += 1;
    authorization = request.headers.authorization;
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end([...values].map(([name, value]) => `# TYPE ${name} gauge\n${name} ${value}\n`).join(''));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    set: (name, value) => void values.set(name, value),
    scrapes: () => scrapes,
    authorization: () => authorization,
    actions: () => actions,
    release: () => {
      for (const answer of held.splice(0)) answer();
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

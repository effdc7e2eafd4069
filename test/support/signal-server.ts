import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A real target whose gauges a test sets; scraped as text exposition. */
export interface SignalServer {
  readonly address: string;
  set(name: string, value: number): void;
  scrapes(): number;
  close(): Promise<void>;
}

export async function signalServer(initial: Readonly<Record<string, number>>): Promise<SignalServer> {
  const values = new Map(Object.entries(initial));
  let scrapes = 0;
  const server = createServer((_request, response) => {
    scrapes += 1;
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end([...values].map(([name, value]) => `# TYPE ${name} gauge\n${name} ${value}\n`).join(''));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    set: (name, value) => void values.set(name, value),
    scrapes: () => scrapes,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { Alert } from '../../../shared/model/alert.ts';
import type { SourceCondition } from '../../../shared/model/source.ts';
import type { Certificates } from '../certificates.ts';
import { type Answer, startServer } from '../http-server.ts';

/** What a window must show of a source behind such a backend. */
export interface Shown {
  readonly condition: SourceCondition;
  /** Parts of its problem: what happened, and what to do; null where there is none to show. */
  readonly problem: readonly string[] | null;
  /** What its rule says: phase, and a part of the reason. */
  readonly rule?: { readonly phase: Alert['phase']; readonly reason: string };
  /** A reason in its account of samples that were left out. */
  readonly leftOut?: string;
}

/** How a backend is reached: a server with HTTP, one that is only a socket, or an address where nothing is. */
export type Serving =
  | {
      readonly kind: 'http';
      readonly answer: Answer;
      readonly tls?: 'server' | 'expired' | 'selfSigned';
      /** The scheme that the source is given, where it is not the server's. */
      readonly scheme?: 'http' | 'https';
    }
  /** Called with the first bytes of each connection. */
  | { readonly kind: 'socket'; readonly talk: (socket: Socket) => void }
  | { readonly kind: 'address'; readonly url: string };

/** One way for a pull source to misbehave, and what must be shown of it. */
export interface BadBackend {
  readonly name: string;
  readonly kind: 'prometheus' | 'exposition';
  readonly serving: Serving;
  /** Keys of its source in midwatch.yaml. */
  readonly source?: Readonly<Record<string, unknown>>;
  readonly shows: Shown;
}

export interface StartedBackend {
  readonly url: string;
  close(): Promise<void>;
}

export async function startBackend(
  { serving }: Pick<BadBackend, 'serving'>,
  made: Certificates,
): Promise<StartedBackend> {
  switch (serving.kind) {
    case 'address':
      return { url: serving.url, close: async () => undefined };
    case 'socket':
      return startSocket(serving.talk);
    case 'http': {
      const server = await startServer(serving.answer, serving.tls ? made[serving.tls] : undefined);
      const url = serving.scheme ? server.url.replace(/^https?/, serving.scheme) : server.url;
      return { url, close: () => server.close() };
    }
  }
}

/** A server that is no HTTP server. */
async function startSocket(talk: (socket: Socket) => void): Promise<StartedBackend> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).once('data', () => talk(socket));
    socket.on('end', () => socket.end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Of the answering kinds: whoever never answers in full is given little time, so that the matrix is quick. */
export const SHORT = { timeout: '500ms' };

/** A source of the workspace, as midwatch.yaml writes it. */
export function sourceOf(
  backend: Pick<BadBackend, 'kind' | 'source'>,
  id: string,
  url: string,
  pollEvery: string,
): Record<string, unknown> {
  const own = { id, kind: backend.kind, poll_every: pollEvery, ...backend.source };
  return backend.kind === 'prometheus'
    ? { ...own, url }
    : { ...own, targets: [{ id: 'target', url: `${url}/metrics` }] };
}

/** The rule that rests on a source which answers queries: its expression is what the backend is asked. */
export function ruleOf(id: string): Record<string, unknown> {
  return {
    alert: `Rule-${id}`,
    expr: 'queue_length > 100',
    labels: { priority: 'P3' },
    annotations: { source: id },
  };
}

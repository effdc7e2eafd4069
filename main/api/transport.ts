import type { SupportedMessagePort } from '@orpc/client/message-port';
import { ORPCError, onError } from '@orpc/server';
import { RPCHandler as PortHandler } from '@orpc/server/message-port';
import { RPCHandler as SocketHandler } from '@orpc/server/ws';
import type { WebSocket } from 'ws';
import type { ApiContext } from './context.ts';
import type { ApiRouter } from './router.ts';

/** The router with what it needs to log; the same over both transports. */
export interface Api {
  readonly router: ApiRouter;
  readonly onFailure: (thrown: unknown) => void;
}

/** Serves one window over a WebSocket until it closes. */
export function serveWebSocket(api: Api, socket: WebSocket, context: ApiContext): void {
  const handler = new SocketHandler(api.router, {
    interceptors: [onError((thrown) => report(api, thrown))],
  });
  void handler.upgrade(socket, { context });
}

/** Serves one window over a message port (Electron's, or a worker's in tests). */
export function serveMessagePort(api: Api, port: SupportedMessagePort, context: ApiContext): void {
  const handler = new PortHandler(api.router, { interceptors: [onError((thrown) => report(api, thrown))] });
  handler.upgrade(port, { context });
}

/** A coded refusal and a request that does not fit the contract are answers; what is left is a bug of ours. */
function report(api: Api, thrown: unknown): void {
  const isAnswer = thrown instanceof ORPCError && (thrown.defined || thrown.status < 500);
  if (!isAnswer) api.onFailure(thrown);
}

import { createORPCClient } from '@orpc/client';
import type { RPCLink as PortLink } from '@orpc/client/message-port';
import type { RPCLink as SocketLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import type { Contract } from '../../shared/contract/index.ts';

/** Everything the window may ask the core, typed by the contract. */
export type Api = ContractRouterClient<Contract>;

type Link = PortLink<Record<never, never>> | SocketLink<Record<never, never>>;

export function createApi(link: Link): Api {
  return createORPCClient(link);
}

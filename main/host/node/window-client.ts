import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import { request } from 'undici';
import { WebSocket } from 'ws';
import type { Contract } from '../../../shared/contract/index.ts';
import {
  type CollectionName,
  type Collections,
  identityOf,
  type StateFrame,
} from '../../../shared/contract/state.ts';
import { CodedError, messageOf } from '../../../shared/error/coded.ts';
import type { Page } from '../../../shared/model/notification.ts';
import type { Logger } from '../../platform/index.ts';
import type { LoopbackServer } from './server.ts';

/** The loopback server from a program's side: let in by a launch address, then the same WebSocket as a browser tab's. */
export interface WindowClient {
  readonly call: ContractRouterClient<Contract>;
  /** The first thing of the collection that fits, now or as soon as it comes; `timed-out` with the words given otherwise. */
  until<Name extends CollectionName>(
    name: Name,
    timeoutMs: number,
    otherwise: string,
    fits: (thing: Collections[Name]) => boolean,
  ): Promise<Collections[Name]>;
  close(): Promise<void>;
}

export async function createWindowClient(
  server: LoopbackServer,
  log: Logger,
  onPage: (page: Page) => void,
): Promise<WindowClient> {
  const address = `http://127.0.0.1:${server.port}`;
  const launch = await request(server.launchAddress());
  await launch.body.dump();
  const cookie = String(launch.headers['set-cookie'] ?? '').split(';')[0] ?? '';
  const socket = new WebSocket(`${address.replace('http', 'ws')}/rpc`, {
    headers: { cookie, origin: address },
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('error', reject);
  });
  const call: ContractRouterClient<Contract> = createORPCClient(
    new RPCLink({ websocket: socket as unknown as globalThis.WebSocket }),
  );
  const mirror = createMirror();
  const ending = new AbortController();
  const reading = (async () => {
    for await (const frame of await call.state.watch(undefined, { signal: ending.signal }))
      mirror.apply(frame);
  })().catch((thrown: unknown) => {
    if (!ending.signal.aborted) log.warn({ problem: messageOf(thrown) }, 'the state could not be watched');
  });
  const showing = (async () => {
    for await (const { deliveryId, page } of await call.system.notifications(undefined, {
      signal: ending.signal,
    })) {
      onPage(page);
      await call.system.notificationShown({ deliveryId, outcome: 'shown', problem: '' });
    }
  })().catch((thrown: unknown) => {
    if (!ending.signal.aborted)
      log.warn({ problem: messageOf(thrown) }, 'notifications could not be watched');
  });
  return {
    call,
    until: mirror.until,
    async close() {
      // The word that a stream ends still travels over the socket; where that is closed, its streams have ended with it.
      if (socket.readyState === WebSocket.OPEN) ending.abort();
      await Promise.all([reading, showing]);
      socket.close();
    },
  };
}

function createMirror() {
  const things = new Map<CollectionName, Map<string, unknown>>();
  const waiting = new Set<() => void>();
  return {
    apply(frame: StateFrame) {
      if (frame.kind === 'beat') return;
      if (frame.kind === 'snapshot') things.clear();
      for (const change of frame.changes) {
        const collection = things.get(change.collection) ?? new Map<string, unknown>();
        things.set(change.collection, collection);
        for (const thing of change.upsert) collection.set(identityOf(change.collection, thing), thing);
        for (const id of change.remove) collection.delete(id);
      }
      for (const look of [...waiting]) look();
    },
    until: <Name extends CollectionName>(
      name: Name,
      timeoutMs: number,
      otherwise: string,
      fits: (thing: Collections[Name]) => boolean,
    ) =>
      new Promise<Collections[Name]>((resolve, reject) => {
        const look = () => {
          const found = [...(things.get(name)?.values() ?? [])].find((thing) =>
            fits(thing as Collections[Name]),
          );
          if (!found) return;
          clearTimeout(timer);
          waiting.delete(look);
          resolve(found as Collections[Name]);
        };
        const timer = setTimeout(() => {
          waiting.delete(look);
          reject(new CodedError('timed-out', `Within ${timeoutMs / 1000} s ${otherwise}.`));
        }, timeoutMs);
        waiting.add(look);
        look();
      }),
  };
}

import type { Codec } from './codec.ts';

type Preload = (
  require: (name: string) => unknown,
  module: { exports: object },
  exports: object,
  process: object,
) => void;

/** One message of the line between the page and the shell. */
export type PageMessage =
  | { readonly t: 'send'; readonly channel: string; readonly args: string }
  | { readonly t: 'port'; readonly id: number; readonly data: string }
  | { readonly t: 'port-close'; readonly id: number }
  | { readonly t: 'input'; readonly type: string };
export type ShellMessage =
  | {
      readonly t: 'message';
      readonly channel: string;
      readonly data: string;
      readonly ports: readonly number[];
    }
  | { readonly t: 'port'; readonly id: number; readonly data: string }
  | { readonly t: 'port-close'; readonly id: number };

/**
 * The preload's side, in a world of its own in the page: what `require('electron')` answers there, and real message ports
 * pumped over the line. Its source runs in the page, so it may use nothing from outside itself.
 */
export function pageHalf(makeCodec: () => Codec, preload: Preload): void {
  const world = globalThis as unknown as {
    __standin(text: string): void;
    __standinReceive(text: string): void;
    self: unknown;
    top: unknown;
  };
  if (world.self !== world.top) return;
  const codec = makeCodec();
  const tell = (message: PageMessage) => world.__standin(JSON.stringify(message));
  const listeners = new Map<string, ((event: object, ...args: unknown[]) => void)[]>();
  const pumps = new Map<number, MessagePort>();
  const strictly = (name: string, thing: object) =>
    new Proxy(thing, {
      get(target, key) {
        if (typeof key === 'string' && !(key in target))
          throw new Error(`The stand-in has no ${name}.${key}.`);
        return Reflect.get(target, key);
      },
    });
  const portOf = (id: number): MessagePort => {
    const { port1, port2 } = new MessageChannel();
    pumps.set(id, port1);
    port1.onmessage = (event) => tell({ t: 'port', id, data: codec.encode(event.data) });
    port1.addEventListener('close', () => tell({ t: 'port-close', id }));
    return port2;
  };
  world.__standinReceive = (text) => {
    for (const message of JSON.parse(text) as ShellMessage[]) {
      if (message.t === 'port') pumps.get(message.id)?.postMessage(codec.decode(message.data));
      else if (message.t === 'port-close') pumps.get(message.id)?.close();
      else {
        const ports = message.ports.map(portOf);
        const args = codec.decode(message.data) as unknown[];
        for (const listener of listeners.get(message.channel) ?? [])
          listener({ ports, sender: ipcRenderer }, ...args);
      }
    }
  };
  const ipcRenderer: object = strictly('ipcRenderer', {
    on(channel: string, listener: (event: object, ...args: unknown[]) => void) {
      listeners.set(channel, [...(listeners.get(channel) ?? []), listener]);
      return ipcRenderer;
    },
    send: (channel: string, ...args: unknown[]) => tell({ t: 'send', channel, args: codec.encode(args) }),
  });
  const contextBridge = strictly('contextBridge', {
    exposeInMainWorld(key: string, api: unknown) {
      const isPort = (one: unknown) => one instanceof MessagePort || one instanceof ArrayBuffer;
      const members = typeof api === 'object' && api !== null && !isPort(api) ? Object.values(api) : [api];
      if (members.some(isPort))
        throw new Error(`contextBridge carries no port and nothing transferable ("${key}").`);
      throw new Error(
        `The stand-in exposes nothing ("${key}"): a preload hands its port over by postMessage.`,
      );
    },
  });
  const electron = strictly('electron', { ipcRenderer, contextBridge });
  const need = (name: string) => {
    if (name === 'electron') return electron;
    throw new Error(`module not found: ${name}`);
  };
  for (const [name, type] of [
    ['pointerdown', 'mouseDown'],
    ['keydown', 'rawKeyDown'],
  ] as const)
    globalThis.addEventListener(name, (event) => event.isTrusted && tell({ t: 'input', type }), true);
  const module = { exports: {} };
  preload(
    need,
    module,
    module.exports,
    strictly('process', { platform: 'linux', type: 'renderer', sandboxed: true }),
  );
}

import { EventEmitter } from 'node:events';
import { createCodec } from './codec.ts';

const codec = createCodec();

/** A port of the shell. Its other end is another port here, or a real port in a page. */
export class Port extends EventEmitter {
  _other: ((data: string) => void) | undefined;
  _closeOther: (() => void) | undefined;
  _started = false;
  _closed = false;
  _queue: string[] = [];

  postMessage(message: unknown, transfer?: Port[]): void {
    if (transfer && transfer.length > 0) throw new Error('The stand-in passes no port through a port.');
    const data = codec.encode(message);
    if (!this._closed) this._other?.(data);
  }

  start(): void {
    this._started = true;
    for (const data of this._queue.splice(0)) this._deliver(data);
  }

  close(): void {
    if (this._closed) return;
    this._closeOther?.();
    this._end();
  }

  _take(data: string): void {
    if (this._started) this._deliver(data);
    else this._queue.push(data);
  }

  _deliver(data: string): void {
    setImmediate(() => this._closed || this.emit('message', { data: codec.decode(data), ports: [] }));
  }

  /** The other end is gone. */
  _end(): void {
    if (this._closed) return;
    this._closed = true;
    setImmediate(() => this.emit('close'));
  }
}

export class MessageChannelMain {
  port1: Port;
  port2: Port;

  constructor() {
    this.port1 = new Port();
    this.port2 = new Port();
    join(this.port1, this.port2);
    join(this.port2, this.port1);
  }
}

function join(from: Port, to: Port): void {
  from._other = (data) => to._take(data);
  from._closeOther = () => to._end();
}

/** The peer of a port, as it stands before it is handed on: what is sent to it goes into a page instead. */
export interface PageEnd {
  readonly take: (data: string) => void;
  readonly end: () => void;
}

/** Takes a port out of this process: answers how its messages come back in. */
export function transfer(port: Port, send: (data: string) => void, close: () => void): PageEnd {
  const toPeer = port._other;
  const endPeer = port._closeOther;
  if (!toPeer || port._closed) throw new Error('The port was handed over already, or is closed.');
  for (const data of port._queue.splice(0)) send(data);
  port._take = send;
  port._end = close;
  port._other = undefined;
  return { take: toPeer, end: () => endPeer?.() };
}

import type { EventQueue } from './event-queue.ts';

/** How a wait for a server ended: it got one, the queue was full, it waited past its deadline, or the process died. */
export type Admission = 'admitted' | 'overflow' | 'expired' | 'lost';

interface Waiting {
  readonly deadlineAt: number;
  readonly answer: (admission: Admission) => void;
}

/** What a station has done so far, in server-milliseconds and waiter-milliseconds; differences give means. */
export interface StationUse {
  readonly busyMs: number;
  readonly waitingMs: number;
  readonly serverMs: number;
}

/**
 * A first-come first-served queue before a number of equal servers: threads, cores, GPU streams or permits.
 * Utilisation and queue length are what comes out of it, never what is put in.
 */
export class Station {
  private servers: number;
  private busy = 0;
  private waiting: Waiting[] = [];
  private head = 0;
  private queueLimit: number;
  private life = 0;
  private busyMs = 0;
  private waitingMs = 0;
  private serverMs = 0;
  private accruedAt: number;
  private readonly events: EventQueue;

  constructor(events: EventQueue, servers: number, queueLimit: number) {
    this.events = events;
    this.servers = servers;
    this.queueLimit = queueLimit;
    this.accruedAt = events.now;
  }

  get queueLength(): number {
    return this.waiting.length - this.head;
  }

  get inUse(): number {
    return this.busy;
  }

  /** Asks for a server and holds it until `release` is called with the same life. */
  acquire(deadlineAt: number, answer: (admission: Admission, life: number) => void): void {
    this.accrue();
    const life = this.life;
    if (this.busy < this.servers) {
      this.busy++;
      answer('admitted', life);
    } else if (this.queueLength >= this.queueLimit) {
      answer('overflow', life);
    } else {
      this.waiting.push({ deadlineAt, answer: (admission) => answer(admission, life) });
    }
  }

  release(life: number): void {
    if (life !== this.life) return;
    this.accrue();
    this.busy--;
    this.admitWaiting();
  }

  /** Queues for a server, keeps it for that long, and says how it went. */
  serve(serviceMs: number, deadlineAt: number, done: (admission: Admission) => void): void {
    this.acquire(deadlineAt, (admission, life) => {
      if (admission !== 'admitted') {
        done(admission);
        return;
      }
      this.events.after(serviceMs, () => {
        if (life !== this.life) {
          done('lost');
          return;
        }
        this.release(life);
        done('admitted');
      });
    });
  }

  resize(servers: number, queueLimit: number): void {
    this.accrue();
    this.servers = servers;
    this.queueLimit = queueLimit;
    if (servers === 0) this.dismissWaiting('overflow');
    else this.admitWaiting();
  }

  /** The process died: everybody who waited or was served learns it, and a fresh process starts empty. */
  restart(): void {
    this.accrue();
    this.life++;
    this.busy = 0;
    this.dismissWaiting('lost');
  }

  /** Forgets everything under way without telling anybody: used when simulated time is skipped. */
  forget(): void {
    this.life++;
    this.busy = 0;
    this.waiting = [];
    this.head = 0;
    this.accruedAt = this.events.now;
  }

  use(): StationUse {
    this.accrue();
    return { busyMs: this.busyMs, waitingMs: this.waitingMs, serverMs: this.serverMs };
  }

  private dismissWaiting(admission: Admission): void {
    const dismissed = this.waiting.slice(this.head);
    this.waiting = [];
    this.head = 0;
    for (const waiter of dismissed) waiter.answer(admission);
  }

  private admitWaiting(): void {
    while (this.busy < this.servers && this.head < this.waiting.length) {
      const next = this.waiting[this.head];
      this.head++;
      if (next === undefined) continue;
      if (next.deadlineAt < this.events.now) {
        next.answer('expired');
        continue;
      }
      this.busy++;
      next.answer('admitted');
    }
    if (this.head > 256 && this.head * 2 > this.waiting.length) {
      this.waiting = this.waiting.slice(this.head);
      this.head = 0;
    }
  }

  private accrue(): void {
    const elapsedMs = this.events.now - this.accruedAt;
    if (elapsedMs <= 0) return;
    this.busyMs += this.busy * elapsedMs;
    this.waitingMs += this.queueLength * elapsedMs;
    this.serverMs += this.servers * elapsedMs;
    this.accruedAt = this.events.now;
  }
}

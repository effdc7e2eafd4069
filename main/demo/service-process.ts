import type { Deployment } from './deployment.ts';
import type { EventQueue } from './event-queue.ts';
import { CALM, type Conditions } from './fault.ts';
import {
  type Counter,
  type Family,
  type Gauge,
  type Histogram,
  type MetricLabels,
  MetricRegistry,
} from './metric-registry.ts';
import type { Random } from './random.ts';
import type { Station, StationUse } from './station.ts';
import { LATENCY_BUCKETS_SECONDS, SERVICES, type ServiceName, type ServiceSpec } from './topology.ts';

/** What a caller hears back: an HTTP status, or 0 where nothing answered. */
export type ReplyCode = number;
export const REFUSED: ReplyCode = 0;
const REFUSAL_MS = 1;
/** Seeing a request, refusing it and writing the error takes this long even where nothing is computed. */
export const REJECTION_MS = 1.2;
const KNOWN_CODES = [200, 500, 502, 503, 504];
const USE_WINDOW_TICKS = 5;
const GARBAGE_LIMIT_BYTES = 220 * 1024 * 1024;
const GARBAGE_PER_REQUEST_BYTES = 48 * 1024;
const MEMORY_PER_REQUEST_UNDER_WAY_BYTES = 1.5 * 1024 * 1024;

/** What every simulated process is given. */
export interface ProcessParts {
  readonly events: EventQueue;
  readonly random: Random;
  readonly deployment: Deployment;
}

/** The series every process has; made anew when the process is restarted, as a real one would. */
export class CommonMetrics {
  readonly registry = new MetricRegistry();
  readonly requests: Family<Counter> = this.registry.counter(
    'http_requests_total',
    'Requests answered, by status code.',
  );
  readonly durations: Family<Histogram> = this.registry.histogram(
    'http_request_duration_seconds',
    'Time from receiving a request to its answer.',
    LATENCY_BUCKETS_SECONDS,
  );
  readonly cpu: Family<Gauge> = this.registry.gauge(
    'process_cpu_utilisation_ratio',
    'Busy share of the cores over the last 5 s.',
  );
  readonly memory: Family<Gauge> = this.registry.gauge(
    'process_resident_memory_bytes',
    'Resident memory of all replicas.',
  );
  readonly queue: Family<Gauge> = this.registry.gauge(
    'request_queue_length',
    'Requests waiting for a server, mean of the last second.',
  );
  readonly replicas: Family<Gauge> = this.registry.gauge('replicas', 'Replicas that are up.');
  readonly build: Family<Gauge> = this.registry.gauge(
    'build_info',
    'Always 1; the label says which version runs.',
  );
}

/**
 * One simulated service: what it has in common with the others. Its own way of treating a request is in the class
 * built on it. All its figures come from requests that passed through its stations.
 */
export abstract class ServiceProcess {
  readonly name: ServiceName;
  readonly spec: ServiceSpec;
  conditions: Conditions = CALM;
  protected readonly events: EventQueue;
  protected readonly random: Random;
  readonly deployment: Deployment;
  /** Grows with each death of the process; an answer prepared in an earlier life reaches nobody. */
  protected life = 0;
  protected underWay = 0;
  private garbageBytes = 0;
  private readonly useHistory: StationUse[] = [];
  private readonly counters = new Map<string, Counter>();
  private readonly histograms = new Map<string, Histogram>();

  constructor(name: ServiceName, parts: ProcessParts) {
    this.name = name;
    this.spec = SERVICES[name];
    this.events = parts.events;
    this.random = parts.random;
    this.deployment = parts.deployment;
  }

  abstract get metrics(): CommonMetrics;
  protected abstract stations(): Iterable<Station>;
  /** What its servers did, and who waited for them. */
  protected abstract use(): StationUse;
  protected abstract renewMetrics(): void;
  /** Gives the stations as many servers as there are replicas now. */
  abstract resize(): void;

  get up(): boolean {
    return !this.conditions.down;
  }

  /** Replicas of a version that are up: faults take them from each version in proportion. */
  liveReplicas(version: string): number {
    const deployed = this.deployment.replicas.get(version) ?? 0;
    const all = [...this.deployment.replicas.values()].reduce((left, right) => left + right, 0);
    if (this.conditions.down || all === 0) return 0;
    return Math.max(0, deployed - Math.round((this.conditions.lostReplicas * deployed) / all));
  }

  get allLiveReplicas(): number {
    let live = 0;
    for (const version of this.deployment.replicas.keys()) live += this.liveReplicas(version);
    return live;
  }

  setConditions(conditions: Conditions): void {
    const wasDown = this.conditions.down;
    const down = conditions.down || conditions.lostReplicas >= this.deployment.totalReplicas;
    this.conditions = { ...conditions, down };
    if (down && !wasDown) this.die();
    this.resize();
  }

  /** Once a simulated second: means over the last seconds become this process's gauges. */
  tick(): void {
    this.useHistory.push(this.use());
    if (this.useHistory.length > USE_WINDOW_TICKS + 1) this.useHistory.shift();
    if (this.garbageBytes > GARBAGE_LIMIT_BYTES * Math.max(1, this.allLiveReplicas))
      this.garbageBytes *= 0.15;
    const { busy, waiting } = this.recentUse();
    const labels = { service: this.name };
    const cores = this.spec.coresPerReplica * Math.max(1, this.allLiveReplicas);
    this.metrics.cpu.with(labels).set(round(Math.min(1, (busy * this.spec.cpuShare) / cores), 5));
    this.metrics.queue.with(labels).set(round(waiting, 3));
    const memory =
      this.allLiveReplicas * this.spec.memoryBytesPerReplica +
      this.garbageBytes +
      this.underWay * MEMORY_PER_REQUEST_UNDER_WAY_BYTES;
    this.metrics.memory.with(labels).set(Math.round(memory));
  }

  /** Brings what is read at the moment of a scrape up to date. */
  collect(): void {
    this.metrics.replicas.clear();
    this.metrics.build.clear();
    for (const version of this.deployment.replicas.keys()) {
      const live = this.liveReplicas(version);
      this.metrics.build.with({ service: this.name, version }).set(1);
      this.metrics.replicas.with(this.versioned(version)).set(live);
    }
  }

  /** Simulated time was skipped: what was under way never happened. */
  forget(): void {
    for (const station of this.stations()) station.forget();
    this.life++;
    this.underWay = 0;
    this.useHistory.length = 0;
  }

  protected versioned(_version: string): MetricLabels {
    return { service: this.name };
  }

  /** Mean number of busy servers over the last 5 s, and of waiting requests over the last second. */
  protected recentUse(): { readonly busy: number; readonly waiting: number; readonly busyShare: number } {
    const newest = this.useHistory.at(-1);
    const oldest = this.useHistory[0];
    const before = this.useHistory.at(-2);
    if (newest === undefined || oldest === undefined || before === undefined)
      return { busy: 0, waiting: 0, busyShare: 0 };
    const busyMs = newest.busyMs - oldest.busyMs;
    const serverMs = newest.serverMs - oldest.serverMs;
    const elapsedMs = (this.useHistory.length - 1) * 1_000;
    return {
      busy: busyMs / elapsedMs,
      waiting: (newest.waitingMs - before.waitingMs) / 1_000,
      busyShare: serverMs > 0 ? busyMs / serverMs : 0,
    };
  }

  /** Nothing listens: the caller's connection is refused at once. */
  protected refuse(answer: (code: ReplyCode) => void): void {
    this.events.after(REFUSAL_MS, () => answer(REFUSED));
  }

  /** Whether this request breaks: by an injected fault, or by the fleet's own rare failures. */
  protected breaks(): boolean {
    return (
      this.random.chance(this.conditions.errorShare) || this.random.chance(this.spec.transientErrorShare)
    );
  }

  /** @param traceId where the request is traced: its duration is told with it */
  protected record(startedAt: number, code: number, version: string, traceId?: string): void {
    this.garbageBytes += GARBAGE_PER_REQUEST_BYTES;
    const key = `${version}/${code}`;
    let counter = this.counters.get(key);
    if (counter === undefined) {
      this.announce(version);
      counter = this.metrics.requests.with({ ...this.versioned(version), code: String(code) });
      this.counters.set(key, counter);
    }
    let histogram = this.histograms.get(version);
    if (histogram === undefined) {
      histogram = this.metrics.durations.with(this.versioned(version));
      this.histograms.set(version, histogram);
    }
    counter.add();
    const at = this.events.now;
    histogram.observe((at - startedAt) / 1_000, traceId === undefined ? null : { traceId, at });
  }

  /** Codes that may come are there from the start at 0, so that the first failure is an increase. */
  protected announce(version: string): void {
    for (const code of KNOWN_CODES)
      this.metrics.requests.with({ ...this.versioned(version), code: String(code) });
    this.metrics.durations.with(this.versioned(version));
  }

  private die(): void {
    this.life++;
    this.underWay = 0;
    this.garbageBytes = 0;
    this.useHistory.length = 0;
    for (const station of this.stations()) station.restart();
    this.counters.clear();
    this.histograms.clear();
    this.renewMetrics();
    this.announce(this.deployment.current);
  }
}

export function addUse(stations: Iterable<Station>): StationUse {
  let [busyMs, waitingMs, serverMs] = [0, 0, 0];
  for (const station of stations) {
    const use = station.use();
    busyMs += use.busyMs;
    waitingMs += use.waitingMs;
    serverMs += use.serverMs;
  }
  return { busyMs, waitingMs, serverMs };
}

export function round(value: number, digits: number): number {
  const scale = 10 ** digits;
  return Math.round(value * scale) / scale;
}

/** Calls a service and waits no longer than the time-out; whatever comes later reaches nobody. */
export function callWithin(
  events: EventQueue,
  timeoutMs: number,
  call: (deadlineAt: number, answer: (code: ReplyCode) => void) => void,
  done: (code: ReplyCode) => void,
): void {
  let settled = false;
  const settle = (code: ReplyCode): void => {
    if (settled) return;
    settled = true;
    done(code);
  };
  events.after(timeoutMs, () => settle(504));
  call(events.now + timeoutMs, settle);
}

import {
  type CollectionName,
  type Collections,
  collectionNames,
  identityOf,
  type StateChange,
  type StateFrame,
} from '../../../shared/contract/state.ts';
import type { Exemplar } from '../../../shared/model/exemplar.ts';
import type { HealthReport } from '../../../shared/model/health.ts';
import type { EvidenceChart, TimelineEntry } from '../../../shared/model/incident.ts';
import type { MetricAbout, Series } from '../../../shared/model/metric.ts';
import type { Page } from '../../../shared/model/notification.ts';
import type { OnCallNow } from '../../../shared/model/on-call.ts';
import type { Postmortem } from '../../../shared/model/postmortem.ts';
import type { Discovery } from '../../../shared/model/proposal.ts';
import type { Span } from '../../../shared/model/trace.ts';
import type { WatchRecord } from '../../../shared/model/watch.ts';
import { type FakeAnswer, waves } from './fake-answer.ts';

const BEAT_MS = 1_000;

export interface Fault {
  id: string;
  kind: string;
  service: string | null;
  endsAt: number;
}

/** What the fake core knows. Changes made here reach every window that watches, as numbered patches. */
export class FakeState {
  readonly collections: { [Name in CollectionName]: Map<string, Collections[Name]> };
  readonly timelines = new Map<string, TimelineEntry[]>();
  readonly evidence = new Map<string, { chart: EvidenceChart; series: Series[] }[]>();
  readonly burn = new Map<string, (fromAt: number, toAt: number, stepMs: number) => Series[]>();
  readonly budget = new Map<string, Series[]>();
  readonly watched: WatchRecord[] = [];
  /** Null takes the usual one; `failing` cannot answer. */
  report: HealthReport | 'failing' | null = null;
  readonly postmortems = new Map<string, Postmortem>();
  /** What is answered to an expression, and to any other. */
  readonly answers = new Map<string, FakeAnswer>();
  anyAnswer: FakeAnswer = waves([{ zone: 'a' }, { zone: 'b' }]);
  metrics: MetricAbout[] = [];
  /** Spans that are kept. */
  readonly spans: Span[] = [];
  readonly exemplars: Exemplar[] = [];
  readonly onCall: OnCallNow[] = [];
  readonly faults: Fault[] = [];
  /** Requests that changed something, as `domain.name` with their input. */
  readonly asked: { readonly name: string; readonly input: unknown }[] = [];
  readonly shown: { readonly deliveryId: string; readonly outcome: string }[] = [];
  discovery: Discovery = { metrics: 0, signals: [], services: [], objectives: [], detectors: [], notes: [] };
  demo = true;
  workspace = 'ml-serving';
  now: () => number;
  /** While true nothing is said, not even that the core lives. */
  silent = false;
  epoch = 'epoch-1';
  seq = 0;

  readonly #watchers = new Set<(frame: StateFrame) => void>();
  readonly #pagers = new Set<(notice: { deliveryId: string; page: Page }) => void>();
  readonly #beats: NodeJS.Timeout;

  constructor(now: () => number) {
    this.now = now;
    this.collections = {
      health: new Map(),
      sources: new Map(),
      services: new Map(),
      objectives: new Map(),
      detectors: new Map(),
      alerts: new Map(),
      incidents: new Map(),
      playbooks: new Map(),
      runs: new Map(),
      receivers: new Map(),
      deliveries: new Map(),
      changes: new Map(),
      boards: new Map(),
      silences: new Map(),
      maintenance: new Map(),
    };
    this.#beats = setInterval(
      () => this.#say({ kind: 'beat', epoch: this.epoch, seq: this.seq, at: this.now() }),
      BEAT_MS,
    );
  }

  /** Puts things into a collection and tells the windows. */
  put<Name extends CollectionName>(name: Name, ...things: Collections[Name][]): void {
    for (const thing of things) this.collections[name].set(identityOf(name, thing), thing);
    this.#patch(name, things, []);
  }

  remove(name: CollectionName, id: string): void {
    this.collections[name].delete(id);
    this.#patch(name, [], [id]);
  }

  /** Changes a thing without telling: the hole that a lost patch leaves. */
  putUnsaid<Name extends CollectionName>(name: Name, thing: Collections[Name]): void {
    this.collections[name].set(identityOf(name, thing), thing);
    this.seq += 1;
  }

  /** A core that was started again: another epoch, numbers from the beginning. */
  restart(): void {
    this.epoch = `${this.epoch}+`;
    this.seq = 0;
  }

  page(deliveryId: string, page: Page): void {
    for (const pager of this.#pagers) pager({ deliveryId, page });
  }

  watch(watcher: (frame: StateFrame) => void): () => void {
    this.#watchers.add(watcher);
    watcher(this.snapshot());
    return () => this.#watchers.delete(watcher);
  }

  onPage(pager: (notice: { deliveryId: string; page: Page }) => void): () => void {
    this.#pagers.add(pager);
    return () => this.#pagers.delete(pager);
  }

  snapshot(): StateFrame {
    const changes = collectionNames.map(
      (collection) =>
        ({
          collection,
          upsert: [...this.collections[collection].values()],
          remove: [],
        }) as unknown as StateChange,
    );
    return { kind: 'snapshot', epoch: this.epoch, seq: this.seq, at: this.now(), changes, rest: 0 };
  }

  stop(): void {
    clearInterval(this.#beats);
  }

  #patch<Name extends CollectionName>(collection: Name, upsert: Collections[Name][], remove: string[]): void {
    this.seq += 1;
    const change = { collection, upsert, remove } as unknown as StateChange;
    this.#say({ kind: 'patch', epoch: this.epoch, seq: this.seq, at: this.now(), changes: [change] });
  }

  #say(frame: StateFrame): void {
    if (this.silent) return;
    for (const watcher of this.#watchers) watcher(frame);
  }
}

import type { Labels } from '../../shared/model/metric.ts';
import type { ExemplarDraft } from './exemplar-draft.ts';
import type { ReceivedExemplar, ReceivedSeries } from './received.ts';
import { entryOf, NO_ROOM, type SeriesIndex, UNKNOWN } from './series-index.ts';
import type { SeriesKey } from './series-key.ts';
import { seriesName } from './series-name.ts';
import { Tally } from './tally.ts';

/**
 * Prometheus' receiver refuses what lies further ahead, and for the same reason: one sample of next year would make all
 * honest ones of its series out of order.
 * Source: https://github.com/prometheus/prometheus/blob/main/storage/remote/write_handler.go
 */
const AHEAD_MAX_MS = 10 * 60_000;

/** A person looks for a label with too many values: a few names show it. */
const NAMES_MAX = 3;

/** Whether the machine stores the low word of a double first. */
const LOW = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 0 : 1;
const HIGH = 1 - LOW;

/** Where samples of a series go: its number, a fresh series as −1 − its index, or 0 where it is refused. */
type Place = number;

/** The rows of one request as they are read, and the series among them that have no number yet. */
export class RowDraft {
  readonly samplesMax: number;
  readonly exemplars: ExemplarDraft;
  readonly refused = new Tally();
  readonly fresh: Labels[] = [];
  /** Names of series that are over the source's limit: a few of them. */
  readonly overLimit: string[] = [];
  /** The index' entry of each fresh series. */
  readonly freshEntries: number[] = [];
  private readonly freshByEntry = new Map<number, number>();
  private readonly index: SeriesIndex;
  private readonly key: SeriesKey;
  private readonly labels: readonly (readonly [string, string])[];
  private readonly now: number;
  private refs = new Uint32Array(256);
  private times = new Float64Array(256);
  private words = new Uint32Array(512);
  private freshRows: number[] = [];
  private freshOf: number[] = [];
  length = 0;

  constructor(options: {
    readonly index: SeriesIndex;
    readonly key: SeriesKey;
    readonly labels: Labels;
    readonly now: number;
    readonly samplesMax: number;
    readonly exemplars: ExemplarDraft;
  }) {
    this.index = options.index;
    this.key = options.key;
    this.labels = Object.entries(options.labels);
    this.now = options.now;
    this.samplesMax = options.samplesMax;
    this.exemplars = options.exemplars;
  }

  /** Where samples of the series go whose labels the key holds. Refused ones are counted, `samples` times. */
  place(samples: number): Place {
    const { key, index, now } = this;
    if (key.problem !== null) return this.refuse(key.problem, samples);
    const known = index.find(key, now);
    if (known > 0) return known;
    if (known === NO_ROOM) return this.refuse('a series that the store has no room for', samples);
    if (known !== UNKNOWN) {
      const entry = entryOf(known);
      const listed = this.freshByEntry.get(entry);
      if (listed !== undefined) return -1 - listed;
      const labels = this.readLabels();
      return typeof labels === 'string' ? this.refuse(labels, samples) : this.list(entry, labels);
    }
    const labels = this.readLabels();
    if (typeof labels === 'string') return this.refuse(labels, samples);
    const entry = index.add(key, now);
    if (typeof entry !== 'string') return this.list(entry, labels);
    if (this.overLimit.length < NAMES_MAX) this.overLimit.push(seriesName(labels));
    return this.refuse(entry, samples);
  }

  /** Adds one sample by the two words of its value; answers false where the request holds too many. */
  add(place: Place, time: number, low: number, high: number): boolean {
    if (place === 0) return true;
    if (!Number.isSafeInteger(time) || time < 0) {
      this.refused.add('a time that is no whole number of milliseconds since 1970');
      return true;
    }
    if (time > this.now + AHEAD_MAX_MS) {
      this.refused.add("a time more than 10 min ahead of this machine's clock");
      return true;
    }
    if (this.length >= this.samplesMax) return false;
    if (this.length >= this.refs.length) this.widen();
    const row = this.length;
    this.length += 1;
    this.times[row] = time;
    this.words[row * 2 + LOW] = low;
    this.words[row * 2 + HIGH] = high;
    if (place > 0) this.refs[row] = place;
    else {
      this.refs[row] = 0;
      this.freshRows.push(row);
      this.freshOf.push(-1 - place);
    }
    return true;
  }

  /** Adds decoded series; answers false where there are too many samples. */
  addSeries(all: readonly ReceivedSeries[]): boolean {
    for (const { labels, times, values } of all) {
      this.spell(labels);
      const place = this.place(times.length);
      const words = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
      for (let i = 0; i < times.length; i += 1)
        if (!this.add(place, times[i] ?? -1, words[i * 2 + LOW] ?? 0, words[i * 2 + HIGH] ?? 0)) return false;
    }
    return true;
  }

  addExemplars(all: readonly ReceivedExemplar[]): void {
    for (const { series, ...told } of all) {
      this.spell(series);
      this.exemplars.stand(this.seriesOfKey(), 1);
      this.exemplars.add(told);
    }
  }

  /** Labels of the series that the key holds as the store knows it, or why it is none. */
  seriesOfKey(): Labels | string {
    return this.key.problem ?? this.readLabels();
  }

  /** The rows in arrays of their own, to be handed over. */
  rows() {
    const { length } = this;
    return {
      refs: this.refs.slice(0, length),
      times: this.times.slice(0, length),
      values: new Float64Array(this.words.slice(0, length * 2).buffer),
      freshRows: Uint32Array.from(this.freshRows),
      freshOf: Uint32Array.from(this.freshOf),
    };
  }

  private list(entry: number, labels: Labels): Place {
    const listed = this.fresh.length;
    this.fresh.push(labels);
    this.freshEntries.push(entry);
    this.freshByEntry.set(entry, listed);
    return -1 - listed;
  }

  private refuse(reason: string, samples: number): 0 {
    this.refused.add(reason, samples);
    return 0;
  }

  /** The labels with those of the source put on, or why they are no series. */
  private readLabels(): Labels | string {
    const labels = this.key.labels();
    if (!labels) return 'a label that is no UTF-8';
    if (!labels.__name__) return 'no metric name';
    // Valid for Prometheus and poison for every program that copies labels into a plain object.
    if (Object.hasOwn(labels, '__proto__')) return 'a label named __proto__';
    for (const [name, value] of this.labels) {
      const own = labels[name];
      if (own === undefined || own === value) labels[name] = value;
      else {
        let other = `exported_${name}`;
        while (labels[other] !== undefined) other = `exported_${other}`;
        labels[other] = own;
        labels[name] = value;
      }
    }
    return labels;
  }

  private spell(labels: Labels): void {
    const { key } = this;
    key.begin();
    for (const name of Object.keys(labels)) {
      const nameBytes = Buffer.from(name);
      const valueBytes = Buffer.from(labels[name] ?? '');
      key.add(nameBytes, 0, nameBytes.length, valueBytes, 0, valueBytes.length);
    }
    key.finish();
  }

  private widen(): void {
    const size = this.refs.length * 2;
    const refs = new Uint32Array(size);
    refs.set(this.refs);
    this.refs = refs;
    const times = new Float64Array(size);
    times.set(this.times);
    this.times = times;
    const words = new Uint32Array(size * 2);
    words.set(this.words);
    this.words = words;
  }
}

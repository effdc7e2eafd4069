import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import snappy from 'snappyjs';

/** An exemplar as a sender of remote write knows it. */
export interface SentExemplar {
  readonly labels: readonly (readonly [string, string])[];
  readonly value: number;
  readonly at: number;
}

/** One series as a sender of remote write knows it. Labels are sent in the order given. */
export interface SentSeries {
  readonly labels: readonly (readonly [string, string])[];
  /** A value of `'stale'` is the marker of a series' end. */
  readonly samples: readonly (readonly [value: number | 'stale', at: number])[];
  readonly histograms?: number;
  readonly exemplars?: readonly SentExemplar[];
  readonly createdAt?: number;
}

export function series(
  name: string,
  labels: Readonly<Record<string, string>>,
  ...samples: [number | 'stale', number][]
) {
  const all = Object.entries({ __name__: name, ...labels }).sort(([a], [b]) => (a < b ? -1 : 1));
  return { labels: all, samples } satisfies SentSeries;
}

/** `prometheus.WriteRequest`, not compressed. */
export function writeRequest(all: readonly SentSeries[]): Uint8Array {
  const writer = new BinaryWriter();
  for (const one of all) {
    writer.tag(1, WireType.LengthDelimited).fork();
    writeLabels(writer, one.labels);
    for (const sample of one.samples) writeSample(writer, 2, sample);
    for (const { labels, value, at } of one.exemplars ?? []) {
      writer.tag(3, WireType.LengthDelimited).fork();
      writeLabels(writer, labels);
      writer.tag(2, WireType.Bit64).double(value).tag(3, WireType.Varint).int64(at).join();
    }
    for (let i = 0; i < (one.histograms ?? 0); i += 1)
      writer.tag(4, WireType.LengthDelimited).fork().tag(3, WireType.Bit64).double(1).join();
    writer.join();
  }
  return writer.finish();
}

function writeLabels(writer: BinaryWriter, labels: SentSeries['labels']): void {
  for (const [name, value] of labels) {
    writer.tag(1, WireType.LengthDelimited).fork();
    writer.tag(1, WireType.LengthDelimited).string(name);
    writer.tag(2, WireType.LengthDelimited).string(value).join();
  }
}

function writeSample(
  writer: BinaryWriter,
  field: number,
  [value, at]: readonly [number | 'stale', number],
): void {
  writer.tag(field, WireType.LengthDelimited).fork().tag(1, WireType.Bit64);
  // A zero would be left out by senders that follow proto3 closely; Prometheus writes it.
  writeValue(writer, value);
  writer.tag(2, WireType.Varint).int64(at).join();
}

function writeValue(writer: BinaryWriter, value: number | 'stale'): void {
  if (value === 'stale') writer.fixed32(2).fixed32(0x7ff00000);
  else writer.double(value);
}

/**
 * `io.prometheus.write.v2.Request` as release candidate 3 has it, with created timestamps on the series, or (`rc: 4`) on
 * each sample. Written from the specification, by hand: no sender of 2.0 is to be had here.
 */
export function request2(all: readonly SentSeries[], rc: 3 | 4 = 4): Uint8Array {
  const symbols = new Map<string, number>([['', 0]]);
  const refOf = (text: string) => {
    const known = symbols.get(text) ?? symbols.size;
    symbols.set(text, known);
    return known;
  };
  const body = new BinaryWriter();
  for (const one of all) {
    body.tag(5, WireType.LengthDelimited).fork();
    body.tag(1, WireType.LengthDelimited).fork();
    for (const [name, value] of one.labels) body.uint32(refOf(name)).uint32(refOf(value));
    body.join();
    for (const [value, at] of one.samples) {
      body.tag(2, WireType.LengthDelimited).fork().tag(1, WireType.Bit64);
      writeValue(body, value);
      body.tag(2, WireType.Varint).int64(at);
      if (rc === 4 && one.createdAt !== undefined) body.tag(3, WireType.Varint).int64(one.createdAt);
      body.join();
    }
    for (let i = 0; i < (one.histograms ?? 0); i += 1)
      body.tag(3, WireType.LengthDelimited).fork().tag(3, WireType.Bit64).double(1).join();
    for (const { labels, value, at } of one.exemplars ?? []) {
      body.tag(4, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).fork();
      for (const [name, text] of labels) body.uint32(refOf(name)).uint32(refOf(text));
      body.join().tag(2, WireType.Bit64).double(value).tag(3, WireType.Varint).int64(at).join();
    }
    body.tag(5, WireType.LengthDelimited).fork().tag(1, WireType.Varint).int32(1);
    body.tag(3, WireType.Varint).uint32(refOf('What it counts.')).join();
    if (rc === 3 && one.createdAt !== undefined) body.tag(6, WireType.Varint).int64(one.createdAt);
    body.join();
  }
  const table = new BinaryWriter();
  for (const symbol of symbols.keys()) table.tag(4, WireType.LengthDelimited).string(symbol);
  return Buffer.concat([table.finish(), body.finish()]);
}

export function compress(body: Uint8Array): Uint8Array {
  return snappy.compress(body);
}

export const HEADERS_1 = {
  'content-type': 'application/x-protobuf',
  'content-encoding': 'snappy',
  'user-agent': 'test-sender/1',
  'x-prometheus-remote-write-version': '0.1.0',
};

export const HEADERS_2 = {
  ...HEADERS_1,
  'content-type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request',
  'x-prometheus-remote-write-version': '2.0.0',
};

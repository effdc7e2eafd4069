import type { RowDraft } from '../row-draft.ts';
import type { SeriesKey } from '../series-key.ts';
import { FIELDS_MAX, readSeries, seriesFit } from './message.ts';
import { type Counted, type SeriesFields, tagOf } from './series-parts.ts';
import { MalformedError, VARINT, WireReader } from './wire.ts';

/**
 * `io.prometheus.write.v2.Request`. Field numbers from the specification
 * (https://prometheus.io/docs/specs/prw/remote_write_spec_2_0/) and its `types.proto`; fields 1 to 3 are reserved so that
 * neither message can be taken for the other. Created timestamps stand on the series up to rc.3 and on the sample since
 * rc.4; both are passed over, as are metadata.
 */
const SYMBOLS = 4;
const TIMESERIES = 5;
const LABELS_REFS = 1;
const FIELDS: SeriesFields = { samples: 2, histograms: 3, exemplars: 4 };

/** Symbols of one request: more than any honest one has, and what 32 MiB of empty strings would otherwise make. */
const SYMBOLS_MAX = 500_000;

/** Answers false where the request holds more samples or series than one may; throws `MalformedError`. */
export function readRequest2(body: Uint8Array, key: SeriesKey, draft: RowDraft, counted: Counted): boolean {
  if (!seriesFit(body, TIMESERIES, draft.samplesMax)) return false;
  const reader = new WireReader(body, FIELDS_MAX);
  const symbols = readSymbols(reader);
  const parts = { fields: FIELDS, readLabels: labelsBy(symbols), key, draft, counted };
  reader.at = 0;
  while (reader.at < body.length) {
    const tag = reader.tag();
    if (tag !== tagOf(TIMESERIES)) {
      reader.skip(tag & 7);
      continue;
    }
    const end = reader.bytesEnd();
    reader.end = end;
    if (!readSeries(reader, end, parts)) return false;
    reader.at = end;
    reader.end = body.length;
  }
  return true;
}

/** Begin and end of each symbol, in turn: no string is made of it. */
function readSymbols(reader: WireReader): Uint32Array {
  let places = new Uint32Array(1024);
  let count = 0;
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag !== tagOf(SYMBOLS)) {
      reader.skip(tag & 7);
      continue;
    }
    const end = reader.bytesEnd();
    if (count >= SYMBOLS_MAX * 2) throw new MalformedError(`it has more than ${SYMBOLS_MAX} symbols`);
    if (count >= places.length) {
      const wider = new Uint32Array(places.length * 2);
      wider.set(places);
      places = wider;
    }
    places[count] = reader.at;
    places[count + 1] = end;
    count += 2;
    reader.at = end;
  }
  if (count > 0 && places[0] !== places[1])
    throw new MalformedError('its first symbol is not the empty string');
  return places.subarray(0, count);
}

function labelsBy(symbols: Uint32Array) {
  const symbolOf = (reader: WireReader) => {
    const ref = reader.uint32() * 2;
    if (ref >= symbols.length) throw new MalformedError('a label refers to a symbol that is not there');
    return ref;
  };
  const readPair = (reader: WireReader, key: SeriesKey, name: number) => {
    const value = symbolOf(reader);
    const { bytes } = reader;
    key.add(
      bytes,
      symbols[name] ?? 0,
      symbols[name + 1] ?? 0,
      bytes,
      symbols[value] ?? 0,
      symbols[value + 1] ?? 0,
    );
  };
  return (reader: WireReader, end: number, key: SeriesKey) => {
    // A name that waits for its value: unpacked references come one by one.
    let name = -1;
    while (reader.at < end && key.problem === null) {
      const tag = reader.tag();
      if (tag === tagOf(LABELS_REFS)) {
        const refsEnd = reader.bytesEnd();
        while (reader.at < refsEnd && key.problem === null) {
          if (name < 0) name = symbolOf(reader);
          else {
            readPair(reader, key, name);
            name = -1;
          }
        }
        if (reader.at > refsEnd) throw new MalformedError('its references are longer than they say');
      } else if (tag === ((LABELS_REFS << 3) | VARINT)) {
        if (name < 0) name = symbolOf(reader);
        else {
          readPair(reader, key, name);
          name = -1;
        }
      } else reader.skip(tag & 7);
    }
    if (name >= 0 && key.problem === null) throw new MalformedError('a label name has no value');
  };
}

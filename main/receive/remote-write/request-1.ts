import type { RowDraft } from '../row-draft.ts';
import type { SeriesKey } from '../series-key.ts';
import { FIELDS_MAX, readSeries, seriesFit } from './message.ts';
import { type Counted, type SeriesFields, tagOf } from './series-parts.ts';
import { MalformedError, WireReader } from './wire.ts';

/**
 * `prometheus.WriteRequest`. Field numbers from the specification
 * (https://prometheus.io/docs/specs/prw/remote_write_spec/) and, for what it leaves out, from prompb's `types.proto`.
 */
const TIMESERIES = 1;
const LABEL = 1;
const FIELDS: SeriesFields = { samples: 2, exemplars: 3, histograms: 4 };
const NAME = 1;
const VALUE = 2;

/** Answers false where the request holds more samples or series than one may; throws `MalformedError`. */
export function readWriteRequest(
  body: Uint8Array,
  key: SeriesKey,
  draft: RowDraft,
  counted: Counted,
): boolean {
  if (!seriesFit(body, TIMESERIES, draft.samplesMax)) return false;
  const reader = new WireReader(body, FIELDS_MAX);
  const parts = { fields: FIELDS, readLabels, key, draft, counted };
  while (reader.at < body.length) {
    const tag = reader.tag();
    // Metadata (field 3) comes in requests of its own and is passed over.
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

function readLabels(reader: WireReader, end: number, key: SeriesKey): void {
  while (reader.at < end && key.problem === null) {
    const tag = reader.tag();
    if (tag !== tagOf(LABEL)) {
      reader.skip(tag & 7);
      continue;
    }
    const labelEnd = reader.bytesEnd();
    readLabel(reader, labelEnd, key);
  }
}

function readLabel(reader: WireReader, end: number, key: SeriesKey): void {
  let nameAt = end;
  let nameEnd = end;
  let valueAt = end;
  let valueEnd = end;
  while (reader.at < end) {
    const tag = reader.tag();
    if (tag === tagOf(NAME)) {
      nameEnd = reader.bytesEnd();
      nameAt = reader.at;
      reader.at = nameEnd;
    } else if (tag === tagOf(VALUE)) {
      valueEnd = reader.bytesEnd();
      valueAt = reader.at;
      reader.at = valueEnd;
    } else reader.skip(tag & 7);
  }
  if (reader.at !== end) throw new MalformedError('a label is longer than it says');
  key.add(reader.bytes, nameAt, nameEnd, reader.bytes, valueAt, valueEnd);
}

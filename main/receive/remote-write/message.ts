import type { RowDraft } from '../row-draft.ts';
import { readExemplars } from './exemplar.ts';
import { type SeriesParts, tagOf } from './series-parts.ts';
import { FIXED64, MalformedError, VARINT, WireReader } from './wire.ts';

/** A hundred thousand series of ten labels in one request; Prometheus sends five hundred samples in one. */
export const FIELDS_MAX = 5_000_000;

export const HISTOGRAM = 'a native histogram, which is not kept; send classic buckets';

/**
 * Whether a message has no more series than one may, before the first of them is read: so many series of nothing fit into
 * a body that reading them until they are too many takes long. Throws `MalformedError`.
 */
export function seriesFit(body: Uint8Array, field: number, seriesMax: number): boolean {
  const reader = new WireReader(body, FIELDS_MAX);
  for (let series = 0; reader.at < body.length; ) {
    const tag = reader.tag();
    if (tag === tagOf(field)) series += 1;
    if (series > seriesMax) return false;
    reader.skip(tag & 7);
  }
  return true;
}

/**
 * Reads one series of either message: first its labels and what else it holds, then its samples, since the wire promises
 * no order of fields. Answers false where the request holds more samples than one may.
 */
export function readSeries(reader: WireReader, end: number, parts: SeriesParts): boolean {
  const { fields, key, draft, counted } = parts;
  counted.series += 1;
  const begin = reader.at;
  key.begin();
  parts.readLabels(reader, end, key);
  key.finish();
  let samples = 0;
  let histograms = 0;
  let exemplars = 0;
  let first = 0;
  reader.at = begin;
  while (reader.at < end) {
    const fieldAt = reader.at;
    const tag = reader.tag();
    if (tag === tagOf(fields.samples)) {
      if (samples === 0) first = fieldAt;
      samples += 1;
    } else if (tag === tagOf(fields.histograms)) histograms += 1;
    else if (tag === tagOf(fields.exemplars)) exemplars += 1;
    reader.skip(tag & 7);
  }
  counted.samples += samples;
  counted.histograms += histograms;
  if (counted.series > draft.samplesMax || counted.samples > draft.samplesMax) return false;
  draft.refused.add(HISTOGRAM, histograms);
  reader.at = first;
  if (samples > 0 && !readSamples(reader, end, draft.place(samples), parts)) return false;
  reader.at = begin;
  if (exemplars > 0) readExemplars(reader, end, parts, exemplars);
  return true;
}

function readSamples(
  reader: WireReader,
  end: number,
  place: number,
  { fields, draft }: SeriesParts,
): boolean {
  if (place === 0) return true;
  while (reader.at < end) {
    const tag = reader.tag();
    if (tag !== tagOf(fields.samples)) reader.skip(tag & 7);
    else if (!readSample(reader, place, draft)) return false;
  }
  return true;
}

const words = new Uint32Array(2);

/** Both messages have the value as field 1 and the time as field 2; what else a sample holds is passed over. */
function readSample(reader: WireReader, place: number, draft: RowDraft): boolean {
  const end = reader.bytesEnd();
  let time = 0;
  words[0] = 0;
  words[1] = 0;
  while (reader.at < end) {
    const tag = reader.tag();
    if (tag === ((1 << 3) | FIXED64)) reader.fixed64(words);
    else if (tag === ((2 << 3) | VARINT)) time = reader.int64();
    else reader.skip(tag & 7);
  }
  if (reader.at !== end) throw new MalformedError('a sample is longer than it says');
  return draft.add(place, time, words[0], words[1]);
}

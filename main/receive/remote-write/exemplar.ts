import { NO_LABELS } from '../series-key.ts';
import { type SeriesParts, tagOf } from './series-parts.ts';
import { FIXED64, MalformedError, VARINT, type WireReader } from './wire.ts';

/**
 * Reads the exemplars of the series whose labels the key holds; the reader stands at the series' begin. Both messages
 * have the labels as field 1, the value as field 2 and the time as field 3. The key holds other labels afterwards.
 */
export function readExemplars(reader: WireReader, end: number, parts: SeriesParts, count: number): void {
  const { fields, draft, counted } = parts;
  if (!draft.exemplars.stand(draft.seriesOfKey(), count)) return;
  while (reader.at < end) {
    const tag = reader.tag();
    if (tag !== tagOf(fields.exemplars)) {
      reader.skip(tag & 7);
      continue;
    }
    const exemplarEnd = reader.bytesEnd();
    reader.end = exemplarEnd;
    if (draft.exemplars.begin() && readExemplar(reader, exemplarEnd, parts)) counted.exemplars += 1;
    reader.at = exemplarEnd;
    reader.end = end;
  }
}

const words = new Uint32Array(2);
const view = new DataView(new ArrayBuffer(8));

/** Answers whether it is kept. */
function readExemplar(reader: WireReader, end: number, { key, draft, readLabels }: SeriesParts): boolean {
  const begin = reader.at;
  key.begin();
  readLabels(reader, end, key);
  key.finish();
  const labels = key.problem === null ? key.labels() : key.problem === NO_LABELS ? {} : undefined;
  let at = 0;
  words.fill(0);
  reader.at = begin;
  while (reader.at < end) {
    const tag = reader.tag();
    if (tag === ((2 << 3) | FIXED64)) reader.fixed64(words);
    else if (tag === ((3 << 3) | VARINT)) at = reader.int64();
    else reader.skip(tag & 7);
  }
  if (reader.at !== end) throw new MalformedError('an exemplar is longer than it says');
  view.setUint32(0, words[0] ?? 0, true);
  view.setUint32(4, words[1] ?? 0, true);
  return draft.exemplars.add({ labels, value: view.getFloat64(0, true), at });
}

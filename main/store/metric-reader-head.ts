import { createSampleBuffer, type SampleBuffer } from './metric-buffer.ts';
import { type HeadRow, refsOf, samplesBySeries, valuesOf } from './metric-compact.ts';
import { wordsOf } from './metric-stale.ts';

/**
 * The batches that wait in the head, as a reader sees them: turned around for the series that somebody asks for, not for
 * all of them. After a start the first answer costs what it is about.
 */
export interface ReaderHead {
  /** What lies in the head now, in place of what was known. */
  load(rows: readonly HeadRow[]): void;
  /** A batch behind those that are known. */
  take(row: HeadRow): void;
  /** To be called before `get` for the series of a question. */
  prepare(refs: Iterable<number>): void;
  get(ref: number): SampleBuffer | undefined;
}

/** From this share of a head's batch on, turning all of it around costs less than looking for some again and again. */
const MANY = 0.25;

export function createReaderHead(): ReaderHead {
  let rows: HeadRow[] = [];
  let largest = 0;
  let whole = false;
  let known = new Map<number, SampleBuffer | null>();

  const keep = (ref: number, samples: Parameters<typeof createSampleBuffer>[0]) =>
    known.set(ref, createSampleBuffer(samples, Number.NEGATIVE_INFINITY));
  const turnAll = () => {
    for (const [ref, samples] of samplesBySeries(rows)) if (!known.get(ref)) keep(ref, samples);
    whole = true;
    rows = [];
  };
  const turn = (wanted: ReadonlySet<number>) => {
    const found = samplesBySeries(rows, wanted);
    for (const ref of wanted) {
      const samples = found.get(ref);
      if (samples) keep(ref, samples);
      else known.set(ref, null);
    }
  };

  return {
    load(given) {
      rows = [...given];
      largest = rows.reduce((most, row) => Math.max(most, row.refs.length / 4), 0);
      whole = rows.length === 0;
      known = new Map();
    },
    take(row) {
      if (!whole) rows.push(row);
      const refs = refsOf(row);
      const words = wordsOf(valuesOf(row));
      for (let i = 0; i < refs.length; i += 1) {
        const ref = refs[i] ?? 0;
        let waiting = known.get(ref);
        if (waiting === undefined && !whole) continue;
        if (!waiting) {
          waiting = createSampleBuffer(EMPTY, Number.NEGATIVE_INFINITY);
          known.set(ref, waiting);
        }
        waiting.append(row.at, words, i);
      }
    },
    prepare(refs) {
      if (whole) return;
      const wanted = new Set<number>();
      for (const ref of refs) if (!known.has(ref)) wanted.add(ref);
      if (wanted.size === 0) return;
      if (known.size + wanted.size > MANY * largest) turnAll();
      else turn(wanted);
    },
    get: (ref) => known.get(ref) ?? undefined,
  };
}

const EMPTY = { times: new Float64Array(0), values: new Float64Array(0) };

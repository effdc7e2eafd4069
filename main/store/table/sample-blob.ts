import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** Samples as two arrays of the same length, times ascending. */
export interface Samples {
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** A damaged blob must not be inflated without end: a million samples is 16 MB. */
const INFLATED_MAX_BYTES = 64 * 1024 * 1024;

/**
 * Samples as they lie in a blob: the differences of the times, then the values, as little-endian float64, deflated.
 * Differences, because even steps are then one repeated number that deflates to nothing.
 */
export function packSamples({ times, values }: Samples): Buffer {
  const view = new DataView(new ArrayBuffer(times.length * 16));
  let previous = 0;
  times.forEach((at, i) => {
    view.setFloat64(i * 8, at - previous, true);
    previous = at;
  });
  values.forEach((value, i) => {
    view.setFloat64((times.length + i) * 8, value, true);
  });
  return deflateRawSync(new Uint8Array(view.buffer));
}

export function unpackSamples(blob: Uint8Array): Samples {
  const bytes = inflateRawSync(blob, { maxOutputLength: INFLATED_MAX_BYTES });
  const count = Math.floor(bytes.byteLength / 16);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const times = new Float64Array(count);
  const values = new Float64Array(count);
  let at = 0;
  for (let i = 0; i < count; i += 1) {
    at += view.getFloat64(i * 8, true);
    times[i] = at;
    values[i] = view.getFloat64((count + i) * 8, true);
  }
  return { times, values };
}

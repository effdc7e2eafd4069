import { err, ok, type Result } from '../../../shared/error/result.ts';
import type { Labels } from '../../../shared/model/metric.ts';
import type { ExpositionFormat } from './format.ts';
import { type ExpositionError, scanExposition } from './scan.ts';
import { parseSeriesText, SERIES_LIMITS, type SeriesLimits } from './series-text.ts';

export interface ExpositionSample {
  readonly labels: Labels;
  readonly value: number;
  /** Milliseconds UTC where the exposition gives a time of its own; usually it does not. */
  readonly at: number | undefined;
}

export interface ExpositionLimits extends SeriesLimits {
  readonly seriesMax: number;
}

export const EXPOSITION_LIMITS: ExpositionLimits = { ...SERIES_LIMITS, seriesMax: 50_000 };

const decoder = new TextDecoder('utf-8', { fatal: true });

/** The text of a body; the error is a clause. */
export function decodeExposition(body: Uint8Array): Result<string, string> {
  try {
    return ok(decoder.decode(body));
  } catch {
    return err('the answer is not UTF-8 text');
  }
}

/** Reads a whole exposition into samples, as written: labels are not attached and nothing is looked up. */
export function parseExposition(
  text: string,
  format: ExpositionFormat,
  limits: ExpositionLimits = EXPOSITION_LIMITS,
): Result<ExpositionSample[], ExpositionError> {
  const samples: ExpositionSample[] = [];
  const error = scanExposition(text, format, (series, value, at) => {
    if (samples.length >= limits.seriesMax) return overLimit(limits.seriesMax);
    const labels = parseSeriesText(series, limits);
    if (!labels.ok) return labels.error;
    samples.push({ labels: labels.value, value, at });
    return undefined;
  });
  return error ? err(error) : ok(samples);
}

export function overLimit(seriesMax: number): string {
  return `there are more than ${seriesMax} series, which is the limit (series_limit): look for a label that has too many values`;
}

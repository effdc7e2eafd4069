import { CodedError } from '../../shared/error/coded.ts';
import type { Labels } from '../../shared/model/metric.ts';

/** Labels are hostile text: these keep one series from filling the registry. */
const LABELS_MAX = 64;
const NAME_LENGTH_MAX = 512;
const VALUE_LENGTH_MAX = 4096;

/** The same labels give the same text, whatever their order; labels with an empty value are absent, as in Prometheus. */
export function seriesKey(labels: Labels): string {
  const names = Object.keys(labels)
    .filter((name) => labels[name] !== '')
    .sort();
  return JSON.stringify(names.map((name) => [name, labels[name]]));
}

export function labelsOfKey(key: string): Labels {
  const pairs: unknown = JSON.parse(key);
  if (!Array.isArray(pairs))
    throw new CodedError('damaged', 'A series in metrics.db has labels that cannot be read.');
  // No prototype: a label may be called `__proto__` or `constructor`.
  const labels: Record<string, string> = Object.create(null);
  for (const pair of pairs) {
    const [name, value] = Array.isArray(pair) ? pair : [];
    if (typeof name === 'string' && typeof value === 'string') labels[name] = value;
  }
  return labels;
}

/** Why a series cannot be kept, or undefined. */
export function refusalOf(labels: Labels): string | undefined {
  const names = Object.keys(labels);
  if (!labels.__name__) return 'It has no metric name.';
  if (names.length > LABELS_MAX) return `It has ${names.length} labels; at most ${LABELS_MAX} are kept.`;
  for (const name of names) {
    if (name.length > NAME_LENGTH_MAX)
      return `A label name is ${name.length} characters long; at most ${NAME_LENGTH_MAX} are kept.`;
    const length = labels[name]?.length ?? 0;
    if (length > VALUE_LENGTH_MAX)
      return `The label ${name.slice(0, 80)} is ${length} characters long; at most ${VALUE_LENGTH_MAX} are kept.`;
  }
  return undefined;
}

import type { Labels } from '../../shared/model/metric.ts';
import type { JsonObject } from './json.ts';
import type { ReceiveLimits } from './received.ts';

const NAME_LENGTH_MAX = 512;

/** Reads a set of labels from JSON: texts only, bounded, without prototype. The answer is why it is none, as a clause. */
export function readLabelSet(
  object: JsonObject,
  limits: Pick<ReceiveLimits, 'labelsMax' | 'labelBytesMax'>,
): Labels | string {
  const names = Object.keys(object);
  if (names.length > limits.labelsMax) return `more than ${limits.labelsMax} labels`;
  const labels: Record<string, string> = Object.create(null);
  for (const name of names) {
    const value = object[name];
    if (name === '') return 'a label without a name';
    if (name === '__proto__') return 'a label named __proto__';
    if (name.length > NAME_LENGTH_MAX) return `a label name longer than ${NAME_LENGTH_MAX} characters`;
    if (typeof value !== 'string') return 'a label whose value is no text';
    if (Buffer.byteLength(value) > limits.labelBytesMax)
      return `a label value longer than ${limits.labelBytesMax} bytes`;
    labels[name] = value;
  }
  return labels;
}

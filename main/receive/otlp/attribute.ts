import type { AnyValue, KeyValue } from './schema.ts';

/** A value as one plain thing: lists and maps become JSON text, bytes base64. Empty values are empty text. */
export function plainValue(value: AnyValue | undefined): string | number | boolean {
  if (value === undefined) return '';
  return (
    value.stringValue ??
    value.boolValue ??
    value.intValue ??
    value.doubleValue ??
    value.bytesValue ??
    (value.arrayValue || value.kvlistValue ? JSON.stringify(nested(value)) : '')
  );
}

/** The text that a label takes; numbers as the shortest text that gives them back. */
export function labelText(value: AnyValue | undefined): string {
  return String(plainValue(value));
}

function nested(value: AnyValue | undefined): unknown {
  if (value?.arrayValue) return value.arrayValue.values.map(nested);
  // From entries: a key named `__proto__` must become a key.
  if (value?.kvlistValue)
    return Object.fromEntries(value.kvlistValue.values.map((one) => [one.key ?? '', nested(one.value)]));
  const plain = plainValue(value);
  return typeof plain === 'number' && !Number.isFinite(plain) ? String(plain) : plain;
}

export function attributeText(attributes: readonly KeyValue[] | undefined, key: string): string {
  const found = attributes?.find((one) => one.key === key);
  return found ? labelText(found.value) : '';
}

/** Whether this is a trace's (32) or a span's (16) identifier as hexadecimal text; all zeros is none. */
export function isIdentifier(text: string, length: number): boolean {
  return text.length === length && /^[0-9a-f]+$/.test(text) && !/^0+$/.test(text);
}

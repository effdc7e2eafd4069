import { parseDuration } from '../../shared/unit/time.ts';

/** Reads a number as PromQL writes it: decimal, hexadecimal, `1_000`, `Inf`, `NaN`, or a duration in seconds. */
export function parseNumber(text: string): number | undefined {
  const sign = text.startsWith('-') ? -1 : 1;
  const body = text.replace(/^[+-]/, '').trim().replaceAll('_', '').toLowerCase();
  if (body === 'inf') return sign * Number.POSITIVE_INFINITY;
  if (body === 'nan') return Number.NaN;
  const durationMs = /[smhdwy]$/.test(body) ? parseDuration(body) : undefined;
  if (durationMs !== undefined) return (sign * durationMs) / 1000;
  // As in Go, a leading zero makes an octal number where all digits are octal.
  if (/^0[0-7]+$/.test(body)) return sign * Number.parseInt(body, 8);
  const value = Number(body);
  return body === '' || Number.isNaN(value) ? undefined : sign * value;
}

const SIMPLE: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

/** Reads a quoted string with Go's escapes, which PromQL has; undefined where it is not closed or escapes wrongly. */
export function parseString(text: string): string | undefined {
  const quote = text[0] ?? '';
  if (text.length < 2 || text[text.length - 1] !== quote) return undefined;
  const body = text.slice(1, -1);
  if (quote === '`') return body;
  let wrong = false;
  const value = body.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|([\s\S]?))/g,
    (_whole, byte?: string, short?: string, long?: string, octal?: string, simple?: string) => {
      const hex = byte ?? short ?? long;
      const code = hex ? Number.parseInt(hex, 16) : octal ? Number.parseInt(octal, 8) : undefined;
      if (code !== undefined && code <= 0x10ffff) return String.fromCodePoint(code);
      const known = simple !== undefined && Object.hasOwn(SIMPLE, simple) ? SIMPLE[simple] : undefined;
      wrong ||= known === undefined;
      return known ?? '';
    },
  );
  return wrong ? undefined : value;
}

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
    /((?:\\x[0-9a-fA-F]{2}|\\[0-7]{3})+)|\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]?))/g,
    (_whole, bytes?: string, short?: string, long?: string, simple?: string) => {
      if (bytes !== undefined) return textOfBytes(bytes);
      const hex = short ?? long;
      const code = hex ? Number.parseInt(hex, 16) : undefined;
      if (code !== undefined && code <= 0x10ffff) return String.fromCodePoint(code);
      const known = simple !== undefined && Object.hasOwn(SIMPLE, simple) ? SIMPLE[simple] : undefined;
      wrong ||= known === undefined;
      return known ?? '';
    },
  );
  return wrong ? undefined : value;
}

const decoder = new TextDecoder();

/** Escaped bytes are UTF-8 together; what is none becomes the replacement character. */
function textOfBytes(escaped: string): string {
  const bytes = escaped
    .split('\\')
    .slice(1)
    .map((one) => (one.startsWith('x') ? Number.parseInt(one.slice(1), 16) : Number.parseInt(one, 8)));
  return decoder.decode(Uint8Array.from(bytes));
}

/** A number as Prometheus writes it into a label: the shortest digits that read back the same, never with an exponent. */
export function formatNumber(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (Object.is(value, -0)) return '-0';
  const plain = String(value);
  const match = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(plain);
  if (!match) return plain;
  const [, sign = '', head = '', tail = '', power = ''] = match;
  const digits = head + tail;
  const shift = Number(power);
  return shift < 0
    ? `${sign}0.${'0'.repeat(-shift - 1)}${digits}`
    : `${sign}${digits.padEnd(shift + 1, '0')}`;
}

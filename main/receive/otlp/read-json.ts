import { type Budget, checkDepth, malformed, spend, TEXT_BYTES_MAX, tooMuch } from './budget.ts';
import { append, type Field, type Message, type ScalarKind } from './message.ts';
import { exactly } from './read-protobuf.ts';

/**
 * Reads a body in OTLP's JSON mapping: names in lowerCamelCase, identifiers as hexadecimal text, 64-bit numbers as text or
 * numbers, enumerations as numbers. Unknown fields are skipped; what does not fit is `Unreadable`.
 */
export function readJson<T>(body: Uint8Array, type: Message<T>, budget: Budget): T {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  measure(bytes, budget);
  let parsed: unknown;
  try {
    parsed = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw malformed('it is not JSON');
  }
  return readMessage(parsed, type, budget, 1);
}

/** More separators than this make a parsed body larger than the memory that a request may take. */
const TOKENS_MAX = 2_000_000;
/** Each message of the mapping is an object, and mostly stands in a list. */
const LEVELS_A_MESSAGE = 2;

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Looks at the text before it is parsed: the parser itself knows no limits. */
function measure(bytes: Buffer, { depthMax }: Budget): void {
  const levelsMax = depthMax * LEVELS_A_MESSAGE;
  let depth = 0;
  let tokens = 0;
  for (let i = 0; i < bytes.length; i += 1) {
    const byte = bytes[i];
    if (byte === QUOTE) {
      i = endOfText(bytes, i);
      tokens += 1;
    } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      depth += 1;
      tokens += 1;
      if (depth > levelsMax) throw malformed(`it is nested deeper than ${levelsMax} levels`);
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth -= 1;
    else if (byte === COMMA || byte === COLON) tokens += 1;
    if (tokens > TOKENS_MAX)
      throw tooMuch(`The body has more than ${TOKENS_MAX.toLocaleString('en-US')} names and values.`);
  }
}

/** Index of the quote that ends the text which begins at `start`. */
function endOfText(bytes: Buffer, start: number): number {
  let at = start + 1;
  for (;;) {
    const quote = bytes.indexOf(QUOTE, at);
    if (quote === -1) throw malformed('it is not JSON');
    let backslashes = 0;
    while (quote - 1 - backslashes > start && bytes[quote - 1 - backslashes] === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return quote;
    at = quote + 1;
  }
}

function readMessage<T>(value: unknown, type: Message<T>, budget: Budget, depth: number): T {
  checkDepth(budget, depth);
  spend(budget, 1);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw malformed('an object is expected where something else stands');
  const target: Record<string, unknown> = { ...type.blank };
  for (const [name, written] of Object.entries(value)) {
    const field = type.byName.get(name);
    // In this mapping null stands for a field that is not there.
    if (!field || written === null) continue;
    readField(name, field, written, target, budget, depth);
  }
  return target as T;
}

function readField(
  name: string,
  field: Field,
  written: unknown,
  target: Record<string, unknown>,
  budget: Budget,
  depth: number,
): void {
  switch (field.kind) {
    case 'message':
      target[name] = readMessage(written, field.of(), budget, depth + 1);
      return;
    case 'messages':
      for (const element of list(name, written))
        append(target, name, readMessage(element, field.of(), budget, depth + 1));
      return;
    case 'tally':
      target[name] = list(name, written).length;
      return;
    case 'fixed64s':
    case 'uint64s':
    case 'doubles':
      for (const element of list(name, written)) {
        spend(budget, 1);
        append(target, name, field.kind === 'doubles' ? double(name, element) : count(name, element));
      }
      return;
    default:
      target[name] = readScalar(name, field.kind, written);
  }
}

function list(name: string, written: unknown): readonly unknown[] {
  if (Array.isArray(written)) return written;
  throw malformed(`"${name}" is not a list`);
}

function readScalar(
  name: string,
  kind: Exclude<ScalarKind, 'fixed64s' | 'uint64s' | 'doubles' | 'tally'>,
  written: unknown,
): string | number | bigint | boolean {
  switch (kind) {
    case 'string':
    case 'bytes':
      return text(name, written).slice(0, TEXT_BYTES_MAX);
    case 'hex':
      return text(name, written).slice(0, 128).toLowerCase();
    case 'bool':
      if (typeof written !== 'boolean') throw malformed(`"${name}" is neither true nor false`);
      return written;
    case 'double':
      return double(name, written);
    case 'fixed64':
      return count(name, written);
    case 'nanos': {
      const nanos = integer(name, written);
      if (nanos < 0n) throw malformed(`"${name}" is negative`);
      return nanos;
    }
    case 'int64':
      return exactly(integer(name, written));
    case 'sfixed64':
    case 'uint32':
    case 'sint32':
      return Number(integer(name, written));
  }
}

function text(name: string, written: unknown): string {
  if (typeof written === 'string') return written;
  throw malformed(`"${name}" is not text`);
}

const SPECIAL = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);

function double(name: string, written: unknown): number {
  if (typeof written === 'number') return written;
  if (typeof written === 'string') {
    const special = SPECIAL.get(written);
    if (special !== undefined) return special;
    if (/^[-+]?(?:\d{1,400}(?:\.\d{0,400})?|\.\d{1,400})(?:[eE][-+]?\d{1,4})?$/.test(written))
      return Number(written);
  }
  throw malformed(`"${name}" is not a number`);
}

function count(name: string, written: unknown): number {
  const value = integer(name, written);
  if (value < 0n) throw malformed(`"${name}" is negative`);
  return Number(value);
}

/** Numbers of 64 bits stand as text; a number is taken too, as long as it says a whole one. */
function integer(name: string, written: unknown): bigint {
  if (typeof written === 'number' && Number.isInteger(written) && Math.abs(written) < 2 ** 64)
    return BigInt(written);
  if (typeof written === 'string' && /^-?\d{1,20}$/.test(written)) return BigInt(written);
  throw malformed(`"${name}" is not a whole number`);
}

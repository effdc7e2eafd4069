import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { type Budget, checkDepth, malformed, spend, TEXT_BYTES_MAX, Unreadable } from './budget.ts';
import { append, type Field, type Message, type ScalarKind } from './message.ts';

/** Wrong UTF-8 becomes replacement characters: one bad label must not cost a whole batch. */
const decoder = new TextDecoder();
const SHORT_TEXT_BYTES = 32;
const IDENTIFIER_BYTES_MAX = 64;
const decodeText = (bytes: Uint8Array): string => decoder.decode(bytes);

/**
 * Reads a protobuf body by the description of its message. Unknown fields are skipped; what does not fit is `Unreadable`.
 * The body may be reused afterwards: nothing of what is returned refers to it.
 */
export function readProtobuf<T>(body: Uint8Array, type: Message<T>, budget: Budget): T {
  try {
    return readMessage(new BinaryReader(body, decodeText), body.length, type, budget, 1);
  } catch (thrown) {
    if (thrown instanceof Unreadable) throw thrown;
    // The wire reader reports a body that ends too early, and the like, by plain errors.
    throw malformed(thrown instanceof Error ? thrown.message : 'it cannot be read as protobuf');
  }
}

function readMessage<T>(
  reader: BinaryReader,
  end: number,
  type: Message<T>,
  budget: Budget,
  depth: number,
): T {
  checkDepth(budget, depth);
  spend(budget, 1);
  const target: Record<string, unknown> = { ...type.blank };
  while (reader.pos < end) {
    const [number, wire] = reader.tag();
    const known = type.byNumber.get(number);
    if (known) readField(reader, end, known.name, known.field, wire, target, budget, depth);
    else reader.skip(wire, number);
    if (reader.pos > end) throw malformed('a field reaches beyond its message');
  }
  return target as T;
}

function readField(
  reader: BinaryReader,
  end: number,
  name: string,
  field: Field,
  wire: WireType,
  target: Record<string, unknown>,
  budget: Budget,
  depth: number,
): void {
  if (field.kind === 'message' || field.kind === 'messages') {
    const value = readMessage(reader, sectionEnd(reader, wire, end), field.of(), budget, depth + 1);
    if (field.kind === 'messages') append(target, name, value);
    else target[name] = value;
  } else if (field.kind === 'tally') {
    reader.skip(wire, field.number);
    target[name] = Number(target[name]) + 1;
  } else if (field.kind === 'fixed64s' || field.kind === 'uint64s' || field.kind === 'doubles') {
    readList(reader, end, name, field.kind, wire, target, budget);
  } else target[name] = readScalar(reader, field.kind, wire);
}

/** Where the length-delimited section that begins here ends. */
function sectionEnd(reader: BinaryReader, wire: WireType, end: number): number {
  if (wire !== WireType.LengthDelimited) throw malformed('a message is not written as one');
  const length = reader.uint32();
  const sectionEndsAt = reader.pos + length;
  if (sectionEndsAt > end) throw malformed('it ends before what it announces');
  return sectionEndsAt;
}

function readList(
  reader: BinaryReader,
  end: number,
  name: string,
  kind: 'fixed64s' | 'uint64s' | 'doubles',
  wire: WireType,
  target: Record<string, unknown>,
  budget: Budget,
): void {
  const element = () => {
    spend(budget, 1);
    if (kind === 'doubles') return reader.double();
    return kind === 'fixed64s' ? unsigned(reader) : Number(reader.uint64());
  };
  if (wire !== WireType.LengthDelimited) {
    expect(wire, kind === 'uint64s' ? WireType.Varint : WireType.Bit64);
    append(target, name, element());
    return;
  }
  const listEnd = sectionEnd(reader, wire, end);
  while (reader.pos < listEnd) append(target, name, element());
  if (reader.pos !== listEnd) throw malformed('a list of numbers is cut in the middle of one');
}

const WIRE_OF: Readonly<Record<Exclude<ScalarKind, 'fixed64s' | 'uint64s' | 'doubles' | 'tally'>, WireType>> =
  {
    string: WireType.LengthDelimited,
    hex: WireType.LengthDelimited,
    bytes: WireType.LengthDelimited,
    bool: WireType.Varint,
    int64: WireType.Varint,
    uint32: WireType.Varint,
    sint32: WireType.Varint,
    double: WireType.Bit64,
    fixed64: WireType.Bit64,
    sfixed64: WireType.Bit64,
    nanos: WireType.Bit64,
  };

function expect(wire: WireType, wanted: WireType): void {
  if (wire !== wanted) throw malformed('a field has another type than it should');
}

function readScalar(
  reader: BinaryReader,
  kind: keyof typeof WIRE_OF,
  wire: WireType,
): string | number | bigint | boolean {
  expect(wire, WIRE_OF[kind]);
  switch (kind) {
    case 'string':
      return text(reader);
    case 'hex':
      return Buffer.from(reader.bytes().subarray(0, IDENTIFIER_BYTES_MAX)).toString('hex');
    case 'bytes':
      return Buffer.from(reader.bytes().subarray(0, TEXT_BYTES_MAX)).toString('base64');
    case 'bool':
      return reader.bool();
    case 'int64':
      return exactly(BigInt(reader.int64()));
    case 'uint32':
      return reader.uint32();
    case 'sint32':
      return reader.sint32();
    case 'double':
      return reader.double();
    case 'fixed64':
      return unsigned(reader);
    case 'sfixed64': {
      const low = reader.fixed32();
      return reader.sfixed32() * 0x1_0000_0000 + low;
    }
    case 'nanos': {
      const low = reader.fixed32();
      return (BigInt(reader.fixed32()) << 32n) | BigInt(low);
    }
  }
}

function text(reader: BinaryReader): string {
  const start = reader.pos;
  const bytes = reader.bytes();
  if (bytes.length > SHORT_TEXT_BYTES) return decodeText(bytes.subarray(0, TEXT_BYTES_MAX));
  // The wire reader has a faster way for short texts.
  reader.pos = start;
  return reader.string();
}

function unsigned(reader: BinaryReader): number {
  const low = reader.fixed32();
  return reader.fixed32() * 0x1_0000_0000 + low;
}

export function exactly(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

/** What a scalar field holds once it is read, whichever encoding it came in. */
interface Scalars {
  string: string;
  /** Identifiers: lower-case hexadecimal text. */
  hex: string;
  /** Base64 text. */
  bytes: string;
  bool: boolean;
  double: number;
  /** Counts beyond 2^53 lose their last digits, as they would in a sample. */
  fixed64: number;
  sfixed64: number;
  /** Text where a number could not say it exactly. */
  int64: number | string;
  /** Nanoseconds since 1970. */
  nanos: bigint;
  uint32: number;
  sint32: number;
  fixed64s: readonly number[];
  uint64s: readonly number[];
  doubles: readonly number[];
  /** Messages that are not read, only counted. */
  tally: number;
}
export type ScalarKind = keyof Scalars;

interface ScalarField<K extends ScalarKind = ScalarKind> {
  readonly number: number;
  readonly kind: K;
}
interface OneField<T> {
  readonly number: number;
  readonly kind: 'message';
  readonly of: () => Message<T>;
}
interface ManyField<T> {
  readonly number: number;
  readonly kind: 'messages';
  readonly of: () => Message<T>;
}
export type Field = ScalarField | OneField<unknown> | ManyField<unknown>;

type ValueOf<F> =
  F extends OneField<infer T>
    ? T | undefined
    : F extends ManyField<infer T>
      ? readonly T[]
      : F extends ScalarField<infer K>
        ? K extends 'fixed64s' | 'uint64s' | 'doubles' | 'tally'
          ? Scalars[K]
          : Scalars[K] | undefined
        : never;

type ValuesOf<F> = { readonly [N in keyof F]: ValueOf<F[N]> };

/** A message of the protocol: the fields that are read of it, by number for protobuf and by name for JSON. */
export interface Message<T> {
  readonly byName: ReadonlyMap<string, Field>;
  readonly byNumber: ReadonlyMap<number, { readonly name: string; readonly field: Field }>;
  /** Every field absent: lists empty, all else undefined. */
  readonly blank: Readonly<Record<string, unknown>>;
  /** Never set: it carries the type. */
  readonly type?: T;
}

export function scalar<K extends ScalarKind>(number: number, kind: K): ScalarField<K> {
  return { number, kind };
}

export function one<T>(number: number, of: () => Message<T>): OneField<T> {
  return { number, kind: 'message', of };
}

export function many<T>(number: number, of: () => Message<T>): ManyField<T> {
  return { number, kind: 'messages', of };
}

const NONE: readonly never[] = Object.freeze([]);

export function message<F extends Readonly<Record<string, Field>>>(fields: F): Message<ValuesOf<F>> {
  const entries = Object.entries(fields);
  return {
    byName: new Map(entries),
    byNumber: new Map(entries.map(([name, field]) => [field.number, { name, field }])),
    blank: Object.fromEntries(entries.map(([name, field]) => [name, blankOf(field)])),
  };
}

function blankOf({ kind }: Field): unknown {
  if (kind === 'messages' || kind === 'fixed64s' || kind === 'uint64s' || kind === 'doubles') return NONE;
  return kind === 'tally' ? 0 : undefined;
}

/** Appends to a list field of a message being read; the shared empty list is replaced at its first element. */
export function append(target: Record<string, unknown>, name: string, element: unknown): void {
  const list = target[name];
  if (list === NONE || !Array.isArray(list)) target[name] = [element];
  else list.push(element);
}

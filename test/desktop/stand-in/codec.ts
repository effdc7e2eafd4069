/** Text for a value and back, as structured clone would copy it. */
export interface Codec {
  encode(value: unknown): string;
  decode(text: string): unknown;
}

/**
 * What Chromium's structured clone copies, over a line that carries only text. The source of this function also runs in
 * the page, so it may use nothing from outside itself. Functions, symbols and promises throw, as there.
 */
export function createCodec(): Codec {
  type Tagged = { t: string; v?: unknown; i?: number };
  const node = (globalThis as { Buffer?: { from(a: unknown, b?: unknown, c?: unknown): Uint8Array } }).Buffer;
  const toText = (bytes: Uint8Array): string =>
    node
      ? String(
          (
            node.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) as { toString(k: string): string }
          ).toString('base64'),
        )
      : (bytes as unknown as { toBase64(): string }).toBase64();
  const toBytes = (text: string): Uint8Array =>
    node
      ? new Uint8Array(node.from(text, 'base64'))
      : (Uint8Array as unknown as { fromBase64(text: string): Uint8Array }).fromBase64(text);

  const encodeWith = (value: unknown, seen: Map<object, number>): Tagged | string | boolean | null => {
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    if (value === undefined) return { t: 'undefined' };
    if (typeof value === 'number') return { t: 'n', v: Object.is(value, -0) ? '-0' : String(value) };
    if (typeof value === 'bigint') return { t: 'big', v: String(value) };
    if (typeof value !== 'object') throw new Error(`DataCloneError: ${typeof value} could not be cloned.`);
    const known = seen.get(value);
    if (known !== undefined) return { t: 'ref', i: known };
    const i = seen.size;
    seen.set(value, i);
    const sub = (one: unknown) => encodeWith(one, seen);
    if (value instanceof Date) return { t: 'date', i, v: sub(value.getTime()) };
    if (value instanceof Map) return { t: 'map', i, v: [...value].map(([k, v]) => [sub(k), sub(v)]) };
    if (value instanceof Set) return { t: 'set', i, v: [...value].map(sub) };
    if (value instanceof ArrayBuffer) return { t: 'buffer', i, v: toText(new Uint8Array(value)) };
    if (ArrayBuffer.isView(value)) {
      const name = value.constructor.name === 'Buffer' ? 'Uint8Array' : value.constructor.name;
      return {
        t: 'view',
        i,
        v: [name, toText(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))],
      };
    }
    if (value instanceof Error) return { t: 'error', i, v: [value.name, value.message, value.stack ?? ''] };
    if (Array.isArray(value)) return { t: 'array', i, v: value.map(sub) };
    if (value instanceof Promise || value instanceof WeakMap)
      throw new Error('DataCloneError: the object could not be cloned.');
    return { t: 'object', i, v: Object.entries(value).map(([k, v]) => [k, sub(v)]) };
  };

  const decodeWith = (code: unknown, seen: unknown[]): unknown => {
    if (typeof code !== 'object' || code === null) return code;
    const { t, v, i = 0 } = code as Tagged;
    const keep = <T>(made: T): T => {
      seen[i] = made;
      return made;
    };
    const pairs = () => v as [unknown, unknown][];
    const sub = (one: unknown) => decodeWith(one, seen);
    switch (t) {
      case 'undefined':
        return undefined;
      case 'n':
        return v === '-0' ? -0 : Number(v);
      case 'big':
        return BigInt(String(v));
      case 'ref':
        return seen[i];
      case 'date':
        return keep(new Date(sub(v) as number));
      case 'map': {
        const map = keep(new Map());
        for (const [key, one] of pairs()) map.set(sub(key), sub(one));
        return map;
      }
      case 'set': {
        const set = keep(new Set());
        for (const one of v as unknown[]) set.add(sub(one));
        return set;
      }
      case 'buffer':
        return keep(toBytes(String(v)).buffer);
      case 'view': {
        const [name, text] = v as [string, string];
        const { buffer } = toBytes(text);
        const View = (globalThis as unknown as Record<string, new (buffer: ArrayBufferLike) => unknown>)[
          name
        ];
        if (!View) throw new Error(`DataCloneError: no view is named ${name}.`);
        return keep(new View(buffer));
      }
      case 'error': {
        const [name, message, stack] = v as [string, string, string];
        return keep(Object.assign(new Error(message), { name, stack }));
      }
      case 'array': {
        const list = keep<unknown[]>([]);
        for (const one of v as unknown[]) list.push(sub(one));
        return list;
      }
      default: {
        const object = keep<Record<string, unknown>>({});
        for (const [key, one] of pairs())
          Object.defineProperty(object, String(key), {
            value: sub(one),
            enumerable: true,
            writable: true,
            configurable: true,
          });
        return object;
      }
    }
  };
  return {
    encode: (value) => JSON.stringify(encodeWith(value, new Map())),
    decode: (text) => decodeWith(JSON.parse(text), []),
  };
}

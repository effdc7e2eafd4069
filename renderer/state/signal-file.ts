import type { Api } from '../transport/api.ts';

type RangeAnswer = Pick<Awaited<ReturnType<Api['query']['range']>>, 'series' | 'more'>;

/** So many parts are under way at once: the core makes the next ones ready while one crosses. */
const AT_ONCE = 6;

/** The whole series file of an answer, whose further parts are fetched one behind the other. */
export async function wholeFile(
  api: Pick<Api, 'query'>,
  { series, more }: RangeAnswer,
  signal: AbortSignal,
): Promise<ArrayBuffer> {
  const first = await series.arrayBuffer();
  if (more === null) return first;
  const { answer, parts } = more;
  const whole: ArrayBuffer[] = [first];
  let next = 1;
  const fetchSome = async () => {
    while (next < parts) {
      const part = next;
      next += 1;
      const blob = await api.query.part({ answer, part }, { signal });
      whole[part] = await blob.arrayBuffer();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, fetchSome));
  return joined(whole);
}

function joined(parts: readonly ArrayBuffer[]): ArrayBuffer {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(new Uint8Array(part), offset);
    offset += part.byteLength;
  }
  return whole.buffer;
}

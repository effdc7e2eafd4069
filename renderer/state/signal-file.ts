import type { Api } from '../transport/api.ts';

type RangeAnswer = Pick<Awaited<ReturnType<Api['query']['range']>>, 'series' | 'more'>;

/** The whole series file of an answer, whose further parts are fetched one after the other. */
export async function wholeFile(
  api: Pick<Api, 'query'>,
  { series, more }: RangeAnswer,
  signal: AbortSignal,
): Promise<ArrayBuffer> {
  const first = await series.arrayBuffer();
  if (more === null) return first;
  const parts = [first];
  for (let part = 1; part < more.parts; part += 1) {
    const next = await api.query.part({ answer: more.answer, part }, { signal });
    parts.push(await next.arrayBuffer());
  }
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(new Uint8Array(part), offset);
    offset += part.byteLength;
  }
  return whole.buffer;
}

import { gzipSync } from 'node:zlib';
import { head, type RawAnswer, sendRaw } from './raw-http.ts';
import { TOKEN } from './receiving.ts';
import { compress, HEADERS_1, HEADERS_2, request2, series, writeRequest } from './remote-write.ts';

/** One hostile request: what it is called, what it may be answered, and how it is sent. */
export interface Abuse {
  readonly name: string;
  readonly status: readonly number[];
  send(port: number): Promise<RawAnswer>;
}

const BEARER = { Authorization: `Bearer ${TOKEN}` };
const JSON_TYPE = { 'Content-Type': 'application/json' };
const NOW = Date.now();

type Headers = Readonly<Record<string, string | number>>;

function whole(
  name: string,
  status: readonly number[],
  path: string,
  body: Uint8Array | string,
  headers: Headers,
) {
  const bytes = Buffer.from(body as string);
  return {
    name,
    status,
    send: (port: number) =>
      sendRaw(port, [head(port, path, { ...BEARER, ...headers, 'Content-Length': bytes.length }), bytes]),
  };
}

/** A body that decodes to the given length, all of one byte: copies of 64 bytes at an offset of one. */
export function snappyBomb(decodedBytes: number): Uint8Array {
  const length: number[] = [];
  for (let rest = decodedBytes; ; rest = Math.floor(rest / 128)) {
    length.push(rest > 127 ? (rest % 128) | 128 : rest);
    if (rest <= 127) break;
  }
  const copies = Math.ceil((decodedBytes - 1) / 64);
  const out = Buffer.alloc(length.length + 2 + copies * 3);
  Buffer.from([...length, 0, 0]).copy(out);
  for (let i = 0; i < copies; i += 1) {
    const size = Math.min(64, decodedBytes - 1 - i * 64);
    out.set([((size - 1) << 2) | 2, 1, 0], length.length + 2 + i * 3);
  }
  return out;
}

const declared = (bytes: number) => Buffer.concat([snappyBomb(bytes).subarray(0, 5), Buffer.alloc(20)]);
const gzipBomb = (bytes: number) => gzipSync(Buffer.alloc(bytes, 0x20), { level: 9 });
const gzipped = { ...JSON_TYPE, 'Content-Encoding': 'gzip' };

/** Every kind of abuse that the promises name, each answered by a refusal that names it. */
export function abuses(): Abuse[] {
  const wide = (count: number): [string, string][] =>
    Array.from({ length: count }, (_, i) => [`l${String(i).padStart(6, '0')}`, 'v']);
  const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
  return [
    whole('gzip bomb, 256 MB', [413], '/v1/metrics', gzipBomb(256 * 1024 * 1024), gzipped),
    whole('gzip bomb of an event', [413], '/events', gzipBomb(64 * 1024 * 1024), gzipped),
    whole('gzip that is cut off', [400], '/events', gzipBomb(100_000).subarray(0, 60), gzipped),
    whole('snappy that declares 4 GiB', [413], '/api/v1/write', declared(2 ** 32 - 1), HEADERS_1),
    whole('snappy that declares 15 MB of 25 bytes', [400], '/api/v1/write', declared(15_000_000), HEADERS_1),
    whole('snappy bomb within the cap', [400], '/api/v1/write', snappyBomb(16 * 1024 * 1024 - 1), HEADERS_1),
    whole(
      'snappy literal that leads backwards',
      [400],
      '/api/v1/write',
      Uint8Array.from([10, 252, 0xfa, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0]),
      HEADERS_1,
    ),
    whole(
      'a label of 1 MB',
      [400],
      '/api/v1/write',
      compress(writeRequest([series('a', { b: 'x'.repeat(1024 * 1024) }, [1, NOW])])),
      HEADERS_1,
    ),
    whole(
      '100,000 labels',
      [400],
      '/api/v1/write',
      compress(writeRequest([{ labels: [['__name__', 'a'], ...wide(100_000)], samples: [[1, NOW]] }])),
      HEADERS_1,
    ),
    whole(
      '100,000 labels of 2.0',
      [400],
      '/api/v1/write',
      compress(request2([{ labels: [['__name__', 'a'], ...wide(100_000)], samples: [[1, NOW]] }])),
      HEADERS_2,
    ),
    whole(
      'nothing but empty fields',
      [413],
      '/api/v1/write',
      compress(Buffer.alloc(16_000_000).fill(Buffer.from([0x0a, 0x00]))),
      HEADERS_1,
    ),
    whole(
      'a label named __proto__',
      [400],
      '/api/v1/write',
      compress(
        writeRequest([
          {
            labels: [
              ['__name__', 'a'],
              ['__proto__', 'polluted'],
            ],
            samples: [[1, NOW]],
          },
        ]),
      ),
      HEADERS_1,
    ),
    whole('deep JSON', [400], '/events', deep(100_000), JSON_TYPE),
    whole('deep JSON in OTLP', [400], '/v1/metrics', deep(1_000_000), JSON_TYPE),
    whole(
      'deep JSON in a webhook',
      [400],
      '/alertmanager',
      `{"version":"4","alerts":${deep(500_000)}}`,
      JSON_TYPE,
    ),
    whole('a million values', [400], '/alertmanager', `[${'0,'.repeat(1_000_000)}0]`, JSON_TYPE),
    whole(
      '__proto__ in an event',
      [400],
      '/events',
      '{"__proto__":{"service":"shop","what":"polluted"},"constructor":{"prototype":{"polluted":1}}}',
      JSON_TYPE,
    ),
    whole('a body over the cap, announced', [413], '/v1/metrics', Buffer.alloc(33 * 1024 * 1024), JSON_TYPE),
    endless('chunks without end', [413], { ...JSON_TYPE }),
    endless('chunks without end and without a token', [401], { ...JSON_TYPE, Authorization: 'Bearer no' }),
    whole('a wrong token', [401], '/api/v1/write', 'x', { Authorization: `Bearer ${TOKEN.slice(1)}` }),
    whole('a name that points here (DNS rebinding)', [403], '/events', '{}', { Host: 'evil.example:80' }),
    whole('an Origin', [403], '/events', '{}', { Origin: 'https://evil.example' }),
    whole('a form of a page', [403], '/events', '{}', { 'Sec-Fetch-Site': 'cross-site' }),
    lines('two lengths', [400], { ...BEARER, 'Content-Length': '5', 'content-length': '6' }),
    lines('a length and chunks', [400], { ...BEARER, 'Content-Length': '5', 'Transfer-Encoding': 'chunked' }),
    lines('no length at all', [411], { ...BEARER, ...JSON_TYPE }),
    lines('headers of 64 KB', [431], { ...BEARER, 'X-Long': 'x'.repeat(64 * 1024) }),
    {
      name: 'a length shorter than the body',
      status: [400],
      send: (port) =>
        sendRaw(port, [
          head(port, '/events', { ...BEARER, ...JSON_TYPE, 'Content-Length': 5 }),
          '{"service":"shop"}',
        ]),
    },
    {
      name: 'no HTTP',
      status: [400],
      send: (port) => sendRaw(port, ['\u0016\u0003\u0001\u0002\u0000 hello\r\n\r\n']),
    },
  ];
}

function lines(name: string, status: readonly number[], headers: Headers): Abuse {
  return { name, status, send: (port) => sendRaw(port, [head(port, '/events', headers)]) };
}

function endless(name: string, status: readonly number[], headers: Headers): Abuse {
  const chunk = Buffer.concat([Buffer.from('40000\r\n'), Buffer.alloc(0x40000, 0x20), Buffer.from('\r\n')]);
  return {
    name,
    status,
    send: (port) =>
      sendRaw(port, [
        head(port, '/v1/metrics', { ...BEARER, ...headers, 'Transfer-Encoding': 'chunked' }),
        ...Array.from({ length: 400 }, () => chunk),
      ]),
  };
}

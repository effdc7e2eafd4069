import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { Answer } from '../http-server.ts';
import type { BadBackend } from './backend.ts';

const MIB = 1024 * 1024;
const JSON_TYPE = { 'content-type': 'application/json' };
const TEXT = { 'content-type': 'text/plain; version=0.0.4' };
const OPEN_METRICS = { 'content-type': 'application/openmetrics-text; version=1.0.0' };

type Headers = Readonly<Record<string, string>>;
const whole =
  (headers: Headers, body: string | Uint8Array): Answer =>
  (_heard, response) => {
    response.writeHead(200, headers);
    response.end(body);
  };

/** Writes the block over and over as fast as it is read; never more than one block is held. */
function stream(response: ServerResponse, block: Buffer, times: number): void {
  let left = times;
  const write = () => {
    while (!response.destroyed && left > 0) {
      left -= 1;
      if (!response.write(block)) {
        response.once('drain', write);
        return;
      }
    }
    response.end();
  };
  write();
}

const endless =
  (headers: Headers, block: Buffer): Answer =>
  (_heard, response) => {
    response.writeHead(200, headers);
    stream(response, block, 500);
  };

/** Made when first asked for, and once: making them takes longer than opening them. */
function bombOf(byte: number): () => Buffer {
  let made: Buffer | undefined;
  return () => {
    made ??= gzipSync(Buffer.alloc(256 * MIB, byte), { level: 1 });
    return made;
  };
}
const bomb =
  (headers: Headers, body: () => Buffer): Answer =>
  (_heard, response) => {
    response.writeHead(200, { ...headers, 'content-encoding': 'gzip' });
    response.end(body());
  };

const CAP = 'larger than the cap of 32 MiB';
const API = 'Check that the address is that of a Prometheus API';
const EXPORTER = 'Check the address, and the exporter behind it';

function row(
  name: string,
  kind: BadBackend['kind'],
  answer: Answer,
  problem: readonly string[],
  source: BadBackend['source'] = {},
): BadBackend {
  return {
    name,
    kind,
    source,
    serving: { kind: 'http', answer },
    shows: { condition: 'wrong-answer', problem },
  };
}

const deep = `{"status":"success","data":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
const wide = Array.from({ length: 100_000 }, (_, i) => `l${i}="v"`).join(',');

/** Bodies that are damaged, endless, or bombs. */
export const bodyBackends: readonly BadBackend[] = [
  row('a gzip bomb', 'prometheus', bomb(JSON_TYPE, bombOf(0x20)), [CAP, API]),
  row('a gzip bomb of a target', 'exposition', bomb(TEXT, bombOf(0x0a)), [CAP, 'Expose less']),
  row('a body of 500 MB', 'prometheus', endless(JSON_TYPE, Buffer.alloc(MIB, 0x20)), [CAP, API]),
  row('a body of 500 MB of a target', 'exposition', endless(TEXT, Buffer.alloc(MIB, '# nothing\n')), [
    CAP,
    'Expose less',
  ]),
  row(
    'gzip that is damaged',
    'prometheus',
    whole({ ...JSON_TYPE, 'content-encoding': 'gzip' }, 'not gzip at all'),
    ['the packed answer is damaged', 'a proxy before it'],
  ),
  row(
    'packed in a way that nobody asked for',
    'exposition',
    whole({ ...TEXT, 'content-encoding': 'zstd' }, 'x'),
    ['packed in a way that was not asked for', 'a proxy before it'],
  ),
  row(
    'JSON that breaks off',
    'prometheus',
    whole(JSON_TYPE, '{"status":"success","data":{"resultType":"vec'),
    ['damaged or breaks off', API],
  ),
  row('text that breaks off', 'exposition', whole(TEXT, 'up 1\nqueue_len'), [
    'line 2: the series has no value',
    EXPORTER,
  ]),
  row('OpenMetrics that breaks off', 'exposition', whole(OPEN_METRICS, 'up 1\nqueue_length 7\n'), [
    'ends without # EOF',
    EXPORTER,
  ]),
  row('bytes that are no text', 'prometheus', whole(JSON_TYPE, Buffer.from([0x7b, 0xff, 0xfe])), [
    'bytes that are not text',
    API,
  ]),
  row('invalid UTF-8 in a label', 'exposition', whole(TEXT, Buffer.from('up{a="\xff"} 1\n', 'latin1')), [
    'not UTF-8 text',
    EXPORTER,
  ]),
  row('JSON of 100,000 levels', 'prometheus', whole(JSON_TYPE, deep), ['success with data that is', API]),
  row(
    '__proto__ for an envelope',
    'prometheus',
    whole(JSON_TYPE, '{"__proto__":{"status":"success","data":{},"polluted":1}}'),
    ['without a status of success or error', API],
  ),
  row('a label of 1 MB', 'exposition', whole(TEXT, `up{a="${'x'.repeat(MIB)}"} 1\n`), [
    'line 1: the line is longer than 262144',
    EXPORTER,
  ]),
  row('100,000 labels', 'exposition', whole(TEXT, `up{${wide}} 1\n`), [
    'line 1: the line is longer than 262144',
    EXPORTER,
  ]),
  row(
    'more series than allowed',
    'exposition',
    whole(TEXT, Array.from({ length: 20 }, (_, i) => `queue_length{i="${i}"} 1\n`).join('')),
    ['more than 10 series, which is the limit (series_limit)', 'too many values'],
    { series_limit: 10 },
  ),
  row('a type of its own', 'exposition', whole(TEXT, 'queue_length seven\n'), [
    'line 1: the value is not a number',
    EXPORTER,
  ]),
];

import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../main/platform/index.ts';
import { createGate } from '../../../main/source/gate.ts';
import { displayAddress, guardedLookup, isForbiddenHost } from '../../../main/source/http/address.ts';
import { readBody } from '../../../main/source/http/body.ts';
import { readCredentials } from '../../../main/source/http/credentials.ts';
import { classify, clip } from '../../../main/source/http/failure.ts';
import { parseHttpDate, parseRetryAfter, RETRY_AFTER_MAX_MS } from '../../../main/source/http/retry-after.ts';
import { parseSampleValue } from '../../../main/source/number.ts';
import { prometheusConfig, secretsOf } from '../../support/source.ts';

describe('where a redirect may lead', () => {
  it.each([
    '169.254.169.254',
    '169.254.0.1',
    '[fe80::1]',
    '[::ffff:169.254.169.254]',
    '[::ffff:a9fe:a9fe]',
    '[fd00:ec2::254]',
    '[64:ff9b::a9fe:a9fe]',
    '100.100.100.200',
    'metadata.google.internal',
    'METADATA.google.internal.',
  ])('not to %s', (host) => {
    expect(isForbiddenHost(host)).toBe(true);
  });

  it.each([
    '127.0.0.1',
    '10.0.0.1',
    'prometheus.example.org',
    '[::1]',
    'metadata.example.org',
    '169.253.1.1',
  ])('to %s', (host) => {
    expect(isForbiddenHost(host)).toBe(false);
  });

  it('sees through the ways to write an IPv4 address', () => {
    for (const text of ['http://0xa9fea9fe/', 'http://2852039166/', 'http://169.254.43518/'])
      expect(isForbiddenHost(new URL(text).hostname)).toBe(true);
  });

  it('looks names up itself, so that what is dialled is what was checked', async () => {
    const found = await new Promise((resolve) =>
      guardedLookup('localhost', { all: true }, (error, list) => resolve(error ?? list)),
    );
    expect(Array.isArray(found)).toBe(true);
    const refused = await new Promise((resolve) =>
      guardedLookup('169.254.169.254', { all: true }, (error) => resolve(error?.message)),
    );
    expect(refused).toContain('link-local or metadata');
  });

  it('shows addresses without credentials and query', () => {
    expect(displayAddress('https://u:p@h.example:9090/x?token=1')).toBe('https://h.example:9090/x');
    expect(displayAddress('nonsense')).not.toContain('nonsense');
  });
});

describe('a body', () => {
  const read = (chunks: readonly Uint8Array[], encoding: string | undefined, cap: number) =>
    readBody(Readable.from(chunks), encoding, cap);

  it('has memory of its own and is decoded', async () => {
    const body = await read([gzipSync('hello')], 'gzip', 100);
    if (!body.ok) throw new Error(body.error.detail);
    expect(new TextDecoder().decode(body.value)).toBe('hello');
    expect(body.value.buffer.byteLength).toBe(5);
  });

  it('is let go at the cap, also when it unpacks to far more than came', async () => {
    const bomb = gzipSync(Buffer.alloc(20_000_000));
    expect(bomb.byteLength).toBeLessThan(100_000);
    expect(await read([bomb], 'gzip', 1_000_000)).toMatchObject({ ok: false, error: { kind: 'too-large' } });
    expect(await read([Buffer.alloc(11)], undefined, 10)).toMatchObject({ error: { kind: 'too-large' } });
    expect(await read([Buffer.alloc(10)], undefined, 10)).toMatchObject({ ok: true });
  });

  it('is refused where it is damaged or packed in a way nobody asked for', async () => {
    expect(await read([gzipSync('hello').subarray(0, 12)], 'gzip', 100)).toMatchObject({
      error: { kind: 'encoding' },
    });
    expect(await read([Buffer.from('x')], 'constructor', 100)).toMatchObject({ error: { kind: 'encoding' } });
  });
});

describe('credentials', () => {
  const config = (more: object) => prometheusConfig('http://127.0.0.1:1', more);

  it('are read from their references, without the line break of a file', async () => {
    const read = await readCredentials(
      config({
        auth: { kind: 'basic', username: 'me', password: 'file:/p' },
        headers: { 'X-Api-Key': 'env:K' },
      }),
      secretsOf({ 'file:/p': 'pä:ss\n', 'env:K': 'k\r\nX-Evil: 1' }),
    );
    if (!read.ok) throw new Error(read.error);
    expect(Buffer.from(read.value.headers.authorization?.slice(6) ?? '', 'base64').toString()).toBe(
      'me:pä:ss',
    );
    expect(read.value.headers['x-api-key']).toBe('kX-Evil: 1');
  });

  it('name what is missing, and say an empty secret is none', async () => {
    const read = await readCredentials(
      config({ auth: { kind: 'bearer', token: 'env:T' }, headers: { 'X-Api-Key': 'env:K' } }),
      secretsOf({ 'env:K': '' }),
    );
    expect(read).toEqual({
      ok: false,
      error: 'the header X-Api-Key: env:K is empty; auth.token: env:T is not set',
    });
  });
});

describe('small readers', () => {
  it('read Retry-After in both forms and cap it', () => {
    expect(parseRetryAfter('7', 0)).toBe(7000);
    expect(parseRetryAfter('86400', 0)).toBe(RETRY_AFTER_MAX_MS);
    expect(parseRetryAfter('Thu, 01 Jan 1970 00:00:09 GMT', 4000)).toBe(5000);
    expect(parseRetryAfter('Thu, 01 Jan 1970 00:00:09 GMT', 40_000)).toBe(0);
    for (const text of [undefined, '', '-1', 'soon', '1e3']) expect(parseRetryAfter(text, 0)).toBeNull();
  });

  it('read the date of a server, and nothing else as one', () => {
    expect(parseHttpDate('Thu, 01 Jan 1970 00:00:09 GMT')).toBe(9_000);
    for (const text of [undefined, '', '9', 'Thu, soon', '1970-01-01'])
      expect(parseHttpDate(text)).toBeNull();
  });

  it('never read no number as zero', () => {
    for (const text of ['', ' ', '-', '+', '.', 'e1', '0x1', '1_0', '1 2', 'null', '--1', '1.2.3'])
      expect(parseSampleValue(text)).toBeUndefined();
    expect(parseSampleValue('-.5e-3')).toBe(-0.0005);
    expect(parseSampleValue('inf')).toBe(Number.POSITIVE_INFINITY);
  });

  it('sort what a network can do', () => {
    const thrown = (code: string) => Object.assign(new Error('x'), { code });
    const kindOf = (code: string) => classify(thrown(code)).kind;
    expect(kindOf('ENOTFOUND')).toBe('no-name');
    expect(kindOf('ECONNREFUSED')).toBe('refused');
    expect(kindOf('UND_ERR_CONNECT_TIMEOUT')).toBe('timeout');
    expect(kindOf('CERT_HAS_EXPIRED')).toBe('tls');
    expect(kindOf('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED')).toBe('certificate-refused');
    expect(kindOf('ECONNRESET')).toBe('broken-off');
    expect(kindOf('')).toBe('broken-off');
    expect(kindOf('UND_ERR_HEADERS_OVERFLOW')).toBe('no-http');
    expect(kindOf('HPE_INVALID_CONSTANT')).toBe('no-http');
    expect(kindOf('HPE_INVALID_EOF_STATE')).toBe('broken-off');
    expect(kindOf('ERR_SSL_WRONG_VERSION_NUMBER')).toBe('no-tls');
    const parser = Object.assign(new Error('Expected HTTP/\n'), { name: 'HTTPParserError' });
    expect(classify(parser)).toEqual({
      kind: 'no-http',
      detail: 'what it answered is not HTTP, or damaged on the way (Expected HTTP/)',
    });
    expect(classify(new AggregateError([thrown('ECONNREFUSED')])).kind).toBe('refused');
    expect(classify(new Error('outer', { cause: thrown('CERT_HAS_EXPIRED') })).kind).toBe('tls');
    expect(classify('a string').kind).toBe('broken-off');
  });

  it('clip foreign text to one printable line', () => {
    expect(clip('a\nb\u202ec')).toBe('a b c');
    expect(clip('x'.repeat(500))).toHaveLength(121);
  });
});

describe('the gate', () => {
  it('lets so many through at one time, in order, and turns away who finds it too full', async () => {
    const gate = createGate(2, 1);
    const first = await gate.enter();
    await gate.enter();
    let third = false;
    const waiting = gate.enter().then((leave) => {
      third = true;
      return leave;
    });
    expect(await gate.enter()).toBeUndefined();
    expect(third).toBe(false);
    first?.();
    first?.();
    await waiting;
    let fourth = false;
    void gate.enter().then(() => {
      fourth = true;
    });
    await Promise.resolve();
    expect(fourth).toBe(false);
  });

  it('lets no more through in a time than its rate, and the rest when the earliest is old enough', async () => {
    const clock = new VirtualClock(0);
    const gate = createGate(10, 10, { requests: 2, perMs: 1_000, clock });
    let through = 0;
    const come = () =>
      gate.enter().then((leave) => {
        through += 1;
        leave?.();
      });
    const settled = () => new Promise((resolve) => setImmediate(resolve));
    const all = [come(), come(), come(), come(), come()];
    await settled();
    expect(through).toBe(2);
    await clock.advance(999);
    await settled();
    expect(through).toBe(2);
    await clock.advance(1);
    await settled();
    expect(through).toBe(4);
    await clock.advance(1_000);
    await Promise.all(all);
    expect(through).toBe(5);
  });
});

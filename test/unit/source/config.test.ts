import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { SourceConfig, SourceList } from '../../../shared/config/source.ts';
import { splitAddress } from '../../../shared/config/web-address.ts';

const prometheus = (more: object = {}) => ({
  kind: 'prometheus',
  id: 'prod',
  url: 'https://prom.example.org',
  ...more,
});
const exposition = (more: object = {}) => ({
  kind: 'exposition',
  id: 'fleet',
  targets: [{ id: 'gw', url: 'http://127.0.0.1:9100/metrics' }],
  ...more,
});
const problems = (input: unknown) => {
  const read = SourceConfig.safeParse(input);
  return read.success ? [] : read.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
};

describe('a source in midwatch.yaml', () => {
  it('has defaults in milliseconds', () => {
    expect(SourceConfig.parse(prometheus())).toEqual({
      kind: 'prometheus',
      id: 'prod',
      title: 'prod',
      url: 'https://prom.example.org',
      pollEveryMs: 15_000,
      timeoutMs: 10_000,
      connectTimeoutMs: 5_000,
      concurrency: 8,
      rateLimit: { requests: 200, perMs: 1_000 },
      auth: { kind: 'none' },
      headers: {},
      tls: { ca: null, cert: null, key: null, serverName: null },
    });
  });

  it('gives each target its job and instance, and lets the target’s own labels win', () => {
    const config = SourceConfig.parse(
      exposition({
        poll_every: '1s',
        labels: { env: 'prod', team: 'a' },
        targets: [
          { id: 'one', url: 'https://a.example/metrics', labels: { team: 'b' } },
          { id: 'two', url: 'http://[::1]:9100/metrics', labels: { job: 'node' } },
        ],
      }),
    );
    expect(config).toMatchObject({
      timeoutMs: 800,
      connectTimeoutMs: 800,
      seriesLimit: 50_000,
      targets: [
        { labels: { job: 'fleet', instance: 'a.example:443', env: 'prod', team: 'b' } },
        { labels: { job: 'node', instance: '[::1]:9100', env: 'prod', team: 'a' } },
      ],
    });
  });

  it.each([
    [
      prometheus({ auth: { kind: 'basic', username: 'me', password: 'hunter2' } }),
      /^auth\.password: is a secret written into the file.*keychain:NAME/,
    ],
    [prometheus({ auth: { kind: 'bearer', token: 'eyJhbGciOi' } }), /^auth\.token: is a secret written/],
    [
      prometheus({ tls: { cert: 'file:/c', key: '-----BEGIN PRIVATE KEY-----' } }),
      /^tls\.key: is a secret written/,
    ],
    [prometheus({ tls: { cert: 'file:/c' } }), /^tls: needs cert and key together/],
    [prometheus({ tls: { ca: 'nonsense' } }), /^tls\.ca: is neither/],
    [
      prometheus({ headers: { 'X-Api-Key': 'abc' } }),
      /^headers\.X-Api-Key: is a header that carries a secret/,
    ],
    [prometheus({ headers: { Host: 'evil' } }), /Midwatch sets itself/],
    [prometheus({ headers: { 'X-Org': 'a\r\nb: c' } }), /control character/],
    [prometheus({ url: 'https://me:hunter2@prom.example.org' }), /^url: holds a name or password/],
    [prometheus({ url: 'https://prom.example.org/?api_key=1' }), /looks like a secret in its query/],
    [prometheus({ url: 'ftp://prom.example.org' }), /http/],
    [prometheus({ url: 'https://1.2.3.999' }), /is not an address/],
    [prometheus({ poll_every: '15' }), /^poll_every: is not a duration/],
    [prometheus({ poll_every: '10ms' }), /shorter than 200 ms/],
    [prometheus({ pollEvery: '15s' }), /pollEvery/],
    [exposition({ poll_every: '5s', timeout: '5s' }), /^timeout: must be shorter than poll_every \(5 s\)/],
    [exposition({ targets: [] }), /^targets:/],
    [exposition({ labels: { __name__: 'x' } }), /^labels/],
    [
      exposition({
        targets: [
          { id: 'a', url: 'http://h/1' },
          { id: 'a', url: 'http://g/1' },
        ],
      }),
      /targets\.1\.id: is used twice/,
    ],
    [
      exposition({
        targets: [
          { id: 'a', url: 'http://h/1' },
          { id: 'b', url: 'http://h/2' },
        ],
      }),
      /could not be told apart/,
    ],
  ])('is refused with what to do: %#', (input, message) => {
    const said = problems(input);
    expect(said.join('\n')).toMatch(message);
    expect(said.join('\n')).not.toMatch(/hunter2|eyJ|PRIVATE KEY/);
  });

  it('has an id of its own', () => {
    const read = SourceList.safeParse([prometheus(), prometheus()]);
    expect(read.success ? '' : read.error.issues[0]?.message).toBe('is the id of another source');
  });

  it('has a JSON Schema for editors', () => {
    expect(JSON.stringify(z.toJSONSchema(SourceConfig, { io: 'input' }))).toContain('poll_every');
  });
});

describe('an address', () => {
  it('is taken apart only where a client could follow it', () => {
    expect(splitAddress('https://h.example/x?a=1#f')).toMatchObject({
      port: 443,
      query: 'a=1',
      fragment: 'f',
    });
    expect(splitAddress('http://10.0.0.1:9090')).toMatchObject({ host: '10.0.0.1', port: 9090 });
    for (const text of [
      'http://',
      'http://h:0',
      'http://h:99999',
      'http://a b',
      'http://1.2.3',
      'h.example',
      'http://-x',
    ])
      expect(splitAddress(text)).toBeUndefined();
  });
});

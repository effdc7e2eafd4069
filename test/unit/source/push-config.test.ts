import { describe, expect, it } from 'vitest';
import { ReceiveConfig } from '../../../shared/config/receive.ts';
import { SourceConfig } from '../../../shared/config/source.ts';
import { MidwatchFile } from '../../../shared/config/workspace.ts';

function read(input: object) {
  const result = SourceConfig.safeParse(input);
  return result.success
    ? result.data
    : result.error.issues.map((one) => `${one.path.join('.')}: ${one.message}`);
}

describe('a push source', () => {
  it('needs an id and the name of a token; the rest has defaults', () => {
    expect(read({ kind: 'push', id: 'orders', token: 'env:ORDERS_TOKEN' })).toMatchObject({
      title: 'orders',
      accept: ['otlp', 'remote-write', 'alertmanager', 'event'],
      labels: {},
      seriesLimit: 50_000,
      pollEveryMs: 15_000,
      evaluateEveryMs: 1_000,
    });
  });

  it('refuses a token that is written out', () => {
    expect(read({ kind: 'push', id: 'orders', token: 'hunter2' })).toEqual([
      expect.stringContaining('token: is a secret written into the file'),
    ]);
  });

  it('refuses evaluations that come less often than samples', () => {
    expect(
      read({ kind: 'push', id: 'orders', token: 'env:T', expect_every: '1s', evaluate_every: '5s' }),
    ).toEqual([expect.stringContaining('evaluate_every: must not be longer')]);
  });

  it('refuses protocols that it does not know, and accepting none', () => {
    expect(read({ kind: 'push', id: 'o', token: 'env:T', accept: ['statsd'] })).toHaveLength(1);
    expect(read({ kind: 'push', id: 'o', token: 'env:T', accept: [] })).toHaveLength(1);
  });

  it('takes its own table of severities over the usual one', () => {
    const config = read({ kind: 'push', id: 'o', token: 'env:T', priorities: { Warning: 'P0' } });
    expect(config).toMatchObject({ priorities: { warning: 'P0', critical: 'P0', '*': 'P1' } });
  });
});

describe('an Alertmanager', () => {
  it('has an address and the keys of every source that is asked', () => {
    expect(read({ kind: 'alertmanager', id: 'am', url: 'http://127.0.0.1:9093' })).toMatchObject({
      url: 'http://127.0.0.1:9093',
      pollEveryMs: 15_000,
      auth: { kind: 'none' },
      priorities: { critical: 'P0', warning: 'P2' },
    });
    expect(read({ kind: 'alertmanager', id: 'am', url: 'ftp://x' })).toHaveLength(1);
  });
});

describe('the receivers', () => {
  it('listen on a port of their own where nothing else is said', () => {
    expect(ReceiveConfig.parse(undefined)).toEqual({ port: 9466, max_body: 32 * 2 ** 20 });
    expect(MidwatchFile.parse({ name: 'a', sources: [] }).receive.port).toBe(9466);
  });

  it.each([
    ['4MiB', 4 * 2 ** 20],
    ['512 KiB', 512 * 2 ** 10],
    [65_536, 65_536],
  ])('read %s as %d bytes', (text, bytes) => {
    expect(ReceiveConfig.parse({ max_body: text }).max_body).toBe(bytes);
  });

  it.each(['32MB', '', '0MiB', '1GiB', '999999999MiB', -1])('refuse %s', (text) => {
    expect(ReceiveConfig.safeParse({ max_body: text }).success).toBe(false);
  });
});

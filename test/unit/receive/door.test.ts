import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../main/platform/index.ts';
import { admissionLimits, createAdmissions, type Ticket } from '../../../main/receive/http/admission.ts';
import { refusal, statusRefusal } from '../../../main/receive/http/answer.ts';
import { createDoorkeeper, refusePages } from '../../../main/receive/http/guard.ts';
import { startListener } from '../../../main/receive/http/listener.ts';
import { sender } from '../../support/receiving.ts';

const LIMITS = {
  requestsMax: 3,
  requestsPerSourceMax: 2,
  bytesMax: 100,
  bytesPerSourceMax: 60,
  requestsPerSecond: 10,
  burst: 4,
};

function admitted(given: Ticket | string): Ticket {
  if (typeof given === 'string') throw new Error(given);
  return given;
}

describe('admission', () => {
  it('shares places and bytes among sources', () => {
    const admissions = createAdmissions(LIMITS, () => 0);
    const first = admitted(admissions.admit('a'));
    const second = admitted(admissions.admit('a'));
    expect(admissions.admit('a')).toBe('too-many');
    const other = admitted(admissions.admit('b'));
    expect(admissions.admit('b')).toBe('too-many');
    expect(first.grow(50)).toBe('granted');
    expect(second.grow(20)).toBe('busy');
    expect(second.grow(61)).toBe('never');
    expect(other.grow(55)).toBe('busy');
    expect(other.grow(50)).toBe('granted');
    first.shrink();
    expect(second.grow(50)).toBe('granted');
    for (const ticket of [first, second, other]) ticket.release();
    first.release();
    expect([admissions.underWay(), admissions.bytes()]).toEqual([0, 0]);
  });

  it('lets a burst through and then as many as a second allows', () => {
    let now = 0;
    const admissions = createAdmissions(LIMITS, () => now);
    const go = () => {
      const answer = admissions.admit('a');
      if (typeof answer !== 'string') answer.release();
      return typeof answer === 'string' ? answer : 'in';
    };
    expect(Array.from({ length: 5 }, go)).toEqual(['in', 'in', 'in', 'in', 'too-often']);
    now = 200;
    expect(Array.from({ length: 3 }, go)).toEqual(['in', 'in', 'too-often']);
    now = 1_000_000;
    expect(Array.from({ length: 5 }, go).filter((one) => one === 'in')).toHaveLength(4);
  });

  it('always has room for one body of the largest size', () => {
    const ticket = admitted(createAdmissions(admissionLimits(1_000), () => 0).admit('a'));
    expect(ticket.grow(1_000)).toBe('granted');
  });
});

describe('the door', () => {
  const facts = {
    method: 'POST',
    host: '127.0.0.1:9',
    origin: undefined,
    fetchSite: undefined,
    authorization: undefined,
  };

  it.each(['127.0.0.1:9', 'localhost:9', 'LOCALHOST:9', '[::1]:9'])('is asked as %s', (host) => {
    expect(refusePages({ ...facts, host }, 9)).toBeUndefined();
  });

  it.each([
    undefined,
    '',
    '127.0.0.1',
    '127.0.0.1:90',
    'localhost.evil.example:9',
    '127.0.0.1:9.evil.example',
  ])('is not asked as %s', (host) => {
    expect(refusePages({ ...facts, host }, 9)?.status).toBe(403);
  });

  it('opens to the token of one sender, whatever its length', () => {
    const keeper = createDoorkeeper([sender('a', { token: 'aaaa' }), sender('b', { token: 'bbbbbbbb' })]);
    const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
    expect(keeper.senderOf('Bearer aaaa')?.sourceId).toBe('a');
    expect(keeper.senderOf('bearer  bbbbbbbb ')?.sourceId).toBe('b');
    expect(keeper.senderOf(basic('who:bbbbbbbb'))?.sourceId).toBe('b');
    expect(keeper.senderOf(basic(':aaaa'))?.sourceId).toBe('a');
    for (const wrong of [
      '',
      'aaaa',
      'Bearer',
      'Bearer aaa',
      'Bearer aaaaa',
      'Bearer aaaa bbbbbbbb',
      basic('aaaa'),
      basic('a:'),
      `Bearer ${'a'.repeat(5_000)}`,
    ])
      expect(keeper.senderOf(wrong)).toBeUndefined();
    expect(keeper.senderOf(undefined)).toBeUndefined();
    expect(createDoorkeeper([]).senderOf('Bearer ')).toBeUndefined();
  });

  it('is on this machine only', async () => {
    const options = {
      port: 0,
      handle: async () => undefined,
      onRefused: () => undefined,
      clock: systemClock(),
    };
    for (const host of ['0.0.0.0', '::', '192.168.1.1', 'example.com'])
      await expect(startListener({ ...options, host })).rejects.toMatchObject({ code: 'not-loopback' });
    const listener = await startListener({ ...options, host: 'localhost' });
    await expect(startListener({ ...options, host: 'localhost', port: listener.port })).rejects.toMatchObject(
      {
        code: 'port-taken',
        retryable: true,
      },
    );
    await listener.close();
  });
});

describe('refusals', () => {
  it('tell when to come again where that helps', () => {
    expect(refusal(429, 'x').headers['Retry-After']).toBe('1');
    expect(refusal(503, 'x').headers['Retry-After']).toBe('1');
    expect(refusal(400, 'x').headers['Retry-After']).toBeUndefined();
  });

  it('of OTLP are a status in its own encoding', () => {
    const long = 'x'.repeat(300);
    const encoded = statusRefusal(refusal(400, long), 'application/x-protobuf').body as Uint8Array;
    expect([...encoded.subarray(0, 3)]).toEqual([0x12, 0xac, 0x02]);
    expect(Buffer.from(encoded.subarray(3)).toString()).toBe(long);
    expect(JSON.parse(statusRefusal(refusal(400, 'why'), 'application/json').body as string)).toEqual({
      message: 'why',
    });
  });
});

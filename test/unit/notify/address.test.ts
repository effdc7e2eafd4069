import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isForbiddenAddress } from '../../../main/notify/address.ts';
import { backOffMs, retryAfterMs } from '../../../main/notify/back-off.ts';

describe('an address', () => {
  it('is refused where it is link-local or a metadata service, however it is written', () => {
    for (const one of [
      '169.254.169.254',
      '169.254.0.1',
      'fe80::1',
      '::ffff:169.254.169.254',
      '::ffff:a9fe:a9fe',
      'fd00:ec2::254',
    ])
      expect(isForbiddenAddress(one), one).toBe(true);
  });

  it('is taken otherwise; a name is judged by what it resolves to', () => {
    for (const one of ['127.0.0.1', '10.0.0.1', '::1', '2001:db8::1', 'metadata.example'])
      expect(isForbiddenAddress(one), one).toBe(false);
  });
});

describe('the wait before a retry', () => {
  it('lies between half and the whole of the doubled wait, a minute at most', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (attempts, chance) => {
          const whole = Math.min(1_000 * 2 ** (attempts - 1), 60_000);
          const waitMs = backOffMs(attempts, () => chance);
          expect(waitMs).toBeGreaterThanOrEqual(whole / 2);
          expect(waitMs).toBeLessThanOrEqual(whole);
        },
      ),
    );
  });

  it('follows Retry-After within its bound', () => {
    const now = Date.parse('2026-01-14T10:00:00Z');
    expect(retryAfterMs('7', now)).toBe(7_000);
    expect(retryAfterMs('Wed, 14 Jan 2026 10:00:30 GMT', now)).toBe(30_000);
    expect(retryAfterMs('86400', now)).toBe(60_000);
    expect(retryAfterMs('Wed, 14 Jan 2026 09:00:00 GMT', now)).toBe(0);
    expect(retryAfterMs('soon', now)).toBeNull();
    expect(retryAfterMs(null, now)).toBeNull();
  });
});

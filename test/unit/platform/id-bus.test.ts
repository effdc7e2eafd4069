import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countingIds, createBus, fingerprint, randomIds, secretToken } from '../../../main/platform/index.ts';

describe('fingerprints', () => {
  it('do not depend on the order of the labels', () => {
    expect(fingerprint({ a: '1', b: '2' })).toBe(fingerprint({ b: '2', a: '1' }));
  });

  it('differ for labels that differ, hostile separators included', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.string()),
        fc.dictionary(fc.string(), fc.string()),
        (one, other) => {
          const same =
            JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort());
          expect(fingerprint(one) === fingerprint(other)).toBe(same);
        },
      ),
    );
  });
});

describe('identifiers', () => {
  it('count up in scenarios and are fresh in life', () => {
    const ids = countingIds('incident');
    expect([ids.fresh(), ids.fresh()]).toEqual(['incident-1', 'incident-2']);
    expect(randomIds().fresh()).not.toBe(randomIds().fresh());
    expect(secretToken()).toMatch(/^[\w-]{43}$/);
  });
});

describe('the bus', () => {
  it('keeps telling the others when one listener throws, and reports it', () => {
    const problems: string[] = [];
    const bus = createBus<{ fired: number }>((name) => problems.push(name));
    const heard: number[] = [];
    bus.on('fired', () => {
      throw new Error('deaf');
    });
    const stop = bus.on('fired', (value) => heard.push(value));
    bus.emit('fired', 1);
    stop();
    bus.emit('fired', 2);
    expect(heard).toEqual([1]);
    expect(problems).toEqual(['fired', 'fired']);
  });
});

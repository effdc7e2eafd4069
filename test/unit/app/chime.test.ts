import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chimeOf, createChimeGate, renderChime } from '../../../shared/model/chime.ts';
import { Priority, priorityRank } from '../../../shared/model/priority.ts';

const RATE = 22_050;
const fileOf = (priority: Priority) =>
  readFileSync(join(import.meta.dirname, `../../../assets/sound/${priority.toLowerCase()}.wav`));
const priorities = fc.constantFrom(...Priority.options);

/** How often it is loud after it was silent. */
function pulses(samples: Float32Array): number {
  const window = Math.round(RATE * 0.01);
  let count = 0;
  let wasLoud = false;
  for (let at = 0; at < samples.length; at += window) {
    const isLoud = samples.subarray(at, at + window).some((one) => Math.abs(one) > 0.02);
    if (isLoud && !wasLoud) count += 1;
    wasLoud = isLoud;
  }
  return count;
}

describe('the sounds of the priorities', () => {
  it('are told apart by the number of their pulses alone', () => {
    expect(Priority.options.map((one) => pulses(renderChime(one, RATE)))).toEqual([5, 3, 2, 1]);
  });

  it('are short, never clipped, begin and end in silence', () => {
    fc.assert(
      fc.property(priorities, fc.integer({ min: 8_000, max: 96_000 }), (priority, rate) => {
        const samples = renderChime(priority, rate);
        expect(samples.length / rate).toBeLessThan(1.5);
        expect(samples.every((one) => Math.abs(one) < 1)).toBe(true);
        expect(Math.abs(samples[0] ?? 1)).toBeLessThan(0.01);
        expect(Math.abs(samples.at(-1) ?? 1)).toBeLessThan(0.01);
      }),
      { numRuns: 20 },
    );
  });

  it.each(Priority.options)('lie as %s in a file that is what the pulses say', (priority) => {
    const file = fileOf(priority);
    const samples = renderChime(priority, RATE);
    expect(file.toString('latin1', 0, 4)).toBe('RIFF');
    expect(file.readUInt32LE(24)).toBe(RATE);
    expect(file.length).toBe(44 + samples.length * 2);
    for (let n = 0; n < samples.length; n += 97)
      expect(file.readInt16LE(44 + n * 2)).toBe(Math.round((samples[n] ?? 0) * 32_767));
  });

  it('are the quietest one where all is well again', () => {
    expect(chimeOf({ priority: 'P0', resolved: true })).toBe('P3');
    expect(chimeOf({ priority: 'P0', resolved: false })).toBe('P0');
  });

  it('never run into each other: while one is heard only a more urgent one begins', () => {
    const step = fc.record({ priority: priorities, waitMs: fc.integer({ min: 0, max: 2_000 }) });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const mayBegin = createChimeGate();
        let now = 0;
        let heard: { rank: number; endAt: number } = { rank: 9, endAt: 0 };
        for (const { priority, waitMs } of steps) {
          now += waitMs;
          const rank = priorityRank(priority);
          const began = mayBegin(priority, now);
          expect(began).toBe(now >= heard.endAt || rank < heard.rank);
          const lastsMs = (renderChime(priority, 1_000_000 / 1_000).length / 1_000) * 1_000;
          if (began) heard = { rank, endAt: now + lastsMs };
        }
      }),
      { numRuns: 50 },
    );
  });
});

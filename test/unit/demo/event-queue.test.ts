import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventQueue } from '../../../main/demo/event-queue.ts';

const delays = fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 1, maxLength: 200 });

describe('the event queue', () => {
  it('runs what is planned in order of time, and of planning where the time is the same', () => {
    fc.assert(
      fc.property(delays, (planned) => {
        const queue = new EventQueue(5_000);
        const seen: { at: number; index: number }[] = [];
        for (const [index, delay] of planned.entries())
          queue.after(delay, () => seen.push({ at: queue.now, index }));
        queue.advanceTo(7_000);
        const expected = planned
          .map((delay, index) => ({ at: 5_000 + delay, index }))
          .sort((left, right) => left.at - right.at || left.index - right.index);
        expect(seen).toEqual(expected);
        expect(queue.size).toBe(0);
        expect(queue.now).toBe(7_000);
      }),
    );
  });

  it('does the same in many small steps as in one', () => {
    fc.assert(
      fc.property(delays, fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 20 }), (planned, steps) => {
        const run = (stops: readonly number[]): string[] => {
          const queue = new EventQueue(0);
          const seen: string[] = [];
          const plan = (delay: number, depth: number): void =>
            queue.after(delay, () => {
              seen.push(`${delay}@${queue.now}`);
              if (depth > 0) plan(Math.floor(delay / 2) + 1, depth - 1);
            });
          for (const delay of planned) plan(delay, 2);
          for (const stop of stops) queue.advanceTo(stop);
          queue.advanceTo(5_000);
          return seen;
        };
        let at = 0;
        expect(run(steps.map((step) => (at += step)))).toEqual(run([]));
      }),
    );
  });

  it('runs in the same advance what an event plans within it', () => {
    const queue = new EventQueue(0);
    const seen: number[] = [];
    queue.after(10, () => queue.after(10, () => seen.push(queue.now)));
    queue.advanceTo(20);
    expect(seen).toEqual([20]);
  });

  it('never goes back, whatever it is asked', () => {
    const queue = new EventQueue(1_000);
    queue.advanceTo(500);
    expect(queue.now).toBe(1_000);
    const seen: number[] = [];
    queue.after(-50, () => seen.push(queue.now));
    queue.advanceTo(1_000);
    expect(seen).toEqual([1_000]);
  });

  it('leaves for later what is not due', () => {
    const queue = new EventQueue(0);
    let ran = false;
    queue.after(100, () => {
      ran = true;
    });
    queue.advanceTo(99.9);
    expect(ran).toBe(false);
    expect(queue.size).toBe(1);
  });

  it('forgets requests when time is skipped and keeps what operators asked for, which then runs late', () => {
    fc.assert(
      fc.property(delays, delays, (requests, durable) => {
        const queue = new EventQueue(0);
        let lost = 0;
        const kept: number[] = [];
        for (const delay of requests) queue.after(delay, () => lost++);
        for (const delay of durable) queue.durablyAfter(delay, () => kept.push(delay));
        queue.skipTo(10_000);
        expect(queue.now).toBe(10_000);
        expect(kept).toEqual([]);
        queue.advanceTo(10_000);
        expect(lost).toBe(0);
        expect(kept).toEqual([...durable].sort((left, right) => left - right));
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeFrame } from '../../../../renderer/transport/frame.ts';
import type { StateFrame } from '../../../../shared/contract/state.ts';

const at = 1_000;
const snapshot = (epoch: string, seq: number): StateFrame => ({
  kind: 'snapshot',
  epoch,
  seq,
  at,
  changes: [],
  rest: 0,
});
const patch = (epoch: string, seq: number): StateFrame => ({ kind: 'patch', epoch, seq, at, changes: [] });
const part = (epoch: string, seq: number, rest: number): StateFrame => ({
  kind: 'part',
  epoch,
  seq,
  at,
  changes: [],
  rest,
});
const beat = (epoch: string, seq: number): StateFrame => ({ kind: 'beat', epoch, seq, at });

describe('a frame of the core’s state', () => {
  it('is taken over whole when it is a snapshot, wherever the window stood', () => {
    expect(judgeFrame(null, snapshot('a', 7))).toMatchObject({
      kind: 'replace',
      position: { epoch: 'a', seq: 7 },
    });
    expect(judgeFrame({ epoch: 'b', seq: 99 }, snapshot('a', 7)).kind).toBe('replace');
  });

  it('is applied when it carries the next number', () => {
    expect(judgeFrame({ epoch: 'a', seq: 7 }, patch('a', 8))).toMatchObject({
      kind: 'apply',
      position: { seq: 8 },
    });
  });

  it('that is a part of the snapshot is applied where the window stands, and says what is still to come', () => {
    expect(judgeFrame({ epoch: 'a', seq: 7 }, part('a', 7, 500))).toMatchObject({
      kind: 'apply',
      rest: 500,
      position: { seq: 7 },
    });
    expect(judgeFrame({ epoch: 'a', seq: 7 }, patch('a', 8))).toMatchObject({ rest: null });
    expect(judgeFrame({ epoch: 'a', seq: 7 }, part('a', 8, 500)).kind).toBe('resync');
    expect(judgeFrame(null, part('a', 1, 500)).kind).toBe('resync');
  });

  it('asks for a new snapshot when a number is missing, repeated, or of another epoch', () => {
    expect(judgeFrame({ epoch: 'a', seq: 7 }, patch('a', 9)).kind).toBe('resync');
    expect(judgeFrame({ epoch: 'a', seq: 7 }, patch('a', 7)).kind).toBe('resync');
    expect(judgeFrame({ epoch: 'a', seq: 7 }, patch('b', 8)).kind).toBe('resync');
    expect(judgeFrame(null, patch('a', 1)).kind).toBe('resync');
  });

  it('shows by a beat that nothing was missed, or that something was', () => {
    expect(judgeFrame({ epoch: 'a', seq: 7 }, beat('a', 7)).kind).toBe('alive');
    expect(judgeFrame({ epoch: 'a', seq: 7 }, beat('a', 8)).kind).toBe('resync');
  });

  it('never lets a window go on after any lost patch', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 40 }), fc.integer({ min: 1, max: 39 }), (count, lostAt) => {
        fc.pre(lostAt < count);
        let position: { epoch: string; seq: number } | null = { epoch: 'a', seq: 0 };
        for (let seq = 1; seq <= count; seq += 1) {
          if (seq === lostAt) continue;
          const verdict = judgeFrame(position, patch('a', seq));
          if (verdict.kind === 'resync') return seq === lostAt + 1;
          position = verdict.position;
        }
        return false;
      }),
    );
  });
});

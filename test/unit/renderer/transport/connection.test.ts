import { describe, expect, it } from 'vitest';
import { backOffMs } from '../../../../renderer/transport/back-off.ts';
import {
  type Connection,
  STALE_AFTER_MS,
  stepConnection,
} from '../../../../renderer/transport/connection.ts';

const connecting: Connection = { kind: 'connecting', sinceAt: 0 };
const closed = { kind: 'closed', problem: 'gone', answered: false, attempt: 1, nextTryAt: 20_000 } as const;

describe('the line to the core', () => {
  it('is live from its first frame and stays so while frames come', () => {
    const live = stepConnection(connecting, { kind: 'frame' }, 1_000);
    expect(live).toEqual({ kind: 'live', lastFrameAt: 1_000 });
    expect(stepConnection(live, { kind: 'tick' }, 1_000 + STALE_AFTER_MS - 1).kind).toBe('live');
  });

  it('is stale after five silent seconds, since the last frame', () => {
    const live = stepConnection(connecting, { kind: 'frame' }, 1_000);
    expect(stepConnection(live, { kind: 'tick' }, 6_000)).toEqual({ kind: 'stale', sinceAt: 1_000 });
  });

  it('is offline since the last frame, not since the failure was seen', () => {
    const stale: Connection = { kind: 'stale', sinceAt: 1_000 };
    expect(stepConnection(stale, closed, 9_000)).toMatchObject({
      kind: 'offline',
      sinceAt: 1_000,
      everLive: true,
    });
  });

  it('remembers over many attempts since when, and that nothing was ever shown', () => {
    const first = stepConnection(connecting, closed, 2_000);
    const second = stepConnection(first, { ...closed, attempt: 2 }, 9_000);
    expect(second).toMatchObject({ sinceAt: 0, attempt: 2, everLive: false });
  });

  it('is live again with the next frame', () => {
    const offline = stepConnection({ kind: 'live', lastFrameAt: 1 }, closed, 2);
    expect(stepConnection(offline, { kind: 'frame' }, 50).kind).toBe('live');
  });
});

describe('the wait before another attempt', () => {
  it('doubles, up to eight seconds', () => {
    expect([1, 2, 3, 4, 5, 6, 7].map((attempt) => backOffMs(attempt, 0))).toEqual([
      250, 500, 1_000, 2_000, 4_000, 8_000, 8_000,
    ]);
  });

  it('carries at most a quarter of jitter', () => {
    expect(backOffMs(1, 1)).toBe(313);
    expect(backOffMs(50, 1)).toBe(10_000);
  });
});

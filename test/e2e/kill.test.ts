import { describe, expect, it } from 'vitest';
import { killAtRandom } from '../support/kill/kill-run.ts';

describe('a core that is killed with kill -9', () => {
  it('three times in one journey loses nothing that was acknowledged', { timeout: 150_000 }, async () => {
    const seed = Number(process.env.MIDWATCH_SEED ?? Math.floor(Math.random() * 2 ** 31));
    const { problems, kills } = await killAtRandom({
      seed,
      kills: 3,
      killsAJourney: 3,
      say: () => undefined,
    });
    expect(problems, `seed ${seed}`).toEqual([]);
    expect(kills).toBe(3);
  });
});

import { describe, expect, it } from 'vitest';
import { killAtRandom } from '../support/kill/kill-run.ts';

describe('a core that is killed with kill -9', () => {
  it('at 30 random moments from fault to recovered loses nothing that was acknowledged', async () => {
    const seed = Number(process.env.MIDWATCH_SEED ?? Math.floor(Math.random() * 2 ** 31));
    console.log(`seed ${seed}`);
    const { problems, ...figures } = await killAtRandom({
      seed,
      kills: 30,
      killsAJourney: 8,
      say: console.log,
    });
    console.log(JSON.stringify({ name: 'kill', seed, figures, pass: problems.length === 0 }));
    expect(problems).toEqual([]);
    expect(figures.kills).toBe(30);
  });
});

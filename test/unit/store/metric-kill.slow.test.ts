import { spawn } from 'node:child_process';
import { once } from 'node:events';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { METRIC_LIMITS } from '../../../main/store/index.ts';
import { rollUp } from '../../../main/store/metric-rollup.ts';
import { metricFolder } from '../../support/metric-folder.ts';

const open = metricFolder();
const START = 1_700_006_400_000;
const SCRIPT = new URL('../../support/metric-go-on.main.ts', import.meta.url).pathname;
const KILLS = Number(process.env.MIDWATCH_KILLS ?? 150);
const FIVE_MINUTES = 300_000;

/** Lets a writer go on for so long, kills it, and answers the last batch that it said was stored. */
async function killAfter(path: string, ms: number): Promise<number> {
  const child = spawn(process.execPath, [SCRIPT, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  let answered = -1;
  const first = new Promise<void>((resolve) => {
    child.stdout.on('data', (data: Buffer) => {
      for (const line of data.toString().split('\n').slice(0, -1))
        answered = Math.max(answered, Number(line));
      resolve();
    });
  });
  await Promise.race([first, exited]);
  await new Promise((resolve) => setTimeout(resolve, ms));
  child.kill('SIGKILL');
  await exited;
  return answered;
}

describe('kill -9 of the store, again and again over one file', () => {
  it('opens each time, has all that was answered, in order, and its rollups are those of its samples', {
    timeout: 900_000,
  }, async () => {
    const files = open(METRIC_LIMITS);
    let lost = 0;
    let answeredTo = -1;
    for (let kill = 0; kill < KILLS; kill += 1) {
      const answered = await killAfter(files.path, 50 + Math.random() * 450);
      expect(answered).toBeGreaterThan(answeredTo);
      answeredTo = answered;
      const db = new Database(files.path, { readonly: true });
      if (kill % 10 === 0) expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
      db.close();
      const reader = files.reader();
      for (const name of ['m', 'other']) {
        const series = reader.select(
          [{ name: '__name__', op: '=', value: name }],
          0,
          Number.MAX_SAFE_INTEGER,
        );
        expect(series).toHaveLength(10);
        for (const { times, values } of series) {
          lost += Math.max(0, answered + 1 - times.length);
          expect(times.every((at, i) => at === START + i * 60_000 && values[i] === i)).toBe(true);
        }
      }
      const [rolled] = reader.rollups(
        [{ name: 'i', op: '=', value: '0' }],
        0,
        Number.MAX_SAFE_INTEGER,
        FIVE_MINUTES,
      );
      const [raw] = reader.select([{ name: 'i', op: '=', value: '0' }], 0, Number.MAX_SAFE_INTEGER);
      if (raw && rolled) {
        const expected = rollUp(raw, FIVE_MINUTES);
        for (const column of ['ends', 'count', 'sum', 'first', 'last'] as const)
          expect([...rolled[column]]).toEqual([...expected[column]]);
      }
      reader.close();
    }
    const writer = files.writer();
    const { notice, samples } = writer.stats();
    const pass = lost === 0 && notice === null;
    console.log(
      JSON.stringify({
        name: 'store-kill',
        figures: { kills: KILLS, batches: answeredTo + 1, samples, lost },
        pass,
      }),
    );
    expect(notice).toBeNull();
    expect(lost).toBe(0);
  });
});

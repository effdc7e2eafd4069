import { describe, expect, it, vi } from 'vitest';
import { type FakeAnswer, waves } from '../../support/window/fake-answer.ts';
import { windowTest } from '../../support/window/window-test.ts';

const SERIES = 10_000;
/** In all two million; a thousand make it ten million, which takes a loaded machine two minutes. */
const POINTS = Number(process.env.MIDWATCH_SIGNAL_POINTS ?? 200);

const { missing, core, window, open } = windowTest('answers on the Signals screen');
vi.setConfig({ testTimeout: 240_000 });

/** `answers` are what the core says to expressions. */
function show(expression: string, answers: Record<string, FakeAnswer> = {}, more = 'range=5m') {
  return open({
    scene: 'page',
    hash: `#/signals?${more}&panel=${encodeURIComponent(`expr=${encodeURIComponent(expression)}`)}`,
    prepare: (state) => {
      for (const [of, answer] of Object.entries(answers)) state.answers.set(of, answer);
    },
  });
}

describe.skipIf(missing !== null)('an answer on the Signals screen', () => {
  it('that came in part says how much is missing, what the source warned of, and when nobody watched', async () => {
    const page = await show('part', {
      part: {
        ...waves([{ zone: 'a' }]),
        seriesTotal: 12_001,
        notes: [{ severity: 'warning', message: 'one of two stores did not answer' }],
        unwatched: (fromAt, toAt) => [
          { fromAt, toAt: fromAt + (toAt - fromAt) / 2, causes: ['asleep' as const], filledAt: null },
        ],
      },
    });
    await page.getByText('12,000 more series did not come').waitFor();
    await page.getByText('one of two stores did not answer').waitFor();
    await page.getByRole('img', { name: /part/ }).waitFor();
    expect(window().complaints).toEqual([]);
  });

  it('that cannot be renewed stays, with its age and the reason, until it can', async () => {
    const answer = waves([{ zone: 'kept' }]);
    const page = await show('renewed', { renewed: answer }, 'range=1m');
    await page.getByRole('button', { name: /zone="kept"/ }).waitFor();
    answer.failure = 'The store took too long.';
    await page.getByText('Not renewed', { exact: true }).waitFor();
    await page.getByText('The store took too long.').waitFor();
    await page.getByText(/^as of .* not renewed since/).waitFor();
    expect(await page.getByRole('button', { name: /zone="kept"/ }).count()).toBe(1);
    expect(await page.locator('.u-over').count()).toBe(1);
    delete answer.failure;
    await page.getByText('Not renewed', { exact: true }).waitFor({ state: 'detached' });
    await page.getByText(/not renewed since/).waitFor({ state: 'detached' });
    expect(window().complaints).toEqual([]);
  });

  it('stays while the core is away and says that it is old; the line comes back by itself', async () => {
    const page = await show('away', {}, 'range=1m');
    await page.getByRole('button', { name: /zone="a"/ }).waitFor();
    core().setReachable(false);
    await page.getByText(/^as of .* not renewed since/).waitFor();
    expect(await page.locator('.u-over').count()).toBe(1);
    core().setReachable(true);
    await page.getByText(/not renewed since/).waitFor({ state: 'detached' });
  });

  it('of ten thousand series and millions of points is drawn, searched and read while the window answers keys', async () => {
    const millions: FakeAnswer = {
      series: (fromAt, toAt) => {
        const times = Float64Array.from(
          { length: POINTS },
          (_, i) => fromAt + Math.round((i * (toAt - fromAt)) / (POINTS - 1)),
        );
        return Array.from({ length: SERIES }, (_, id) => ({
          labels: { id: String(id) },
          times,
          values: Float64Array.from({ length: POINTS }, (_, i) => id + (i % 7)),
        }));
      },
    };
    const page = await show('millions', { millions }, 'range=1h');
    // The answer is under way: the window takes keys, opens a form and closes it again.
    await page.keyboard.press('b');
    await page.getByRole('complementary').getByRole('button', { name: 'infrastructure' }).click();
    await page
      .getByText(`10,000 series, ${(SERIES * POINTS).toLocaleString('en-US')} points`)
      .waitFor({ timeout: 180_000 });
    await page.getByText(/40 drawn, those with the highest values/).waitFor();
    await page.getByLabel('Search the series').fill('"4711"');
    await page.getByRole('button', { name: /id="4711"/ }).waitFor();
    expect(await page.getByRole('region', { name: 'Series' }).getByRole('button').count()).toBe(1);
    await page.getByLabel('Search the series').fill('');
    await page.getByRole('button', { name: /id="9999"/ }).waitFor();
    expect(await page.getByRole('region', { name: 'Series' }).getByRole('button').count()).toBeLessThan(80);
    expect(window().complaints).toEqual([]);
  });
});

import { afterEach, describe, expect, it } from 'vitest';
import { createExpositionTarget } from '../../../main/source/index.ts';
import { type Answer, startServer } from '../../support/http-server.ts';
import { expositionConfig, sourceDeps } from '../../support/source.ts';

const opened: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

async function target(answer: Answer, more: object = {}) {
  const server = await startServer(answer);
  const config = expositionConfig([{ id: 'a', url: `${server.url}/metrics` }], more);
  const [first] = config.targets;
  if (!first) throw new Error('no target');
  const made = createExpositionTarget(config, first, sourceDeps());
  opened.push(server, made);
  return { made, server };
}

describe('a target', () => {
  it('is told how long the scrape will wait, and which formats are read', async () => {
    const { made, server } = await target((_heard, response) => void response.end('up 1\n'), {
      timeout: '2500ms',
    });
    expect((await made.fetch()).ok).toBe(true);
    expect(server.heard[0]?.headers).toMatchObject({
      'x-prometheus-scrape-timeout-seconds': '2.5',
      accept: expect.stringMatching(/^application\/openmetrics-text;version=1\.0\.0,/),
    });
  });

  it('that needs longer than it was told is given up, and says the time', async () => {
    const { made } = await target(() => undefined, { timeout: '100ms' });
    const fetched = await made.fetch();
    expect(fetched).toMatchObject({ ok: false, error: { failure: { condition: 'unreachable' } } });
    expect(made.state()).toMatchObject({
      failure: { problem: expect.stringContaining('no whole answer within 100 ms') },
    });
  });
});

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSpanReader, spanPath } from '../../../main/store/index.ts';
import type { Span } from '../../../shared/model/trace.ts';
import { startTestCore, type TestCore } from '../../support/core.ts';

let core: TestCore;
beforeAll(async () => {
  core = await startTestCore();
}, 120_000);
afterAll(() => core?.stop());

const STAGES = ['preprocessing', 'model_inference', 'postprocessing'] as const;

describe('the demo', { timeout: 90_000 }, () => {
  it('keeps the traces that its fleet sends by OTLP, with what each stage is known by', async () => {
    const reader = openSpanReader(spanPath(join(core.dataFolder, 'metrics.db')));
    const stages = () =>
      reader
        .spanStages({ fromAt: 0, toAt: Date.now() })
        .filter((one) => one.service === 'ranking-model')
        .map((one) => one.name);
    await expect.poll(stages, { timeout: 60_000 }).toEqual(expect.arrayContaining([...STAGES, 'rank']));
    const newest = (name: string): Span =>
      reader.recentSpans({ service: 'ranking-model', name, fromAt: 0, toAt: Date.now(), limit: 1 })[0] ??
      expect.fail(`there is no span ${name}`);
    const last = newest('postprocessing');
    const trace = reader.spansOf(last.traceId);
    expect(trace.map((one) => one.name)).toEqual(['rank', ...STAGES]);
    const of = (name: string) => trace.find((one) => one.name === name)?.attributes ?? {};
    for (const { attributes } of trace)
      expect(attributes).toMatchObject({
        request_id: last.attributes.request_id,
        model_version: expect.stringMatching(/^v\d+$/),
      });
    expect(of('preprocessing').features_extracted).toBeGreaterThan(0);
    expect(of('model_inference').prediction_confidence).toBeGreaterThan(0);
    expect(of('postprocessing').result_size_bytes).toBeGreaterThan(100);
    // It is no source: nothing rests on it, and nobody is told that it is silent.
    expect(core.app.hub.get('sources').map((one) => one.id)).toEqual(['fleet']);
    reader.closeSpans();
  });
});

import { describe, expect, it } from 'vitest';
import { readCatalogue } from '../../../main/app/catalogue.ts';
import { parseExpression } from '../../../main/query/index.ts';

const files = readCatalogue();

describe('the signal catalogue', () => {
  it('has a file for each convention that is promised', () => {
    expect(files.map((file) => file.id)).toEqual([
      'bentoml',
      'dcgm',
      'demo',
      'grpc',
      'http',
      'kserve',
      'kubernetes',
      'node',
      'prometheus',
      'seldon',
      'torchserve',
      'triton',
      'vllm',
    ]);
  });

  it.each(files.map((file) => [file.id, file] as const))(
    '%s: every expression is PromQL and every id is its own',
    (_, file) => {
      const ids = file.signals.map((signal) => signal.id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const signal of file.signals)
        for (const { query } of [...signal.panels, ...(signal.detector ? [signal.detector] : [])]) {
          const parsed = parseExpression(query.replaceAll('{$selector}', '{service="a"}'));
          expect(parsed.ok ? '' : `${query}: ${parsed.error.message}`).toBe('');
        }
      for (const signal of file.signals)
        if (signal.pattern) expect(() => new RegExp(signal.pattern ?? '')).not.toThrow();
    },
  );

  it('covers the three dimensions', () => {
    expect(new Set(files.flatMap((file) => file.signals.map((signal) => signal.dimension)))).toEqual(
      new Set(['infrastructure', 'model', 'business']),
    );
  });
});

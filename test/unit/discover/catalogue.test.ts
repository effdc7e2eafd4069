import { describe, expect, it } from 'vitest';
import { readCatalogue } from '../../../main/app/catalogue.ts';
import { checkExpression } from '../../../main/app/configuration.ts';
import { discover } from '../../../main/discover/index.ts';
import { silentLogger, VirtualClock } from '../../../main/platform/index.ts';
import { createInlineTarget, parseExpression } from '../../../main/query/index.ts';
import {
  changeFile,
  createWorkspaceWriter,
  loadWorkspace,
  watchWorkspace,
} from '../../../main/workspace/index.ts';
import { proposalEdits } from '../../../renderer/state/add-source.ts';
import { WorkspaceEdit } from '../../../shared/config/edit.ts';
import type { CatalogueFile } from '../../../shared/model/catalogue.ts';
import type { QueryTarget } from '../../../shared/model/metric.ts';
import { createMemorySamples } from '../../support/memory-metrics.ts';
import { namesOf } from '../../support/table-names.ts';
import { loadDeps, workspaceFolder } from '../../support/workspace.ts';

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

const NOW = Date.UTC(2026, 0, 14, 10);
const MINUTE = 60_000;

/** A source that has every metric of one convention for two hours, one request in a hundred failing. */
function sourceOf(file: CatalogueFile): QueryTarget {
  const samples = createMemorySamples();
  const [service = 'job'] = file.service;
  const own = file.signals.flatMap((signal) => signal.service?.slice(0, 1) ?? []);
  const label = Object.fromEntries([service, 'job', ...own].map((name) => [name, 'shop']));
  const named = new Set(file.signals.map((signal) => signal.metric));
  const failed: Record<string, string> = { grpc_code: 'Internal' };
  const series = file.signals.flatMap(({ metric, kind, needs }): [Record<string, string>, number][] => {
    const __name__ = metric ?? '';
    if (metric === undefined) return [];
    const count: [Record<string, string>, number] = [{ __name__: `${metric}_count`, ...label }, 100];
    if (kind === 'histogram')
      return [
        [{ __name__: `${metric}_bucket`, ...label, le: '0.25' }, 99],
        [{ __name__: `${metric}_bucket`, ...label, le: '+Inf' }, 100],
        ...(named.has(`${metric}_count`) ? [] : [count]),
        [{ __name__: `${metric}_sum`, ...label }, 20],
      ];
    const [need] = needs;
    if (need === undefined) return [[{ __name__, ...label }, /failure|5XX/.test(metric) ? 1 : 99]];
    return [
      [{ __name__, ...label, [need]: failed[need] ?? '500' }, 1],
      [{ __name__, ...label, [need]: failed[need] ? 'OK' : '200' }, 99],
    ];
  });
  const times = Float64Array.from({ length: 121 }, (_, i) => NOW - 120 * MINUTE + i * MINUTE);
  samples.writer.backfill(
    series.map(([labels, step]) => ({
      labels,
      times,
      values: times.map((_, i) => i * step),
      synthetic: false,
    })),
  );
  const table: Record<string, Record<string, string[]>> = {};
  for (const [{ __name__ = '', ...labels }] of series) {
    const known = table[__name__] ?? {};
    table[__name__] = known;
    for (const [name, value] of Object.entries({ __name__, ...labels }))
      known[name] = [...(known[name] ?? []), value];
  }
  return { ...createInlineTarget('prom', samples.reader), names: namesOf(table) };
}

describe('what is proposed from a convention', () => {
  const conventions = files.map((file) => [file.id, file] as const);

  it.each(conventions)('%s: is a workspace without a mistake, and says what was kept', async (_id, file) => {
    await using folder = await workspaceFolder({
      'midwatch.yaml':
        'name: shop\nsources:\n  - { id: prom, kind: prometheus, url: "http://127.0.0.1:9" }\n',
      ...Object.fromEntries(
        [
          'services.yaml',
          'slos/gateway.yaml',
          'alerts/queue.yaml',
          'detectors/queue.yaml',
          'playbooks/degraded.yaml',
        ].map((name) => [name, null]),
      ),
    });
    const none = new Set<string>();
    const found = await discover(
      sourceOf(file),
      'prom',
      { services: none, objectives: none, detectors: none },
      { catalogue: [file], now: NOW, onProgress: () => undefined },
    );
    if (!found.ok) throw new Error(found.error.message);
    const { objectives, detectors } = found.value;
    const templates = file.signals.flatMap((signal) => signal.objectives.map((one) => one.kind));
    expect(new Set(objectives.map((one) => one.kind))).toEqual(new Set(templates));
    expect(detectors.length).toBe(file.signals.filter((signal) => signal.detector).length);
    for (const one of objectives) {
      expect(one.observed, one.title).toBeCloseTo(0.99, 3);
      expect(one.target).toBe(0.99);
    }
    const deps = loadDeps({ checkExpression });
    const watch = watchWorkspace(folder.path, {
      ...deps,
      clock: new VirtualClock(0),
      log: silentLogger(),
      initial: await loadWorkspace(folder.path, deps),
      onWorkspace: () => undefined,
      onRefused: () => undefined,
    });
    try {
      const chosen = {
        objectives: new Set(objectives.map((one) => one.id)),
        detectors: new Set(detectors.map((one) => one.id)),
        targets: new Map(objectives.map((one) => [one.id, one.target])),
      };
      const edits = proposalEdits('prom', found.value, chosen).map((one) => WorkspaceEdit.parse(one));
      const seen = await createWorkspaceWriter(folder.path, { ...deps, changeFile, watch }).preview(edits);
      expect(seen).toMatchObject({ loads: true, problems: [] });
    } finally {
      watch.stop();
    }
  });
});

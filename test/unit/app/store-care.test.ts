import { describe, expect, it } from 'vitest';
import { createStoreCare, namedSelections, spanKeeper } from '../../../main/app/store-care.ts';
import { inlineWorker, type WorkerHandle } from '../../../main/platform/index.ts';
import type { Matcher, MetricWriterApi, SpanWriterApi } from '../../../main/store/index.ts';
import type { Workspace } from '../../../shared/config/workspace.ts';
import { createMemorySamples } from '../../support/memory-metrics.ts';

type Part = Pick<Workspace, 'objectives' | 'rules' | 'detectors'>;

function workspace(part: { [K in keyof Part]?: readonly object[] }): Workspace {
  return { objectives: [], rules: [], detectors: [], ...part } as unknown as Workspace;
}

const objective = { indicator: { bad: 'failed_total{job="a"}', total: 'requests_total' } };
const names = (matchers: readonly (readonly Matcher[])[]) =>
  matchers.map((one) => one.find(({ name }) => name === '__name__')?.value);

describe('series that the configuration names', () => {
  it('are those of objectives, rules and detectors, each expression once', () => {
    const given = workspace({
      objectives: [objective, objective],
      rules: [{ rule: { expr: 'queue_length > 100' } }, { rule: { expr: '1 > bool 0' } }],
      detectors: [{ query: 'avg(latency_seconds)' }],
    });
    expect(names(namedSelections(given))).toEqual([
      'failed_total',
      'requests_total',
      'queue_length',
      'latency_seconds',
    ]);
  });
});

describe('the care of the store', () => {
  function caredFor() {
    const calls: string[] = [];
    let work = 0;
    let restarts = 0;
    let current = workspace({ objectives: [objective] });
    const inline = inlineWorker<MetricWriterApi>('metric', {
      ...createMemorySamples().writer,
      nameSeries(selections) {
        calls.push(`name ${names(selections).join(' ')}`);
        return { named: selections.length };
      },
      compact() {
        calls.push('compact');
        work -= 1;
        return { packed: 0, dropped: 0, more: work > 0 };
      },
    });
    const store: WorkerHandle<MetricWriterApi> = {
      ...inline,
      health: () => ({ ...inline.health(), restarts }),
    };
    const care = createStoreCare(store, () => current, { now: () => 1 });
    return {
      async round(pieces = 1) {
        calls.length = 0;
        work = pieces;
        await care();
        return calls;
      },
      restart: () => (restarts += 1),
      reload: (next: Workspace) => (current = next),
    };
  }

  it('names series before the first compaction, and works until nothing is left', async () => {
    const { round } = caredFor();
    expect(await round(3)).toEqual(['name failed_total requests_total', 'compact', 'compact', 'compact']);
    expect(await round()).toEqual(['compact']);
  });

  it('names them anew after a reload, and to a thread that was restarted', async () => {
    const { round, restart, reload } = caredFor();
    await round();
    reload(workspace({ detectors: [{ query: 'depth' }] }));
    expect(await round()).toEqual(['name depth', 'compact']);
    restart();
    expect(await round()).toEqual(['name depth', 'compact']);
  });
});

describe('spans that were received', () => {
  it('are stored before the sender is answered; a store that fails makes it try again', async () => {
    let isFull = false;
    const added: number[] = [];
    const store = inlineWorker<SpanWriterApi>('metric', {
      addSpans(spans) {
        if (isFull) throw new Error('the disk is full');
        added.push(spans.length);
        return { added: spans.length, duplicates: 0, outsideTime: 0 };
      },
      retainSpans: () => ({ dropped: 0, more: false }),
      spanStats: () => ({ spans: 0, bytes: 0, bytesMax: 0, outsideTime: 0, notice: null }),
    });
    const keep = spanKeeper(store);
    await keep('orders', []);
    expect(added).toEqual([0]);
    isFull = true;
    await expect(keep('orders', [])).rejects.toThrow('the disk is full');
  });
});

import { describe, expect, it } from 'vitest';
import { editsOfChange, readObjectives } from '../../../main/workspace/index.ts';
import { editYaml } from '../../../main/workspace/yaml-edit.ts';
import { readYaml } from '../../../main/workspace/yaml-reader.ts';
import type { Objective } from '../../../shared/model/objective.ts';

const head = (name: string, annotations = '') => `apiVersion: openslo/v1
kind: SLO
metadata:
  name: ${name}${annotations}
spec:
  service: shop
`;
const tail = (objectives: string) => `  timeWindow: [{ duration: 28d, isRolling: true }]
  budgetingMethod: Occurrences
  objectives:
${objectives}`;
const ratio = (part: string, query: string) => `  indicator:
    spec:
      ratioMetric:
        counter: true
        ${part}: { metricSource: { spec: { query: '${query}' } } }
        total: { metricSource: { spec: { query: requests_total } } }
`;

/** Applies the edits and reads the objective again, as the workspace would. */
function changed(text: string, id: string, change: Partial<Objective>) {
  const find = (of: string) =>
    readYaml(of)
      .documents.flatMap(({ value }) => {
        const read = readObjectives(value, 'prom');
        return read.ok ? read.value : [];
      })
      .find((one) => one.id === id);
  const before = find(text);
  if (!before) throw new Error(`no ${id}`);
  const { edits, notes } = editsOfChange('slos/shop.yaml', text, before, { ...before, ...change });
  const edited = editYaml(
    text,
    edits.flatMap((one) => (one.kind === 'set' ? [one] : [])),
  );
  if (!edited.ok) throw new Error(edited.problem.message);
  return { after: find(edited.text), text: edited.text, notes, edits };
}

describe('a change that was tried, written into its file', () => {
  const plain =
    head('checkout') + ratio('bad', 'failed_total') + tail('    - target: 0.99 # agreed in May\n');

  it('sets the target as it is written there, and leaves comments', () => {
    const { after, text } = changed(plain, 'checkout', { target: 0.995 });
    expect(after?.target).toBe(0.995);
    expect(text).toContain('target: 0.995 # agreed in May');
    const percent = plain.replace('target: 0.99 ', 'targetPercent: 99 ');
    expect(changed(percent, 'checkout', { target: 0.9995 }).text).toContain('targetPercent: 99.95 #');
  });

  it('adds the policy where none is written', () => {
    const { after, notes } = changed(plain, 'checkout', { policy: 'fixed' });
    expect(after?.policy).toBe('fixed');
    expect(notes).toEqual([]);
  });

  it('finds its document and its entry among several, and says what else a policy changes', () => {
    const several = `${plain}---\n${head('search')}${ratio('good', 'fast_total{le="$threshold"}')}${tail(`    - { displayName: P95, target: 0.95, op: lte, value: 0.1 }
    - { displayName: P99, target: 0.99, op: lte, value: 0.5 }
`)}`;
    const { after, edits, notes } = changed(several, 'search-p99', {
      target: 0.98,
      thresholdMs: 250,
      policy: 'sre-workbook',
    });
    expect(edits).toMatchObject([{ document: 1 }, { document: 1 }, { document: 1 }]);
    expect(after).toMatchObject({ target: 0.98, thresholdMs: 250, policy: 'sre-workbook' });
    expect(notes.join()).toMatch(/1 other objectives of search get it too \(P95, P99\)/);
  });

  it('writes another bucket where the query names it, and its annotation', () => {
    const annotations = '\n  annotations: { midwatch.dev/latency-threshold: 100ms }';
    const text =
      head('fast', annotations) + ratio('good', 'seconds_bucket{le="0.1"}') + tail('    - target: 0.99\n');
    const { after } = changed(text, 'fast', {
      thresholdMs: 250,
      indicator: { good: 'seconds_bucket{le="0.25"}', total: 'requests_total' },
    });
    expect(after).toMatchObject({ thresholdMs: 250, indicator: { good: 'seconds_bucket{le="0.25"}' } });
  });

  it('refuses what one field cannot say, and a file that has changed', () => {
    const before = {
      id: 'checkout',
      title: 'Checkout',
      target: 0.99,
      components: [],
    } as unknown as Objective;
    expect(() => editsOfChange('a.yaml', plain, before, { ...before, target: 0.9 })).toThrow(
      /is a composite/,
    );
    const gone = { ...before, id: 'gone' };
    expect(() => editsOfChange('a.yaml', plain, gone, gone)).toThrow(
      /a\.yaml has no objective gone any more/,
    );
    expect(editsOfChange('a.yaml', plain, before, before).edits).toEqual([]);
  });
});

import { type EngineOptions, evaluateRange, evaluateValue } from '../../main/query/engine.ts';
import { parseExpression } from '../../main/query/parse.ts';
import { selectorsOf } from '../../main/query/plan.ts';
import { compileMatchers, seriesKey } from '../../main/store/index.ts';
import type { Labels, QueryNote, Series } from '../../shared/model/metric.ts';
import { loadSeries, parseMetric, parseNumber, parseSeriesLine } from './load-notation.ts';
import { createMemorySamples, type MemorySamples } from './memory-metrics.ts';
import { parseScript, type ScriptEval } from './promql-script.ts';

export interface Tally {
  passed: number;
  failed: string[];
  /** Why, and how often. */
  outOfScope: Map<string, number>;
}

const ENGINE = { monotonic: () => 0, timeoutMs: 1 };

/** Runs one script. Native histograms are not stored, so what asks for them is out of scope, and said. */
export function runScript(file: string, text: string, tally: Tally): void {
  let store = createMemorySamples();
  let native: Labels[] = [];
  for (const command of parseScript(file, text)) {
    if (command.kind === 'clear') {
      store = createMemorySamples();
      native = [];
    } else if (command.kind === 'load') {
      const plain = new Map<string, string>();
      for (const line of command.lines) {
        const { labels } = parseMetric(line);
        if (line.includes('{{')) native.push(labels);
        else plain.set(seriesKey(labels), line);
        if (command.native && labels.__name__?.endsWith('_bucket'))
          native.push({ ...labels, __name__: labels.__name__.slice(0, -'_bucket'.length), le: '' });
      }
      loadSeries(store.writer, Array.from(plain.values()), command.stepMs);
    } else runEval(store, native, command.eval, tally);
  }
}

function runEval(store: MemorySamples, native: readonly Labels[], script: ScriptEval, tally: Tally): void {
  const reason = outOfScope(native, script);
  if (reason) {
    tally.outOfScope.set(reason, (tally.outOfScope.get(reason) ?? 0) + 1);
    return;
  }
  const problem = judge(store, script);
  if (problem === undefined) tally.passed += 1;
  else tally.failed.push(`${script.file}:${script.line}: ${script.expression}\n    ${problem}`);
}

function outOfScope(native: readonly Labels[], script: ScriptEval): string | undefined {
  const parsed = parseExpression(script.expression);
  if (!parsed.ok)
    return parsed.error.code === 'unsupported' ? (parsed.error.message.split(' is ')[0] ?? '') : undefined;
  if (script.expected.some((line) => line.includes('{{'))) return 'native histograms';
  const asksNative = selectorsOf(parsed.value.root).some(({ matchers }) =>
    native.some(compileMatchers(matchers)),
  );
  return asksNative ? 'native histograms' : undefined;
}

function judge(store: MemorySamples, script: ScriptEval): string | undefined {
  let notes: readonly QueryNote[] = [];
  const engine = {
    ...ENGINE,
    onNotes(all: readonly QueryNote[]) {
      notes = all;
    },
  };
  const problem =
    'at' in script.grid
      ? judgeInstant(store, script, script.grid.at, engine)
      : judgeRange(store, script, script.grid, engine);
  if (problem !== undefined) return problem;
  for (const severity of ['warning', 'info'] as const) {
    const wanted = script.notes[severity];
    const found = notes.filter((note) => note.severity === severity);
    if (wanted !== null && wanted !== found.length > 0)
      return `${wanted ? 'no' : 'a'} note of the kind ${severity}: ${found.map(({ message }) => message).join(' ')}`;
  }
  return undefined;
}

function judgeInstant(store: MemorySamples, script: ScriptEval, at: number, engine: EngineOptions) {
  const answer = evaluateValue(store.reader, script.expression, at, engine);
  if (!answer.ok) return script.fails ? undefined : answer.error.message;
  if (script.fails) return 'should have failed';
  const { value } = answer;
  switch (value.kind) {
    case 'string':
      return value.value === script.text ? undefined : `${value.value} instead of ${script.text}`;
    case 'scalar': {
      const expected = parseNumber(script.expected[0] ?? '');
      return same(value.value, expected) ? undefined : `${value.value} instead of ${expected}`;
    }
    case 'matrix':
      return script.matrix ? compareGrid(script, value.series, script.matrix) : 'a range vector came';
    case 'vector': {
      const found = value.samples.map((sample) => ({ labels: sample.labels, values: [sample.value] }));
      return compare(script, found, 1);
    }
  }
}

type GridOf = NonNullable<ScriptEval['matrix']>;

function judgeRange(store: MemorySamples, script: ScriptEval, grid: GridOf, engine: EngineOptions) {
  const answer = evaluateRange(store.reader, script.expression, grid, engine);
  if (!answer.ok) return script.fails ? undefined : answer.error.message;
  return script.fails ? 'should have failed' : compareGrid(script, answer.value, grid);
}

function compareGrid(script: ScriptEval, series: readonly Series[], { fromAt, toAt, stepMs }: GridOf) {
  const steps = Math.floor((toAt - fromAt) / stepMs) + 1;
  const found = series.map((one) => ({
    labels: one.labels,
    values: onGrid(one, fromAt, stepMs, steps),
  }));
  return compare(script, found, steps);
}

interface Found {
  readonly labels: Labels;
  readonly values: readonly (number | undefined)[];
}

function onGrid(series: Series, fromAt: number, stepMs: number, steps: number): (number | undefined)[] {
  const values: (number | undefined)[] = Array.from({ length: steps }, () => undefined);
  series.times.forEach((at, i) => {
    values[(at - fromAt) / stepMs] = series.values[i];
  });
  return values;
}

function compare(script: ScriptEval, found: readonly Found[], steps: number): string | undefined {
  const expected = script.expected.map(parseSeriesLine);
  if (expected.length !== found.length)
    return `${found.length} series instead of ${expected.length}: ${JSON.stringify(found.slice(0, 5))}`;
  for (const [i, want] of expected.entries()) {
    const index = found.findIndex(({ labels }) => seriesKey(labels) === seriesKey(want.labels));
    const got = found[index];
    if (!got)
      return `no series ${seriesKey(want.labels)}, but ${found.map(({ labels }) => seriesKey(labels)).join(' ')}`;
    if (script.ordered && index !== i) return `${seriesKey(want.labels)} comes as number ${index + 1}`;
    for (let step = 0; step < steps; step += 1) {
      const value = want.values[step];
      const wanted = typeof value === 'number' ? value : undefined;
      if (!same(got.values[step], wanted))
        return `${seriesKey(want.labels)} step ${step}: ${got.values[step]} instead of ${wanted}`;
    }
  }
  return undefined;
}

/** Prometheus' own tolerance in these scripts. */
function same(a: number | undefined, b: number | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true;
  return Math.abs(a - b) / Math.min(Math.abs(a) + Math.abs(b), Number.MAX_VALUE) < 1e-6;
}

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { blankAlert } from '../../main/alert/rule/memory.ts';
import { step } from '../../main/alert/rule/state.ts';
import { exportRules } from '../../main/interop/index.ts';
import { countQueries } from '../../main/interop/indicator-query.ts';
import { evaluateRange } from '../../main/query/engine.ts';
import { increaseQuery } from '../../main/slo/build-query.ts';
import { weigh } from '../../main/slo/composite.ts';
import { combine, readCounters } from '../../main/slo/count.ts';
import { decide, planObjective } from '../../main/slo/math/index.ts';
import { observeObjective } from '../../main/slo/observe.ts';
import { badSliceQuery } from '../../main/slo/slice-query.ts';
import { startingStatus } from '../../main/slo/status.ts';
import type { seededRandom } from '../../main/statistics/index.ts';
import type { MetricReader } from '../../main/store/index.ts';
import type { Objective } from '../../shared/model/objective.ts';
import { DAY_MS, MINUTE_MS } from '../../shared/unit/time.ts';
import { createMemorySamples } from './memory-metrics.ts';
import { gatewayObjective, shippedPolicy } from './objective.ts';

type Random = ReturnType<typeof seededRandom>;

const POLICIES = ['midwatch', 'sre-workbook', 'fixed'] as const;

/** One objective over series of its own, for both sides. */
export interface EqualCase {
  readonly objective: Objective;
  /** Values each minute from minute 0; null is no sample. */
  readonly series: Readonly<Record<string, readonly (number | null)[]>>;
}

export interface EqualOutcome {
  readonly evaluations: number;
  readonly fired: number;
  /** What promtool said where it differs; empty where both agree everywhere. */
  readonly differences: readonly string[];
}

/** Random counters with bursts of errors, resets, quiet stretches and a late first failure. */
export function randomCase(random: Random, id: string, minutes: number): EqualCase {
  const days = [1, 2, 7, 28, 30][Math.floor(random() * 5)] ?? 28;
  const target = [0.9, 0.95, 0.99, 0.995, 0.999][Math.floor(random() * 5)] ?? 0.99;
  const policy = POLICIES[Math.floor(random() * POLICIES.length)] ?? 'midwatch';
  const kind = Math.floor(random() * 4);
  const names = kind === 3 ? ['a', 'b'] : ['a'];
  const series: Record<string, (number | null)[]> = {};
  const shape = kind === 1 ? 'good' : 'bad';
  for (const name of names) {
    const made = counters(random, minutes);
    series[`${id}_${name}_total`] = made.total;
    series[`${id}_${name}_part`] = shape === 'good' ? made.good : made.bad;
  }
  const indicator = (name: string) => ({ [shape]: `${id}_${name}_part`, total: `${id}_${name}_total` });
  const base = gatewayObjective({
    ...{ id, target, policy, periodMs: days * DAY_MS, indicator: indicator('a') },
    definedAt: `slos/${id}.yaml:1`,
  });
  if (kind === 2) {
    const lengthMs = 5 * MINUTE_MS;
    const least = 0.5 + random() * 0.5;
    const bad = badSliceQuery({ kind: 'share', indicator: indicator('a'), least }, lengthMs);
    return { objective: { ...base, slices: { lengthMs, bad, condition: 'a share' } }, series };
  }
  if (kind === 3) {
    const component = (name: string) => ({
      ...{ title: name, indicator: indicator(name), target, weight: 1 + Math.floor(random() * 3) },
    });
    return { objective: { ...base, components: [component('a'), component('b')] }, series };
  }
  return { objective: base, series };
}

function counters(random: Random, minutes: number) {
  const made = { total: [] as number[], bad: [] as (number | null)[], good: [] as number[] };
  const state = { total: 0, bad: 0, good: 0, rate: 0, share: 0, born: false };
  const traffic = [1, 3, 20, 400][Math.floor(random() * 4)] ?? 20;
  for (let minute = 0; minute < minutes; minute += 1) {
    if (minute % 17 === 0) state.rate = random() < 0.1 ? 0 : Math.floor(traffic * (0.5 + random()));
    if (random() < 0.02) state.share = random() < 0.5 ? 0 : random() ** 3;
    if (random() < 0.001) Object.assign(state, { total: 0, bad: 0, good: 0 });
    const bad = Math.min(state.rate, Math.round(state.rate * state.share));
    state.total += state.rate;
    state.bad += bad;
    state.good += state.rate - bad;
    state.born ||= bad > 0;
    made.total.push(state.total);
    made.bad.push(state.born ? state.bad : null);
    made.good.push(state.good);
  }
  return made;
}

/** Runs the cases through promtool with the exported rules, and through the engine, and compares each evaluation. */
export function compareWithPromtool(
  cases: readonly EqualCase[],
  minutes: number,
  stepMinutes: number,
): EqualOutcome {
  const { text } = exportRules(
    cases.map((one) => one.objective),
    POLICIES.map(shippedPolicy),
    [],
  );
  const groups = (parse(text) as { groups: unknown[] | null }).groups ?? [];
  let fired = 0;
  const expectations: unknown[] = [];
  for (const one of cases) {
    const firing = rowsOverTime(one, minutes, stepMinutes);
    for (const [at, row] of firing) {
      if (row !== null) fired += 1;
      expectations.push({
        expr: `max by (midwatch_row) (ALERTS{alertstate="firing",midwatch_objective="${one.objective.id}"})`,
        eval_time: `${at}m`,
        exp_samples: row === null ? [] : [{ labels: `{midwatch_row="${row}"}`, value: 1 }],
      });
    }
  }
  const all = Object.assign({}, ...cases.map((one) => one.series)) as EqualCase['series'];
  const differences = runPromtool({ groups }, all, `${stepMinutes}m`, expectations);
  return { evaluations: expectations.length, fired, differences };
}

/** The engine's verdicts: counts by PromQL with Prometheus 2's rules, decision, observation, and the alert's state machine. */
function rowsOverTime(
  { objective, series }: EqualCase,
  minutes: number,
  stepMinutes: number,
): [number, string | null][] {
  const { writer, reader } = createMemorySamples();
  writer.backfill(
    Object.entries(series).map(([name, values]) => {
      const known = values.flatMap((value, minute) =>
        value === null ? [] : [[minute * MINUTE_MS, value] as const],
      );
      return {
        labels: { __name__: name },
        times: Float64Array.from(known, ([at]) => at),
        values: Float64Array.from(known, ([, value]) => value),
        synthetic: false,
      };
    }),
  );
  const plan = planObjective(objective, shippedPolicy(objective.policy));
  const windows = plan.windowsMs.filter((windowMs) => windowMs < plan.periodMs);
  const range = { fromAt: 0, toAt: (minutes - 1) * MINUTE_MS, stepMs: stepMinutes * MINUTE_MS };
  const columns = new Map(
    windows.map((windowMs) => [windowMs, countsOver(objective, windowMs, reader, range)]),
  );
  const nothing = { bad: null, total: null, seenFraction: 1, anchoredAt: null, known: true };
  const memory: { lastHeld: string | null; problem: null } = { lastHeld: null, problem: null };
  const first = observeObjective({ ...startingStatus(objective), rows: [...plan.rows] }, memory);
  let alert = blankAlert(objective.id, first, 'group');
  const found: [number, string | null][] = [];
  for (let at = range.fromAt; at <= range.toAt; at += range.stepMs) {
    const counts = plan.windowsMs.map((windowMs) => {
      const count = columns.get(windowMs)?.get(at);
      return count ? { ...nothing, ...count } : nothing;
    });
    const decision = decide(plan, counts, null);
    memory.lastHeld = decision.holding ?? memory.lastHeld;
    const status = { ...startingStatus(objective), ...decision, rows: [...plan.rows], evaluatedAt: at };
    const observed = observeObjective(status, memory);
    alert = step(alert, observed, { now: at, pollEveryMs: range.stepMs, tier1: false }).alert;
    // Without events in its short window, the row that held last is the one that goes on.
    found.push([at / MINUTE_MS, alert.phase === 'firing' ? memory.lastHeld : null]);
  }
  return found;
}

interface Counted {
  readonly bad: number | null;
  readonly total: number | null;
}

function countsOver(
  objective: Objective,
  windowMs: number,
  reader: MetricReader,
  range: { fromAt: number; toAt: number; stepMs: number },
): Map<number, Counted> {
  const ask = (expression: string): Map<number, number> => {
    const answer = evaluateRange(reader, expression, range, {
      monotonic: () => 0,
      timeoutMs: 1e9,
      compat: 2,
      samplesMax: 1e9,
    });
    if (!answer.ok) throw new Error(`${expression}: ${answer.error.message}`);
    const values = new Map<number, number>();
    const [only] = answer.value;
    only?.times.forEach((time, i) => {
      const value = only.values[i] ?? Number.NaN;
      if (Number.isFinite(value)) values.set(time, value);
    });
    return values;
  };
  if (objective.slices) {
    const { bad, total } = countQueries(objective, windowMs);
    const bads = ask(bad);
    return new Map([...ask(total)].map(([at, count]) => [at, { bad: bads.get(at) ?? 0, total: count }]));
  }
  const counters_ = readCounters(objective);
  if (!counters_.ok) throw new Error(counters_.error.message);
  const { components } = counters_.value;
  const parts = (components ?? [counters_.value]).map((one) => ({
    ...one,
    parts: ask(increaseQuery(one.part, windowMs)),
    totals: ask(increaseQuery(one.total, windowMs)),
  }));
  return new Map(
    [...(parts[0]?.totals.keys() ?? [])].map((at) => {
      const counts = parts.map((one) =>
        combine(one.partIs, one.parts.get(at) ?? null, one.totals.get(at) ?? null),
      );
      return [at, components ? weigh(components, counts) : (counts[0] ?? { bad: null, total: null })];
    }),
  );
}

/** Runs `promtool test rules` and answers its complaints; throws where it could not run. */
export function runPromtool(
  rules: { readonly groups: readonly unknown[] },
  series: EqualCase['series'],
  interval: string,
  expectations: readonly unknown[],
): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'midwatch-promtool-'));
  try {
    writeFileSync(join(folder, 'rules.yml'), stringify(rules, { lineWidth: 0 }));
    const input = Object.entries(series).map(([name, values]) => ({
      series: name,
      values: values.map((value) => (value === null ? '_' : String(value))).join(' '),
    }));
    const test = {
      rule_files: ['rules.yml'],
      evaluation_interval: interval,
      // Without it the groups run in no order, and an alert may see what was recorded one evaluation before.
      group_eval_order: rules.groups.map((one) => (one as { name: string }).name),
      tests: [{ interval: '1m', input_series: input, promql_expr_test: expectations }],
    };
    writeFileSync(join(folder, 'test.yml'), stringify(test, { lineWidth: 0 }));
    const run = spawnSync('promtool', ['test', 'rules', 'test.yml'], {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 256 * 1024 * 1024,
    });
    if (run.error) throw run.error;
    const said = `${run.stdout}${run.stderr}`;
    if (run.status === 0) return [];
    const complaints = said
      .split(/\n(?=\s+expr: )/)
      .filter((one) => /expr: /.test(one))
      .map((one) => one.trim());
    return complaints.length > 0 ? complaints : [said.slice(0, 2_000)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Why promtool cannot be asked here; null where it can. */
export function promtoolMissing(): string | null {
  const run = spawnSync('promtool', ['--version'], { encoding: 'utf8' });
  return run.error ? 'promtool is not installed (apt install prometheus)' : null;
}

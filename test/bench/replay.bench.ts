import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AlertRule, readAlertRules } from '../../main/alert/index.ts';
import { systemClock } from '../../main/platform/index.ts';
import { seededRandom } from '../../main/statistics/index.ts';
import { METRIC_LIMITS, openMetricReader, openMetricWriter } from '../../main/store/index.ts';
import { AlertRuleFile } from '../../shared/config/alert-rule.ts';
import { DAY_MS, MINUTE_MS } from '../../shared/unit/time.ts';
import { gatewayObjective } from '../support/objective.ts';
import { replayTrial } from '../support/replaying.ts';
import type { Benchmark, Measured, Options } from './support/benchmark.ts';

export const benchmark: Benchmark = {
  about: 'replay of history at full speed: the whole pipeline at every minute, from the store',
  options: {
    days: { kind: 'number', about: 'days of history', default: 30, min: 1, max: 90 },
    objectives: { kind: 'number', about: 'objectives', default: 100, min: 1, max: 500 },
    rules: { kind: 'number', about: 'plain rules beside them', default: 0, min: 0, max: 500 },
  },
  run,
};

const END_AT = Date.UTC(2026, 0, 31);
const SECONDS_MAX = 60;

async function run(options: Options, say: (text: string) => void): Promise<Measured> {
  const [days, count] = [options.number('days'), options.number('objectives')];
  const folder = mkdtempSync(join(tmpdir(), 'midwatch-replay-bench-'));
  const path = join(folder, 'metrics.db');
  try {
    write(path, days, count, options.seed);
    say(`${count} objectives over ${days} d of samples each minute are written`);
    const reader = openMetricReader(path);
    const objectives = Array.from({ length: count }, (_one, at) =>
      gatewayObjective({
        id: `o${at}`,
        target: 0.999,
        indicator: { bad: `failed_${at}`, total: `requests_${at}` },
      }),
    );
    const begin = performance.now();
    const cpuBefore = process.cpuUsage();
    const replay = await replayTrial({
      reader,
      objectives,
      rules: rulesOf(options.number('rules')),
      fromAt: END_AT - days * DAY_MS,
      toAt: END_AT,
    });
    const seconds = (performance.now() - begin) / 1_000;
    const cpu = process.cpuUsage(cpuBefore);
    reader.close();
    return {
      figures: [
        { name: 'replay_s', label: 'replay', value: seconds, unit: 's', atMost: SECONDS_MAX },
        // Beside other work on the same cores the wall says little; this is the replay's own.
        { name: 'cpu_s', label: 'processor time', value: (cpu.user + cpu.system) / 1e6, unit: 's' },
        { name: 'evaluations', label: 'evaluations', value: replay.evaluations, unit: '' },
        { name: 'alerts', label: 'alerts found', value: replay.alerts.length, unit: '' },
        { name: 'messages', label: 'messages', value: replay.notices.length, unit: '' },
        { name: 'pages_per_day', label: 'pages a day', value: replay.pagesPerDay, unit: '' },
      ],
      notes: [],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Each compares a rate with a threshold that is passed now and then. */
function rulesOf(count: number): AlertRule[] {
  const rules = Array.from({ length: count }, (_one, at) => ({
    alert: `Failing${at}`,
    expr: `rate(failed_${at}[5m]) > 1.5`,
    for: '5m',
    labels: { priority: 'P1', service: 'gateway' },
    annotations: {},
  }));
  const file = AlertRuleFile.parse({ groups: [{ name: 'bench', rules }] });
  return readAlertRules(file, { defaultSource: 'counters', definedAt: (_group, at) => `alerts.yaml:${at}` });
}

function write(path: string, days: number, count: number, seed: number): void {
  const random = seededRandom(seed);
  const limits = { ...METRIC_LIMITS, liveRetentionMs: 100 * DAY_MS };
  const writer = openMetricWriter(path, limits, systemClock());
  const times = Float64Array.from(
    { length: days * 1_440 },
    (_one, at) => END_AT - days * DAY_MS + (at + 1) * MINUTE_MS,
  );
  for (let at = 0; at < count; at += 1) {
    const state = { bad: 0, total: 0, share: 0 };
    const values = { bad: new Float64Array(times.length), total: new Float64Array(times.length) };
    times.forEach((_time, i) => {
      if (random() < 0.001) state.share = random() < 0.5 ? 0 : random() * 0.2;
      state.total += 600;
      state.bad += Math.round(600 * state.share);
      values.bad[i] = state.bad;
      values.total[i] = state.total;
    });
    const block = (name: string, of: Float64Array) => ({
      labels: { __name__: name },
      times,
      values: of,
      synthetic: false,
    });
    writer.backfill([block(`failed_${at}`, values.bad), block(`requests_${at}`, values.total)]);
  }
  writer.close();
}

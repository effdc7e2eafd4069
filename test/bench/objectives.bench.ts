import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readPolicies } from '../../main/app/configuration.ts';
import { dataFolders } from '../../main/app/data-folder.ts';
import { startThreads } from '../../main/app/threads.ts';
import { exportRules } from '../../main/interop/index.ts';
import { silentLogger, systemClock } from '../../main/platform/index.ts';
import { createLocalTarget } from '../../main/query/index.ts';
import { createObjectives } from '../../main/slo/index.ts';
import { MINUTE_MS, SECOND_MS } from '../../shared/unit/time.ts';
import type { Benchmark, Figure, Measured, Options } from './support/benchmark.ts';
import { startMadeFleet } from './support/made-fleet-process.ts';
import { startMeasured } from './support/measured-process.ts';
import { madeCounters, madeObjectives } from './support/objective-series.ts';

/** Of one core, as promised. */
const SHARE_MAX = 0.1;
const WARM_MS = 15 * SECOND_MS;
const FILL_MS = 5 * MINUTE_MS;

export const benchmark: Benchmark = {
  about:
    'objectives over local data evaluated each second: processor time, beside Prometheus with the exported rules',
  options: {
    objectives: { kind: 'number', about: 'objectives', default: 100, min: 1, max: 2_000 },
    history: { kind: 'number', about: 'minutes of samples before', default: 70, min: 1, max: 1_440 },
    seconds: { kind: 'number', about: 'how long is measured', default: 60, min: 5, max: 3_600 },
  },
  run,
};

async function run(options: Options, say: (text: string) => void): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'midwatch-objectives-'));
  try {
    const own = await measureOwn(folder, options, say);
    const peer = await measurePrometheus(folder, options, say);
    const windows = `${options.number('objectives')} objectives of the policy midwatch over 28 d, ${madeCounters().length} series, a sample each second, ${options.number('history')} min of history.`;
    return {
      figures: [...own, ...(peer?.figures ?? [])],
      notes: [windows, ...(peer?.notes ?? ['Prometheus is not installed: no peer was measured.'])],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The stage of objectives with its threads, in this process; samples are written by another one. */
async function measureOwn(folder: string, options: Options, say: (text: string) => void): Promise<Figure[]> {
  const folders = dataFolders('bench', folder, process.env);
  const fill = startMeasured({
    args: [
      join(import.meta.dirname, 'support', 'objective-fill.main.ts'),
      folders.metricPath,
      String(options.number('history')),
    ],
  });
  const clock = systemClock();
  const log = silentLogger();
  await fill.printed(/filled \d+/, FILL_MS);
  say('samples are written');
  const threads = startThreads(folders, clock, log);
  const target = createLocalTarget({ id: 'local', worker: threads.query, countNewSeriesFromZero: true });
  const stage = createObjectives({ worker: threads.slo, policies: readPolicies(), log });
  const objectives = madeObjectives(options.number('objectives'));
  const tickTimes: number[] = [];
  const tick = async () => {
    const began = performance.now();
    const statuses = await stage.evaluate(objectives, target, Date.now(), { pollMs: SECOND_MS, blind: null });
    for (const status of statuses) stage.observe(status);
    tickTimes.push(performance.now() - began);
    return statuses;
  };
  try {
    await ticking(WARM_MS, tick);
    await stage.idle();
    tickTimes.length = 0;
    const before = process.cpuUsage();
    const ms = options.number('seconds') * SECOND_MS;
    await ticking(ms, tick);
    const used = process.cpuUsage(before);
    const last = await tick();
    const decided = last.filter((one) => one.state === 'ok' || one.state === 'burning').length;
    const exact = last.flatMap((one) => one.windows).filter((one) => one.anchoredAt === null).length;
    return [
      { name: 'decided', label: 'objectives with a verdict', value: decided, unit: '' },
      { name: 'exact_windows', label: 'windows counted exactly at the last tick', value: exact, unit: '' },
      {
        name: 'core_share',
        label: 'processor, of one core',
        value: (used.user + used.system) / 1_000 / ms,
        unit: '',
        atMost: SHARE_MAX,
      },
      { name: 'tick_p50_ms', label: 'a tick, median', value: at(tickTimes, 0.5), unit: 'ms' },
      { name: 'tick_p95_ms', label: 'a tick, p95', value: at(tickTimes, 0.95), unit: 'ms' },
    ];
  } finally {
    await threads.stop();
    await fill.end();
  }
}

async function ticking(forMs: number, tick: () => Promise<unknown>): Promise<void> {
  const until = performance.now() + forMs;
  for (let next = performance.now(); next < until; ) {
    await tick();
    next += SECOND_MS;
    await sleep(Math.max(0, next - performance.now()));
  }
}

function at(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** The same objectives as exported rules, evaluated each second over the made fleet; and once more without rules. */
async function measurePrometheus(folder: string, options: Options, say: (text: string) => void) {
  const version = spawnSync('prometheus', ['--version'], { encoding: 'utf8' }).stdout?.match(
    /version ([\d.]+)/,
  )?.[1];
  if (version === undefined) return null;
  const objectives = madeObjectives(options.number('objectives'));
  const fleet = await startMadeFleet(1_500, options.seed);
  try {
    const rules = join(folder, 'rules.yml');
    writeFileSync(rules, exportRules(objectives, readPolicies(), []).text);
    const shares: number[] = [];
    for (const files of [[rules], []]) {
      const share = await prometheusShare(
        folder,
        fleet.address,
        files,
        options.number('seconds') * SECOND_MS,
      );
      say(
        `Prometheus ${files.length > 0 ? 'with' : 'without'} rules: ${(share * 100).toFixed(1)} % of a core`,
      );
      shares.push(share);
    }
    const [withRules = Number.NaN, without = Number.NaN] = shares;
    return {
      figures: [
        {
          name: 'prometheus_share',
          label: `Prometheus ${version} with the exported rules`,
          value: withRules,
          unit: '',
        },
        {
          name: 'prometheus_scrape_share',
          label: 'Prometheus without rules: it scrapes',
          value: without,
          unit: '',
        },
      ],
      notes: [
        `Prometheus ${version} scrapes ${fleet.series} series and evaluates at 1 s; its processor time is its own process_cpu_seconds_total. Its windows hold only what it scraped since its start, a minute or two, where ours hold the whole history: a longer window costs it more and us nothing.`,
      ],
    };
  } finally {
    await fleet.process.end();
  }
}

async function prometheusShare(
  folder: string,
  fleet: string,
  rules: readonly string[],
  forMs: number,
): Promise<number> {
  const data = mkdtempSync(join(folder, 'prometheus-'));
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const config = `global: { scrape_interval: 1s, scrape_timeout: 900ms, evaluation_interval: 1s }\nrule_files: ${JSON.stringify(rules)}\nscrape_configs:\n  - job_name: fleet\n    static_configs: [{ targets: ['${new URL(fleet).host}'] }]\n`;
  writeFileSync(join(data, 'prometheus.yml'), config);
  const prometheus = spawn(
    'prometheus',
    [
      `--config.file=${join(data, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(data, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ],
    { stdio: 'ignore' },
  );
  const ended = once(prometheus, 'exit');
  try {
    await sleep(WARM_MS);
    const before = await cpuSeconds(port, prometheus);
    await sleep(forMs);
    return (((await cpuSeconds(port, prometheus)) - before) * 1_000) / forMs;
  } finally {
    prometheus.kill('SIGTERM');
    await ended;
  }
}

async function cpuSeconds(port: number, { exitCode }: ChildProcess): Promise<number> {
  if (exitCode !== null) throw new Error(`Prometheus ended with status ${exitCode}.`);
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(text.match(/^process_cpu_seconds_total (\S+)/m)?.[1]);
}

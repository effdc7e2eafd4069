import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Workspace } from '../../shared/config/workspace.ts';
import { CodedError } from '../../shared/error/coded.ts';
import type { QueryTarget } from '../../shared/model/metric.ts';
import type { Replay } from '../../shared/model/replay.ts';
import { MINUTE_MS } from '../../shared/unit/time.ts';
import { createMaintenance, createSilences } from '../alert/index.ts';
import { createBusinessHours } from '../calendar/index.ts';
import { type Logger, randomIds, systemClock, type Vault } from '../platform/index.ts';
import { createInlineTarget } from '../query/index.ts';
import {
  patientTarget,
  type ReplayProgress,
  type ReplayQuiet,
  type ReplaySource,
  readSampleFile,
  replay,
} from '../replay/index.ts';
import { createPrometheusSource } from '../source/index.ts';
import {
  type LoggedPast,
  METRIC_LIMITS,
  type MetricReader,
  openMetricReader,
  openMetricWriter,
  readPast,
} from '../store/index.ts';
import { readPolicies, rulesOf } from './configuration.ts';
import { dataFolders } from './data-folder.ts';
import { detectorStep } from './detecting.ts';
import { secretReader } from './secret.ts';
import { secretText } from './stages.ts';
import { wakeFacts } from './waking.ts';

/** Where the samples of a replay come from: the workspace's own store, or a file. */
export interface ReplaySamples {
  readonly dataFolder: string | undefined;
  readonly file: string | undefined;
}

export interface ReplayWish extends ReplaySamples {
  readonly fromAt: number;
  readonly toAt: number;
  readonly stepMs: number;
  /** Prometheus sources are asked themselves, not the store. */
  readonly fromSource: boolean;
  /** Without the silences that people had made. */
  readonly ignoreSilences: boolean;
}

export interface ReplayTies {
  readonly vault: Vault;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** `place` of `of` workspaces. */
  readonly onProgress: (progress: ReplayProgress, place: number, of: number) => void;
}

/** Old samples are what a replay is for: none of them is too old. */
const KEEP_MS = 10 * 365 * 24 * 60 * MINUTE_MS;
const QUERIES_AT_ONCE = 4;

/** Runs the workspaces over the same history, one after the other; those after a cancelled one are left out. */
export async function replayWorkspaces(
  workspaces: readonly Workspace[],
  wish: ReplayWish,
  ties: ReplayTies,
): Promise<Replay[]> {
  const [first] = workspaces;
  if (!first) return [];
  const past = pastOf(first, wish, ties.log);
  const history = openHistory(workspaces, wish, ties);
  const replays: Replay[] = [];
  try {
    for (const workspace of workspaces) {
      if (ties.signal.aborted) break;
      replays.push(
        await replay({
          workspace,
          rules: rulesOf(workspace),
          policies: readPolicies(),
          source: (id) => history.sourceOf(workspace, id),
          quiet: await quietOf(workspace, wish.ignoreSilences ? [] : past.silences),
          fromAt: wish.fromAt,
          toAt: wish.toAt,
          stepMs: wish.stepMs,
          atOnce: wish.fromSource ? QUERIES_AT_ONCE : 1,
          clock: systemClock(),
          log: ties.log,
          signal: ties.signal,
          onProgress: (progress) => ties.onProgress(progress, replays.length, workspaces.length),
        }),
      );
    }
    return replays;
  } finally {
    await history.close();
  }
}

/** Silences and incidents of that time. A file of samples is another place's history, of which nobody here knew. */
export function pastOf(workspace: Workspace, samples: ReplaySamples, log: Logger): LoggedPast {
  if (samples.file !== undefined) return { silences: [], incidents: [] };
  const { logPath } = dataFolders(workspace.id, samples.dataFolder, process.env);
  return readPast(logPath, (table, id, problem) =>
    log.warn({ table, id, problem }, 'a row cannot be read and is left out of the replay'),
  );
}

/** The stages between an alert and a person, as they were at each instant. */
async function quietOf(workspace: Workspace, silences: LoggedPast['silences']): Promise<ReplayQuiet> {
  const hours = createBusinessHours(workspace.routing.business_hours);
  const maintenance = createMaintenance(() => workspace.maintenance);
  // One that was ended early was in force until then: in the past it simply ended at that time.
  const asTheyWere = silences.map((one) => ({
    ...one,
    endsAt: one.expiredAt ?? one.endsAt,
    expiredAt: null,
    expiredBy: null,
  }));
  const quiet = createSilences({
    clock: systemClock(),
    ids: randomIds(),
    log: { loadSilences: async () => asTheyWere, saveSilence: async () => undefined },
    onChange: () => undefined,
  });
  await quiet.load();
  return {
    inBusinessHours: (at) => hours.inBusinessHours(at),
    silences: (at) => quiet.active(at),
    windows: (at) => maintenance.open(at),
    wakeOf: (statusOf) => wakeFacts(() => workspace, statusOf),
  };
}

interface History {
  sourceOf(workspace: Workspace, id: string): ReplaySource;
  close(): Promise<void>;
}

function openHistory(workspaces: readonly Workspace[], wish: ReplayWish, ties: ReplayTies): History {
  const [first] = workspaces;
  const remote = new Map<string, ReturnType<typeof createPrometheusSource>>();
  const clock = systemClock();
  const readSecret = secretText(secretReader(ties.vault, process.env));
  for (const source of wish.fromSource ? workspaces.flatMap((one) => one.sources) : [])
    if (source.kind === 'prometheus' && !remote.has(source.id))
      remote.set(
        source.id,
        createPrometheusSource(source, { clock, log: ties.log, random: Math.random, readSecret }),
      );
  const isLocal = workspaces.some((one) =>
    [...one.objectives, ...one.detectors, ...rulesOf(one)].some(({ source }) => !remote.has(source)),
  );
  const local = isLocal && first ? openSamples(first, wish) : null;
  const plain = local && createInlineTarget('store', local.reader);
  const patient = new Map(
    [...remote].map(([id, target]) => [
      id,
      patientTarget(target, { clock, signal: ties.signal, atOnce: QUERIES_AT_ONCE }),
    ]),
  );
  return {
    sourceOf(workspace, id) {
      const target = patient.get(id);
      const liveMs = detectorStep(() => workspace.sources)(id);
      if (target) return { target, objectiveTarget: target, reader: null, detectorStepMs: liveMs };
      if (!local || !plain) throw new CodedError('no-samples', `There is no history of the source ${id}.`);
      // Nobody knows how often the samples of a file were taken: not more often than the replay looks at them.
      const detectorStepMs = wish.file === undefined ? liveMs : Math.max(liveMs, wish.stepMs);
      return { target: plain, objectiveTarget: local.target, reader: local.reader, detectorStepMs };
    },
    async close() {
      local?.close();
      for (const source of remote.values()) await source.close();
    },
  };
}

interface OpenedSamples {
  readonly reader: MetricReader;
  /** The samples as objectives count them. */
  readonly target: QueryTarget;
  close(): void;
}

/** Opens where the samples are; throws `no-samples` where there are none. */
export function openSamples(workspace: Workspace, samples: ReplaySamples): OpenedSamples {
  if (samples.file === undefined) {
    const { metricPath } = dataFolders(workspace.id, samples.dataFolder, process.env);
    if (!existsSync(metricPath))
      throw new CodedError(
        'no-samples',
        `${metricPath} does not exist, so there is no history to replay. Run "midwatch start" first, name the folder with --data, ask the sources with --from-source, or give a file with --samples.`,
      );
    const reader = openMetricReader(metricPath);
    return { reader, target: targetOf(reader), close: () => reader.close() };
  }
  if (!existsSync(samples.file))
    throw new CodedError('no-samples', `There is no file ${samples.file}, so nothing was replayed.`);
  const blocks = readSampleFile(readFileSync(samples.file, 'utf8'), samples.file);
  const folder = mkdtempSync(join(tmpdir(), 'midwatch-replay-'));
  const path = join(folder, 'metrics.db');
  const limits = { ...METRIC_LIMITS, liveRetentionMs: KEEP_MS };
  const writer = openMetricWriter(path, limits, systemClock());
  writer.backfill(blocks);
  writer.close();
  const reader = openMetricReader(path);
  return {
    reader,
    target: targetOf(reader),
    close: () => {
      reader.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function targetOf(reader: MetricReader): QueryTarget {
  return createInlineTarget('local', reader, { countNewSeriesFromZero: true });
}

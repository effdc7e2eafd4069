import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Workspace } from '../../shared/config/workspace.ts';
import { CodedError } from '../../shared/error/coded.ts';
import type { QueryTarget } from '../../shared/model/metric.ts';
import { MINUTE_MS } from '../../shared/unit/time.ts';
import { systemClock } from '../platform/index.ts';
import { createInlineTarget } from '../query/index.ts';
import { type Replay, readSampleFile, replayObjectives } from '../replay/index.ts';
import { METRIC_LIMITS, type MetricReader, openMetricReader, openMetricWriter } from '../store/index.ts';
import { readPolicies } from './configuration.ts';
import { dataFolders } from './data-folder.ts';

export {
  compareReplays,
  gradePages,
  type Replay,
  type ReplayDifference,
  readIncidents,
} from '../replay/index.ts';

/** Where the samples of a replay come from: the workspace's own store, or a file. */
export interface ReplaySamples {
  readonly dataFolder: string | undefined;
  readonly file: string | undefined;
}

/** Old samples are what a replay is for: none of them is too old. */
const KEEP_MS = 10 * 365 * 24 * 60 * MINUTE_MS;

/** Runs the workspaces over the same samples, one after the other. */
export async function replayWorkspaces(
  workspaces: readonly Workspace[],
  samples: ReplaySamples,
  range: { readonly fromAt: number; readonly toAt: number },
  onProgress: (done: number, all: number) => void,
): Promise<Replay[]> {
  const [first] = workspaces;
  if (!first) return [];
  const opened = openSamples(first, samples);
  try {
    const { target } = opened;
    const replays: Replay[] = [];
    for (const { objectives } of workspaces)
      replays.push(
        await replayObjectives({
          ...{ objectives, policies: readPolicies(), reader: opened.reader, target, stepMs: MINUTE_MS },
          ...{ ...range, onProgress },
        }),
      );
    return replays;
  } finally {
    opened.close();
  }
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
        `${metricPath} does not exist, so there is no history to replay. Run "midwatch start" first, name the folder with --data, or give a file with --samples.`,
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

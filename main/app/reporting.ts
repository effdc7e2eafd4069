import type { Workspace } from '../../shared/config/workspace.ts';
import type { QueryTarget } from '../../shared/model/metric.ts';
import type { Logger, Vault } from '../platform/index.ts';
import { systemClock } from '../platform/index.ts';
import { complianceOf } from '../slo/index.ts';
import { createPrometheusSource } from '../source/index.ts';
import { readCorrections } from '../store/index.ts';
import { makeReport, type ReportWish } from './compliance.ts';
import { dataFolders } from './data-folder.ts';
import { openSamples, type ReplaySamples } from './replays.ts';
import { secretReader } from './secret.ts';
import { secretText } from './stages.ts';

/**
 * The compliance report without a running core: a Prometheus is asked itself, everything else is read from the workspace's
 * store (or from a file of samples, which then stands for all sources). Corrections come from the store beside whoever writes it.
 */
export async function reportWorkspace(
  workspace: Workspace,
  wish: ReportWish,
  samples: ReplaySamples,
  vault: Vault,
  log: Logger,
): Promise<{ fileName: string; text: string }> {
  const clock = systemClock();
  const { logPath } = dataFolders(workspace.id, samples.dataFolder, process.env);
  const corrections = readCorrections(logPath, (table, id, problem) =>
    log.warn({ table, id, problem }, 'a row cannot be read and is left out of the report'),
  );
  const remote = new Map<string, ReturnType<typeof createPrometheusSource>>();
  const readSecret = secretText(secretReader(vault, process.env));
  for (const source of samples.file === undefined ? workspace.sources : [])
    if (source.kind === 'prometheus')
      remote.set(source.id, createPrometheusSource(source, { clock, log, random: Math.random, readSecret }));
  const isLocal = workspace.objectives.some((one) => !remote.has(one.source));
  const local = isLocal ? openSamples(workspace, samples) : null;
  try {
    const targetOf = (id: string): QueryTarget | undefined => remote.get(id) ?? local?.target;
    return await makeReport(wish, {
      workspace: workspace.name,
      madeAt: clock.now(),
      objectives: workspace.objectives,
      lineOf: (one, range) =>
        complianceOf(
          one,
          targetOf(one.source),
          corrections.filter((correction) => correction.objectiveId === one.id),
          range,
        ),
    });
  } finally {
    local?.close();
    for (const source of remote.values()) await source.close();
  }
}

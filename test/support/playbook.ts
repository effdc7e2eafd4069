import { Agent } from 'undici';
import { createExecutor, type Executor, type StepContext } from '../../main/action/index.ts';
import { countingIds, silentLogger, systemClock } from '../../main/platform/index.ts';
import { createPlaybooks, type Playbooks, type RunLog } from '../../main/playbook/index.ts';
import type { JournalRecord } from '../../main/store/index.ts';
import { resolveSecret } from '../../main/workspace/index.ts';
import { CodedError } from '../../shared/error/coded.ts';
import type { NewTimelineEntry } from '../../shared/model/incident.ts';
import type { Playbook, PlaybookRun, PlaybookStep } from '../../shared/model/playbook.ts';
import { incidentOf } from './incident.ts';
import type { ScriptedTarget } from './scripted-target.ts';

export function checkStep(
  id: string,
  change: Partial<Extract<PlaybookStep, { kind: 'check' }>> = {},
): PlaybookStep {
  return {
    kind: 'check',
    id,
    title: `Check ${id}`,
    timeoutMs: 1_000,
    retryable: true,
    check: { query: id, is: '> 0.5' },
    ...change,
  };
}

export function manualStep(
  id: string,
  change: Partial<Extract<PlaybookStep, { kind: 'manual' }>> = {},
): PlaybookStep {
  return {
    kind: 'manual',
    id,
    title: `Do ${id}`,
    timeoutMs: 1_000,
    retryable: true,
    instruction: 'Call the owner.',
    ...change,
  };
}

export function httpStep(
  id: string,
  url: string,
  change: Partial<Extract<PlaybookStep, { kind: 'http' }>> = {},
): Extract<PlaybookStep, { kind: 'http' }> {
  return {
    kind: 'http',
    id,
    title: `Send ${id}`,
    timeoutMs: 1_000,
    retryable: true,
    confirm: 'ranking-model',
    request: { method: 'POST', url, headers: {}, body: '{"service":"ranking-model"}', expectStatus: [200] },
    ...change,
  };
}

export function playbookOf(diagnosis: PlaybookStep[], mitigation: PlaybookStep[]): Playbook {
  return {
    id: 'model-degraded',
    title: 'Model degraded',
    description: '',
    services: ['ranking-model'],
    objectives: ['gateway-availability'],
    diagnosis,
    mitigation,
    definedAt: 'playbooks/model-degraded.yaml:2',
  };
}

export function contextOf(change: Partial<StepContext> = {}): StepContext {
  return {
    incident: incidentOf(),
    vars: {},
    runId: 'run-1',
    idempotencyKey: 'key-1',
    observed: undefined,
    by: 'ada',
    ...change,
  };
}

/** An executor over real HTTP; connections are not kept, so that closing a server ends them. */
export function executorOver(
  target: ScriptedTarget,
  environment: Readonly<Record<string, string>> = {},
): Executor {
  return createExecutor({
    clock: systemClock(),
    http: new Agent({ pipelining: 0 }),
    target: (id) => (id === undefined || id === target.id ? target : undefined),
    secret: (reference) => resolveSecret(reference, environment),
    log: silentLogger(),
    verifyEveryMs: 5,
  });
}

/** The log in memory: revisions as the store checks them, an outcome never overwritten. */
export class MemoryRunLog implements RunLog {
  readonly runs = new Map<string, PlaybookRun>();
  readonly journal = new Map<string, JournalRecord>();
  readonly timeline: NewTimelineEntry[] = [];

  async saveRun(
    run: PlaybookRun,
    journal: readonly JournalRecord[],
    timeline: readonly NewTimelineEntry[],
  ): Promise<void> {
    const stored = this.runs.get(run.id)?.revision ?? 0;
    if (run.revision !== stored + 1) throw new Error(`stale revision ${run.revision} over ${stored}`);
    this.runs.set(run.id, structuredClone(run));
    for (const record of journal)
      if (this.journal.get(record.id)?.outcome == null) this.journal.set(record.id, { ...record });
    this.timeline.push(...timeline);
  }

  async loadRuns(): Promise<PlaybookRun[]> {
    return [...this.runs.values()].map((run) => structuredClone(run));
  }

  async openJournal(): Promise<JournalRecord[]> {
    return [...this.journal.values()].filter((record) => record.outcome === null);
  }
}

export interface PlaybookBench {
  readonly playbooks: Playbooks;
  readonly timeline: NewTimelineEntry[];
  readonly seen: PlaybookRun[];
}

export function benchOf(options: {
  readonly log: RunLog;
  readonly executor: Executor;
  readonly playbook: Playbook;
  readonly vars?: Readonly<Record<string, string>>;
}): PlaybookBench {
  const timeline: NewTimelineEntry[] = [];
  const seen: PlaybookRun[] = [];
  const playbooks = createPlaybooks({
    log: {
      loadRuns: () => options.log.loadRuns(),
      openJournal: () => options.log.openJournal(),
      async saveRun(run, journal, entries) {
        await options.log.saveRun(run, journal, entries);
        timeline.push(...entries);
      },
    },
    executor: options.executor,
    clock: systemClock(),
    ids: countingIds('run'),
    logger: silentLogger(),
    playbooks: () => [options.playbook],
    vars: () => options.vars ?? {},
    incident: (id) => (id === 'incident-1' ? incidentOf() : undefined),
    onRun: (run) => void seen.push(run),
    onTimeline: () => undefined,
  });
  return { playbooks, timeline, seen };
}

/** Runs the next step as a person does: reads what it asks for, then types that name for that step. */
export async function runConfirmed(
  playbooks: Pick<Playbooks, 'runNext'>,
  runId: string,
  options: { readonly by: string; readonly observed?: string } = { by: 'ada' },
): Promise<PlaybookRun> {
  try {
    return await playbooks.runNext(runId, options);
  } catch (thrown) {
    if (!(thrown instanceof CodedError) || thrown.code !== 'confirmation-needed') throw thrown;
    const { stepId, type } = thrown.details;
    return playbooks.runNext(runId, {
      ...options,
      confirmation: { stepId: String(stepId), typed: String(type) },
    });
  }
}

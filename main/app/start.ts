import { realpathSync } from 'node:fs';
import { userInfo } from 'node:os';
import { fileURLToPath } from 'node:url';
import { CodedError, messageOf } from '../../shared/error/coded.ts';
import { createStateHub } from '../api/index.ts';
import { randomIds, systemClock } from '../platform/index.ts';
import { refuseUnusableLog } from '../store/index.ts';
import {
  formatProblems,
  type LoadDeps,
  loadWorkspace,
  startYamlThread,
  workspaceId,
} from '../workspace/index.ts';
import { loadDeps, readPolicies } from './configuration.ts';
import { createCore } from './core.ts';
import { dataFolders } from './data-folder.ts';
import { demoWorkspace } from './demo-workspace.ts';
import { assetUrl, entryUrl } from './entry.ts';
import { type RunningFleet, startFleet } from './fleet.ts';
import { takeInstanceLock } from './instance-lock.ts';
import type { App, AppOptions } from './options.ts';
import { mostUrgentFirst } from './shown-alerts.ts';
import { startThreads } from './threads.ts';

/** What was started so far and how to end it, last in, first out. */
class Cleanup {
  private readonly tasks: { what: string; end: () => Promise<void> | void }[] = [];
  private readonly onProblem: (what: string, thrown: unknown) => void;

  constructor(onProblem: (what: string, thrown: unknown) => void) {
    this.onProblem = onProblem;
  }

  add(what: string, end: () => Promise<void> | void): void {
    this.tasks.push({ what, end });
  }

  async run(): Promise<void> {
    for (let task = this.tasks.pop(); task; task = this.tasks.pop()) {
      try {
        await task.end();
      } catch (thrown) {
        this.onProblem(task.what, thrown);
      }
    }
  }
}

const DEMO_SEED = 20_260;

/**
 * Starts the whole core: lock, threads, workspace, chain, polls. Rejects with a coded error that says what to do
 * (`already-running`, `workspace-invalid`, `database-from-the-future`, …); what was started by then is ended again.
 */
export async function startApp(options: AppOptions): Promise<App> {
  const { log } = options;
  const cleanup = new Cleanup((what, thrown) =>
    log.error({ what, problem: messageOf(thrown) }, 'could not be ended in order'),
  );
  try {
    return await start(options, cleanup);
  } catch (thrown) {
    await cleanup.run();
    throw thrown;
  }
}

async function start(options: AppOptions, cleanup: Cleanup): Promise<App> {
  const { log } = options;
  const clock = systemClock();
  const chosen = workspacePath(options);
  const folders = dataFolders(options.demo ? 'demo' : workspaceId(chosen), options.dataFolder, process.env);
  const lock = await takeInstanceLock(folders.root, options.greeting, clock);
  cleanup.add('the instance lock', () => lock.release());
  const path = options.demo ? demoWorkspace(chosen, folders.root) : chosen;
  // Before a thread is started for it, which would be restarted again and again over the same refusal.
  refuseUnusableLog(folders.logPath);
  const threads = startThreads(folders, clock, log);
  cleanup.add('threads', () => threads.stop());
  const yaml = startYamlThread({ clock, log, entry: entryUrl('yaml.worker') });
  cleanup.add('the YAML thread', () => yaml.stop());
  const [fleet] = await bothWell(
    options.demo ? fleetOf(options, cleanup) : Promise.resolve(undefined),
    // The first answer of the store: a database that cannot be opened ends the start here, with its reason.
    Promise.all([threads.log.call.sizeBytes(), threads.metric.call.stats()]),
  );
  const policies = readPolicies();
  const deps: LoadDeps = loadDeps(yaml, policies, fleet ? { fleet: fleet.address } : {});
  const load = await loadWorkspace(path, deps);
  if (!load.workspace) {
    throw new CodedError(
      'workspace-invalid',
      `The workspace ${path} cannot be used:\n${formatProblems(load.problems)}\nMend it and start again; "midwatch check" says the same without starting.`,
    );
  }
  threads.wakeFor(load.workspace);
  const ids = randomIds();
  const hub = createStateHub({ clock, epoch: ids.fresh(), order: { alerts: mostUrgentFirst } });
  cleanup.add('windows', () => hub.stop());
  const core = await createCore({
    options,
    clock,
    ids,
    hub,
    threads,
    folders,
    policies,
    load: { ...load, workspace: load.workspace },
    loadDeps: deps,
    changeFile: (file, before, edits) => yaml.change(file, before, edits),
    workspacePath: path,
    fleet,
    actor: actorName(),
  });
  cleanup.add('the chain', () => core.stop());
  return {
    api: core.api,
    hub,
    actor: actorName(),
    workspaceName: load.workspace.name,
    dataFolder: folders.root,
    metrics: () => core.metrics(),
    health: () => core.health(),
    suspend: () => core.suspend(),
    resume: () => core.resume(),
    acknowledgeIncident: (id) => core.acknowledgeIncident(id),
    sendTestPage: (priority) => core.sendTestPage(priority),
    stop: () => cleanup.run(),
  };
}

/** Waits for both whatever becomes of one, so that nothing begins anew while the start is being undone. */
async function bothWell<One, Other>(one: Promise<One>, other: Promise<Other>): Promise<[One, Other]> {
  await Promise.allSettled([one, other]);
  return Promise.all([one, other]);
}

function workspacePath(options: AppOptions): string {
  const path = options.demo ? fileURLToPath(assetUrl('demo-workspace')) : (options.workspace ?? '.');
  try {
    return realpathSync(path);
  } catch (thrown) {
    throw new CodedError(
      'workspace-missing',
      `There is no workspace at ${path} (${messageOf(thrown)}). Give the folder that holds midwatch.yaml.`,
    );
  }
}

async function fleetOf(options: AppOptions, cleanup: Cleanup): Promise<RunningFleet> {
  options.onProgress('Starting the demo fleet');
  const fleet = await startFleet(options.launchChild, DEMO_SEED);
  cleanup.add('the demo fleet', () => fleet.stop());
  fleet.onExit((status) => options.log.warn({ status }, 'the demo fleet ended; its metrics stop here'));
  return fleet;
}

function actorName(): string {
  try {
    return userInfo().username || 'you';
  } catch {
    // A user id without an entry, as in some containers.
    return 'you';
  }
}

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchNodeChild } from '../../../main/platform/index.ts';
import { seededRandom } from '../../../main/statistics/index.ts';
import type { StepRun } from '../../../shared/model/playbook.ts';
import { openTestLog } from '../log.ts';
import { type CoreProcess, startCoreProcess } from './core-process.ts';
import { type CountingProxy, startCountingProxy } from './counting-proxy.ts';
import { drive, type Journey } from './journey.ts';
import { Ledger, testify } from './ledger.ts';

/** What a run of kills found. */
export interface KillReport {
  readonly kills: number;
  readonly journeys: number;
  readonly restarts: number;
  readonly unknownSteps: number;
  readonly controlRequests: number;
  readonly entriesCompared: number;
  readonly answeredAfterP50Ms: number;
  readonly answeredAfterP95Ms: number;
  readonly answeredAfterMaxMs: number;
  readonly problems: readonly string[];
}

interface Tally {
  kills: number;
  journeys: number;
  unknownSteps: number;
  controlRequests: number;
  entriesCompared: number;
  readonly restartsMs: number[];
  readonly problems: string[];
}

export interface KillOptions {
  readonly seed: number;
  /** Journeys are repeated, each with a fresh data folder, until so many kills were made. */
  readonly kills: number;
  readonly killsAJourney: number;
  readonly say: (line: string) => void;
}

/** A kill comes so long after the core answers again, at most: a journey of a minute has room for several. */
const KILL_WITHIN_MS = 6_000;
const JOURNEY_MS = 75_000;
const FLEET = new URL('../../../main/demo/fleet.main.ts', import.meta.url);
const DEMO = fileURLToPath(new URL('../../../assets/demo-workspace', import.meta.url));

/** Drives journeys from fault to recovered, with kill -9 at random moments, and compares after each restart. */
export async function killAtRandom(options: KillOptions): Promise<KillReport> {
  const random = seededRandom(options.seed);
  const tally: Tally = {
    kills: 0,
    journeys: 0,
    unknownSteps: 0,
    controlRequests: 0,
    entriesCompared: 0,
    restartsMs: [],
    problems: [],
  };
  while (tally.kills < options.kills && tally.problems.length === 0) {
    await oneJourney(options, random, tally);
    tally.journeys += 1;
    options.say(
      `journey ${tally.journeys}: ${tally.kills} kills, ${tally.unknownSteps} steps with an unknown outcome`,
    );
  }
  const sorted = tally.restartsMs.toSorted((a, b) => a - b);
  const quantile = (q: number) =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0);
  const { kills, journeys, unknownSteps, controlRequests, entriesCompared, problems } = tally;
  return {
    kills,
    journeys,
    restarts: sorted.length,
    unknownSteps,
    controlRequests,
    entriesCompared,
    answeredAfterP50Ms: quantile(0.5),
    answeredAfterP95Ms: quantile(0.95),
    answeredAfterMaxMs: quantile(1),
    problems,
  };
}

async function oneJourney(options: KillOptions, random: () => number, tally: Tally): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'midwatch-kill-'));
  const fleet = await startFleet(Math.floor(random() * 1e6));
  const proxy = await startCountingProxy(fleet.address, () => random() * 400);
  const workspace = copyWorkspace(folder, proxy.address);
  const journey: Journey = {
    ledger: new Ledger(),
    breakFleet: () => breakModel(fleet.address),
    broken: false,
    done: false,
    notesWritten: 0,
    draftsSaved: 0,
    deadlineMs: performance.now() + JOURNEY_MS,
  };
  const data = join(folder, 'data');
  let alive: CoreProcess | null = null;
  try {
    let left = Math.min(options.killsAJourney, options.kills - tally.kills);
    let wasKilled = false;
    // A kill after the last word is followed by a start as well: what was said last is compared too.
    for (let life = 0; (wasKilled || !journey.done) && tally.problems.length === 0; life += 1) {
      const core = await startCoreProcess(workspace, data);
      alive = core;
      if (life > 0) await compare(core, journey, tally);
      if (tally.problems.length > 0) {
        await core.stop();
        break;
      }
      const killer = left > 0 ? killLater(core, journey, random, options.say) : null;
      await drive(core, journey);
      wasKilled = (await killer?.end()) ?? false;
      if (wasKilled) {
        tally.kills += 1;
        left -= 1;
      } else await core.stop();
    }
    tally.problems.push(
      ...checkSteps(journey.ledger, proxy, tally),
      ...(await checkChain(data, journey.ledger)),
    );
  } finally {
    // Also where the journey failed: no core outlives its test.
    await (alive as CoreProcess | null)?.kill();
    await proxy.close();
    fleet.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function compare(core: CoreProcess, { ledger }: Journey, tally: Tally): Promise<void> {
  tally.restartsMs.push(core.answeredAfterMs);
  const now = await testify(core, ledger);
  tally.problems.push(...ledger.compare(now));
  tally.entriesCompared += ledger.entries.size;
  for (const run of now.runs) {
    tally.unknownSteps += run.steps.filter((step: StepRun) => step.phase === 'unknown').length;
    ledger.seeRun(run);
  }
  for (const incident of now.incidents) ledger.seeIncident(incident);
}

interface Killer {
  /** True where it killed the core. */
  end(): Promise<boolean>;
}

function killLater(
  core: CoreProcess,
  journey: Journey,
  random: () => number,
  say: (line: string) => void,
): Killer {
  const afterMs = random() * KILL_WITHIN_MS;
  let cancelled = false;
  const killed = (async () => {
    while (!journey.broken && !cancelled) await new Promise((resolve) => setTimeout(resolve, 20));
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    if (cancelled || journey.done) return false;
    const phase = [...journey.ledger.incidents.values()][0]?.phase ?? 'no incident yet';
    say(`  kill after ${Math.round(afterMs)} ms (${phase})`);
    await core.kill();
    return true;
  })();
  return {
    async end() {
      if (journey.done) cancelled = true;
      return killed;
    },
  };
}

/** Each step sent its request once, and once more for each *retry* of a person; all with one key. */
function checkSteps(ledger: Ledger, proxy: CountingProxy, tally: Tally): string[] {
  tally.controlRequests += proxy.control.length;
  const problems: string[] = [];
  const keys = Map.groupBy(proxy.control, (one) => `${one.path} ${one.body}`);
  for (const [what, requests] of keys) {
    if (new Set(requests.map((one) => one.key)).size !== 1)
      problems.push(`${what} was sent with several keys`);
    if (requests.some((one) => one.key === '')) problems.push(`${what} was sent without a key`);
  }
  for (const run of ledger.runs.values()) {
    for (const step of run.steps.filter((one) => one.section === 'mitigation')) {
      const definition = run.playbook.mitigation.find((one) => one.id === step.stepId);
      if (definition?.kind !== 'http') continue;
      const path = definition.request.url.replace(/^.*?(?=\/control\/)/, '');
      const sent = proxy.control.filter((one) => one.path === path).length;
      const allowed = step.attempt === 0 ? 0 : 1 + (ledger.retries.get(step.stepId) ?? 0);
      if (sent > allowed) problems.push(`${step.stepId} was sent ${sent} times, a person allowed ${allowed}`);
      if (step.phase === 'done' && sent === 0) problems.push(`${step.stepId} says done and was never sent`);
    }
  }
  return problems;
}

/** The file itself, after the last stop: every link of every timeline. */
async function checkChain(data: string, ledger: Ledger): Promise<string[]> {
  const { log } = openTestLog({}, data);
  const problems: string[] = [];
  for (const { id, name } of ledger.incidents.values()) {
    const brokenAt = await log.call.verifyTimeline(id);
    if (brokenAt !== null) problems.push(`the timeline of ${name} is broken at entry ${brokenAt}`);
  }
  await log.call.close();
  return problems;
}

interface RunningFleet {
  readonly address: string;
  stop(): void;
}

function startFleet(seed: number): Promise<RunningFleet> {
  return new Promise((resolve, reject) => {
    const child = launchNodeChild(FLEET, ['--port', '0', '--seed', String(seed), '--die-with-stdin']);
    child.onExit((status) => reject(new Error(`The fleet ended with ${status}.`)));
    child.onLine((line) => {
      const { port } = JSON.parse(line) as { port: number };
      resolve({ address: `http://127.0.0.1:${port}`, stop: () => child.stop() });
    });
  });
}

async function breakModel(fleet: string): Promise<void> {
  const answer = await fetch(`${fleet}/control/fault`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'bad-model', service: 'ranking-model', ttlSeconds: 900 }),
  });
  if (!answer.ok) throw new Error(`The fleet refused the fault: ${await answer.text()}`);
}

function copyWorkspace(folder: string, fleet: string): string {
  const workspace = join(folder, 'workspace');
  cpSync(DEMO, workspace, { recursive: true });
  const file = join(workspace, 'midwatch.yaml');
  const text = readFileSync(file, 'utf8').replace(/^ {2}fleet: .*$/m, `  fleet: ${fleet}`);
  writeFileSync(file, text);
  return workspace;
}

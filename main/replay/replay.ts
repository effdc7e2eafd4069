import type { PolicyConfig } from '../../shared/config/policy.ts';
import type { Workspace } from '../../shared/config/workspace.ts';
import { CodedError } from '../../shared/error/coded.ts';
import type { Replay } from '../../shared/model/replay.ts';
import { formatDuration, formatInstant, MINUTE_MS, SECOND_MS } from '../../shared/unit/time.ts';
import type { AlertRule } from '../alert/index.ts';
import type { Clock, Logger } from '../platform/index.ts';
import { type PastGrid, policyNamed } from '../slo/index.ts';
import { DetectorTrack } from './detector-track.ts';
import { ObjectiveTrack } from './objective-track.ts';
import { type ReplaySource, SourceTracks } from './source-tracks.ts';
import { createWorld, type ReplayQuiet, type World } from './world.ts';

/** How far a replay is: up to `at` it has decided; while it reads, `read` of `toRead` of the next stretch. */
export interface ReplayProgress {
  readonly at: number;
  readonly read: number;
  readonly toRead: number;
}

/** What a replay needs: the configuration, its history, and the stretch. */
export interface ReplayInput {
  readonly workspace: Workspace;
  readonly rules: readonly AlertRule[];
  readonly policies: readonly PolicyConfig[];
  /** Throws where there is none of that name. */
  readonly source: (id: string) => ReplaySource;
  readonly quiet: ReplayQuiet;
  readonly fromAt: number;
  readonly toAt: number;
  readonly stepMs: number;
  /** Objectives that are asked for at once. */
  readonly atOnce: number;
  /** The machine's, to let others have their turn; history has a clock of its own. */
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ReplayProgress) => void;
}

/** A stretch that is read at once: bounded memory, and fewer points a query than a source refuses. */
const STRETCH_STEPS = 7_200;
/** Just after news, the wait of a group may end between two steps; all longer times are seen at the next step. */
const TICK_MS = 10 * SECOND_MS;
const LIVELY_MS = MINUTE_MS;
const TURN_MS = 40;

/**
 * Runs the pipeline over history at full speed: every objective, rule and detector at each step, and behind them the same
 * stages that decide live. Steps at which nothing can begin and nothing is under way are passed over. Cancelled, it answers
 * what it did until then.
 */
export async function replay(input: ReplayInput): Promise<Replay> {
  const first = Math.ceil(input.fromAt / input.stepMs) * input.stepMs;
  const steps = Math.max(0, Math.floor((input.toAt - first) / input.stepMs) + 1);
  const grid: PastGrid = { fromAt: first, stepMs: input.stepMs, steps };
  const tracks = tracksOf(input, grid);
  const { workspace, rules, quiet, log } = input;
  const world = await createWorld({
    workspace,
    rules,
    quiet,
    log,
    tracks,
    stepMs: grid.stepMs,
    fromAt: first,
  });
  const runner = new Runner(input, world, [...tracks.values()]);
  const ended = await runner.run(grid);
  world.pipeline.stop();
  return resultOf(input, grid, runner, ended);
}

function tracksOf(input: ReplayInput, grid: PastGrid): Map<string, SourceTracks> {
  const { workspace, rules, policies } = input;
  const ids = [...workspace.objectives, ...rules, ...workspace.detectors].map((one) => one.source);
  return new Map(
    [...new Set(ids)].map((id) => {
      const of = <T extends { readonly source: string }>(all: readonly T[]) =>
        all.filter((one) => one.source === id);
      const source = input.source(id);
      const objectives = of(workspace.objectives).map(
        (one) => new ObjectiveTrack(one, policyNamed(policies, one.policy)),
      );
      const detectors = of(workspace.detectors).map(
        (one) => new DetectorTrack(one, source.detectorStepMs, grid.fromAt),
      );
      return [id, new SourceTracks(id, source, { objectives, rules: of(rules), detectors }, grid)];
    }),
  );
}

/** Why it ended before its time; null where it did not. */
type Ended = string | null;

class Runner {
  doneSteps = 0;
  readonly world: World;
  readonly tracks: readonly SourceTracks[];
  private readonly input: ReplayInput;
  private turnAt: number;

  constructor(input: ReplayInput, world: World, tracks: readonly SourceTracks[]) {
    this.input = input;
    this.world = world;
    this.tracks = tracks;
    this.turnAt = input.clock.monotonic();
  }

  async run(grid: PastGrid): Promise<Ended> {
    try {
      for (const one of this.tracks) await one.look(this.input.fromAt, this.input.toAt);
      for (let from = 0; from < grid.steps; from += STRETCH_STEPS) {
        const steps = Math.min(STRETCH_STEPS, grid.steps - from);
        const stretch = { fromAt: grid.fromAt + from * grid.stepMs, stepMs: grid.stepMs, steps };
        await this.read(stretch);
        for (let step = 0; step < steps; step += 1) {
          await this.step(stretch, step);
          this.doneSteps += 1;
        }
      }
      return null;
    } catch (thrown) {
      const isEnd =
        thrown instanceof CodedError &&
        (thrown.code === 'replay-cancelled' || (thrown.code === 'replay-source' && this.doneSteps > 0));
      if (isEnd) return thrown.message;
      throw thrown;
    }
  }

  private async read(stretch: PastGrid): Promise<void> {
    const { workspace, rules, atOnce, onProgress } = this.input;
    const toRead = workspace.objectives.length + rules.length;
    let read = 0;
    const onRead = async () => {
      read += 1;
      onProgress({ at: stretch.fromAt, read, toRead });
      await this.turn();
    };
    for (const one of this.tracks) await one.load(stretch, onRead, atOnce);
  }

  private async step(stretch: PastGrid, step: number): Promise<void> {
    const at = stretch.fromAt + step * stretch.stepMs;
    await this.detectorsUntil(at, stretch.fromAt);
    const active = this.world.active();
    let polled = false;
    for (const one of this.tracks) {
      one.follow(active.rules);
      if (one.isUnwatched(step)) {
        one.unwatchedSteps += 1;
        continue;
      }
      if (!one.isDue(step) && !active.ofSource && one.detectorStatuses(at).length === 0) continue;
      await this.poll(one, at);
      polled = true;
    }
    if (!polled && active.rules.size > 0) {
      await this.advance(at);
      await this.world.pipeline.tick();
    }
    if (step % 500 === 0) this.input.onProgress({ at, read: 0, toRead: 0 });
    await this.turn();
  }

  /** Judges all detectors up to the step, in the order of their instants. */
  private async detectorsUntil(at: number, fromAt: number): Promise<void> {
    for (;;) {
      const dueAt = Math.min(...this.tracks.map((one) => one.detectorDueAt));
      if (dueAt > at) return;
      for (const one of this.tracks) {
        const isNews = await one.judge(dueAt);
        // Before its beginning it only warms up, and what falls on a step is said with all else of it.
        if (isNews && dueAt >= fromAt && dueAt < at) await this.poll(one, dueAt);
      }
      await this.turn();
    }
  }

  private async poll(source: SourceTracks, at: number): Promise<void> {
    await this.advance(at);
    await this.world.pipeline.polled({ sourceId: source.id, at });
    const { rules } = this.world.active();
    for (const one of this.tracks) one.follow(rules);
  }

  private async advance(at: number): Promise<void> {
    const { clock, recorder, pipeline } = this.world;
    while (clock.now() + TICK_MS < at && clock.now() - recorder.lastNewsAt < LIVELY_MS) {
      await clock.advance(TICK_MS);
      await pipeline.tick();
    }
    if (clock.now() < at) await clock.advanceTo(at);
  }

  /** Others have their turn now and then: a person who cancels must be heard. */
  private async turn(): Promise<void> {
    const { clock, signal } = this.input;
    if (signal.aborted) throw new CodedError('replay-cancelled', 'The replay was cancelled.');
    if (clock.monotonic() - this.turnAt < TURN_MS) return;
    await new Promise<void>((resolve) => void clock.setTimeout(resolve, 0));
    this.turnAt = clock.monotonic();
    if (signal.aborted) throw new CodedError('replay-cancelled', 'The replay was cancelled.');
  }
}

function resultOf(input: ReplayInput, grid: PastGrid, runner: Runner, ended: Ended): Replay {
  const { recorder } = runner.world;
  const { doneSteps, tracks } = runner;
  const toAt = doneSteps === grid.steps ? input.toAt : grid.fromAt + doneSteps * grid.stepMs;
  const perStep = input.workspace.objectives.length + input.rules.length;
  const judged = tracks.reduce((sum, one) => sum + one.detectorEvaluations, 0);
  return {
    fromAt: input.fromAt,
    toAt,
    wantedToAt: input.toAt,
    stepMs: grid.stepMs,
    evaluations: doneSteps * perStep + judged,
    alerts: recorder.alerts,
    notices: recorder.notices,
    pagesPerDay: recorder.pagesPerDay(toAt - input.fromAt),
    notes: notesOf(runner, grid, toAt, ended),
  };
}

function notesOf({ tracks, world, doneSteps }: Runner, grid: PastGrid, toAt: number, ended: Ended): string[] {
  const notes: string[] = [];
  if (ended !== null) notes.push(`It ended before its time, at ${formatInstant(toAt)}: ${ended}`);
  for (const one of tracks)
    if (one.unwatchedSteps > 0)
      notes.push(
        `${one.id}: nothing of it is there for ${formatDuration(one.unwatchedSteps * grid.stepMs)}, and nothing is said of that time.`,
      );
  for (const { id, known } of tracks.flatMap((one) => one.gaps(doneSteps))) {
    if (known === 0) notes.push(`${id}: no data, so nothing is known about it.`);
    else if (known < 0.995) notes.push(`${id}: data for ${Math.floor(known * 100)} % of the time.`);
  }
  if (world.recorder.overflow > 0)
    notes.push(`${world.recorder.overflow} more alerts and messages are counted, not listed.`);
  return notes;
}

import type { DetectorStatus } from '../../shared/model/detector.ts';
import type { QueryTarget } from '../../shared/model/metric.ts';
import type { ObjectiveStatus } from '../../shared/model/objective.ts';
import type { AlertRule } from '../alert/index.ts';
import type { PastGrid } from '../slo/index.ts';
import type { MetricReader } from '../store/index.ts';
import type { DetectorTrack } from './detector-track.ts';
import type { ObjectiveTrack } from './objective-track.ts';
import { createReadAhead, type ReadAhead } from './read-ahead.ts';
import { RuleTracks } from './rule-tracks.ts';

/** Where the history of one source comes from. */
export interface ReplaySource {
  /** For rules, detectors and the search for a reason of missing data. */
  readonly target: QueryTarget;
  /** The same as objectives count it. */
  readonly objectiveTarget: QueryTarget;
  /** Its samples themselves, where they are at hand. */
  readonly reader: MetricReader | null;
  /** The distance of its detectors' points, as live. */
  readonly detectorStepMs: number;
}

export interface TracksOf {
  readonly objectives: readonly ObjectiveTrack[];
  readonly rules: readonly AlertRule[];
  readonly detectors: readonly DetectorTrack[];
}

const DOWN = 'up == 0';
const SEEN = 'count(up)';

/** All that rests on one source, on its way through history. */
export class SourceTracks {
  readonly id: string;
  readonly detectorStepMs: number;
  readonly target: ReadAhead;
  readonly ruleTarget: ReadAhead;
  /** Steps at which nothing of the source was there. */
  unwatchedSteps = 0;
  private readonly source: ReplaySource;
  private readonly objectives: ReadonlyMap<string, ObjectiveTrack>;
  private readonly detectors: ReadonlyMap<string, DetectorTrack>;
  private readonly rules: RuleTracks;
  private grid: PastGrid = { fromAt: 0, stepMs: 1, steps: 0 };
  private down = new Uint8Array(0);
  private seen: Uint8Array | null = null;
  private hasUp: boolean | null = null;
  private active: ReadonlySet<string> = new Set();
  private judgedAt = new Map<string, { readonly at: number; readonly anomalous: boolean }>();

  constructor(id: string, source: ReplaySource, of: TracksOf, grid: PastGrid) {
    this.id = id;
    this.source = source;
    this.detectorStepMs = source.detectorStepMs;
    this.objectives = new Map(of.objectives.map((one) => [one.objective.id, one]));
    this.detectors = new Map(of.detectors.map((one) => [one.id, one]));
    this.rules = new RuleTracks(of.rules);
    const endAt = grid.fromAt + (grid.steps - 1) * grid.stepMs;
    const fineMs = of.detectors.length > 0 ? Math.min(grid.stepMs, source.detectorStepMs) : grid.stepMs;
    this.target = createReadAhead(source.target, fineMs, endAt);
    this.ruleTarget = createReadAhead(source.target, grid.stepMs, endAt);
  }

  /** Whether the source has the word of its targets at all, anywhere in the whole stretch. */
  async look(fromAt: number, toAt: number): Promise<void> {
    const stepMs = Math.max(1, Math.ceil((toAt - fromAt) / 1_000));
    const found = await this.source.target.range(SEEN, { fromAt, toAt, stepMs });
    this.hasUp = found.ok && found.value.length > 0;
  }

  /** Reads a stretch; `onRead` is called after each objective and rule. */
  async load(grid: PastGrid, onRead: () => Promise<void>, atOnce: number): Promise<void> {
    this.grid = grid;
    const toAt = grid.fromAt + (grid.steps - 1) * grid.stepMs;
    const window = { fromAt: grid.fromAt, toAt, stepMs: grid.stepMs };
    this.down = marked(await this.source.target.range(DOWN, window), grid);
    this.seen = this.hasUp ? marked(await this.source.target.range(SEEN, window), grid) : null;
    const counts = { target: this.source.objectiveTarget, reader: this.source.reader };
    const waiting = [...this.objectives.values()];
    const work = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        await next.load(grid, counts);
        await onRead();
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    await this.rules.load(grid, this.ruleTarget, () => void onRead());
    for (const one of this.detectors.values()) one.load(toAt, this.source.target);
  }

  /** Which alerts there are; what has one is evaluated at each step. */
  follow(active: ReadonlySet<string>): void {
    this.active = active;
  }

  /** Detectors judge at their own distance: the next instant of any of them. */
  get detectorDueAt(): number {
    let due = Number.POSITIVE_INFINITY;
    for (const one of this.detectors.values()) due = Math.min(due, one.dueAt);
    return due;
  }

  /** Judges what is due at that instant; true where the pipeline must hear of it. */
  async judge(at: number): Promise<boolean> {
    let isNews = false;
    for (const one of this.detectors.values()) {
      if (one.dueAt !== at) continue;
      const anomalous = await one.step();
      this.judgedAt.set(one.id, { at, anomalous });
      isNews ||= anomalous || this.active.has(one.id);
    }
    return isNews;
  }

  /** Nothing of the source is there: nobody could have watched it, and nothing is said. */
  isUnwatched(step: number): boolean {
    if (this.seen) return this.seen[step] !== 1;
    const tracks = [...this.objectives.values()];
    return tracks.length > 0 && tracks.every((one) => !one.isKnown(step));
  }

  /** Whether anything may begin, or has an alert that may move, at the step. */
  isDue(step: number): boolean {
    if (this.down[step] === 1 || this.rules.needsChanges || this.rules.mayAlert(step)) return true;
    for (const [id, one] of this.objectives) if (one.isDue(step, this.active.has(id))) return true;
    return this.rules.at(step, this.active).length > 0;
  }

  objective(id: string): ObjectiveTrack | undefined {
    return this.objectives.get(id);
  }

  detector(id: string): DetectorTrack | undefined {
    return this.detectors.get(id);
  }

  /** Statuses of those objectives that may say something; of all while a target is down, which may blind them. */
  statuses(at: number): ObjectiveStatus[] {
    const step = this.stepOf(at);
    if (step === null) return [];
    const all = this.down[step] === 1;
    return [...this.objectives].flatMap(([id, one]) =>
      all || one.isDue(step, this.active.has(id)) ? [one.status(step)] : [],
    );
  }

  detectorStatuses(at: number): DetectorStatus[] {
    return [...this.detectors.values()].flatMap((one) => {
      const judged = this.judgedAt.get(one.id);
      const isNews = judged?.at === at && (judged.anomalous || this.active.has(one.id));
      return isNews ? [one.status(at)] : [];
    });
  }

  rulesAt(at: number): AlertRule[] {
    const step = this.stepOf(at);
    return step === null ? [] : this.rules.at(step, this.active);
  }

  /** Objectives without any data, and those with some only. */
  gaps(steps: number): { readonly id: string; readonly known: number }[] {
    return [...this.objectives].map(([id, one]) => ({ id, known: one.knownSteps / Math.max(1, steps) }));
  }

  get detectorEvaluations(): number {
    return [...this.detectors.values()].reduce((sum, one) => sum + one.evaluations, 0);
  }

  /** Null between two steps, where only detectors are judged. */
  private stepOf(at: number): number | null {
    const step = (at - this.grid.fromAt) / this.grid.stepMs;
    return Number.isInteger(step) ? step : null;
  }
}

function marked(answer: Awaited<ReturnType<QueryTarget['range']>>, grid: PastGrid): Uint8Array<ArrayBuffer> {
  const marks = new Uint8Array(grid.steps);
  for (const { times } of answer.ok ? answer.value : [])
    for (const at of times) marks[Math.round((at - grid.fromAt) / grid.stepMs)] = 1;
  return marks;
}

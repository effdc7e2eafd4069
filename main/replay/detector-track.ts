import { CodedError } from '../../shared/error/coded.ts';
import type { Detector, DetectorStatus } from '../../shared/model/detector.ts';
import type { QueryTarget } from '../../shared/model/metric.ts';
import { PastDetector } from '../detect/index.ts';

type Points =
  Awaited<ReturnType<PastDetector['read']>> extends infer Answer
    ? Answer extends { ok: true; value: infer Value }
      ? Value
      : never
    : never;

/** Points of one query that a source answers at once. */
const POINTS_A_QUERY = 10_000;

/** One detector on its way through history, at the distance of its own points. */
export class DetectorTrack {
  readonly past: PastDetector;
  /** Why it could not be asked in this stretch; null where it could. */
  private problem: string | null = null;
  private points: Points = [];
  private places = new Uint32Array(0);
  private nextAt: number;
  private readTo = Number.NEGATIVE_INFINITY;
  private toAt = Number.NEGATIVE_INFINITY;
  private target: QueryTarget | null = null;
  private isAnomalous = false;
  evaluations = 0;

  constructor(detector: Detector, stepMs: number, fromAt: number) {
    this.past = new PastDetector(detector, stepMs);
    this.nextAt = Math.ceil((fromAt - this.past.warmUpMs) / stepMs) * stepMs;
  }

  get id(): string {
    return this.past.detector.id;
  }

  /** The instant of its next point. */
  get dueAt(): number {
    return this.nextAt;
  }

  load(toAt: number, target: QueryTarget): void {
    this.toAt = toAt;
    this.target = target;
  }

  /** Judges the points of its next instant; true where a series is anomalous. */
  async step(): Promise<boolean> {
    const at = this.nextAt;
    if (at > this.readTo) await this.read(at);
    this.nextAt += this.past.stepMs;
    this.evaluations += 1;
    this.isAnomalous = this.past.step(at, this.points, this.places);
    return this.isAnomalous;
  }

  status(at: number): DetectorStatus {
    if (this.problem === null) return this.past.status(at);
    return {
      detector: this.past.detector,
      state: 'blind',
      reason: this.problem,
      evaluatedAt: at,
      verdicts: [],
    };
  }

  private async read(at: number): Promise<void> {
    const { stepMs } = this.past;
    if (!this.target) throw new CodedError('replay-order', 'A detector was asked before it had a source.');
    this.readTo = Math.max(at, Math.min(this.toAt, at + (POINTS_A_QUERY - 1) * stepMs));
    const read = await this.past.read(this.target, { fromAt: at, toAt: this.readTo, stepMs });
    this.problem = read.ok ? null : read.error.message;
    this.points = read.ok ? read.value : [];
    this.places = new Uint32Array(this.points.length);
  }
}

import { ok, type Result } from '../../shared/error/result.ts';
import type { Detector, DetectorStatus } from '../../shared/model/detector.ts';
import type { QueryError, QueryTarget, RangeWindow } from '../../shared/model/metric.ts';
import type { Observation } from '../../shared/model/observation.ts';
import { HOUR_MS } from '../../shared/unit/time.ts';
import { type KeyedSeries, keyed, SERIES_PER_DETECTOR, warmUpMs } from './ask.ts';
import {
  describeZscore,
  type JudgedPoint,
  startZscore,
  stepZscore,
  type ZscoreState,
} from './detector/index.ts';
import { createMemory, type DetectorMemory } from './memory.ts';
import { observeDetector } from './observe.ts';
import { judgedStatus } from './status.ts';

/** A series that has not been seen for this long is forgotten, as the worker does. */
const FORGET_AFTER_MS = HOUR_MS;

interface Judged {
  readonly series: KeyedSeries;
  readonly point: JudgedPoint | null;
}

/**
 * One detector over history: each point by the very step that judges live ones, and words only where somebody reads
 * them. A start needs the points before it, `warmUpMs` of them, as a live one asks for.
 */
export class PastDetector {
  readonly detector: Detector;
  readonly stepMs: number;
  private readonly memory: DetectorMemory;
  private readonly states = new Map<string, { state: ZscoreState; seenAt: number }>();
  private judged: readonly Judged[] = [];
  private cut = 0;

  constructor(detector: Detector, stepMs: number) {
    this.detector = detector;
    this.stepMs = stepMs;
    this.memory = createMemory(stepMs).of(detector);
  }

  get warmUpMs(): number {
    return warmUpMs(this.detector, this.stepMs);
  }

  /** The points of a stretch, by series. */
  async read(target: QueryTarget, window: RangeWindow): Promise<Result<readonly KeyedSeries[], QueryError>> {
    const answer = await target.range(this.detector.query, window);
    return answer.ok ? ok(answer.value.map(keyed)) : answer;
  }

  /** Judges the points of one instant, `places[i]` being the next one of `series[i]`; true where one is anomalous. */
  step(at: number, series: readonly KeyedSeries[], places: Uint32Array): boolean {
    const judged: Judged[] = [];
    let anomalous = false;
    this.cut = 0;
    series.forEach((one, index) => {
      const place = places[index] ?? 0;
      if (one.times[place] !== at) return;
      places[index] = place + 1;
      const value = one.values[place] ?? Number.NaN;
      if (!Number.isFinite(value)) return;
      if (!this.states.has(one.key) && this.states.size >= SERIES_PER_DETECTOR) {
        this.cut += 1;
        return;
      }
      const point = this.judge(one.key, at, value);
      anomalous ||= point?.anomalous === true;
      judged.push({ series: one, point });
    });
    this.judged = judged;
    this.memory.saw(
      judged.map((one) => one.series),
      at,
    );
    return anomalous;
  }

  /** Of the last step. */
  status(at: number): DetectorStatus {
    const { detector, judged } = this;
    const verdicts = judged.map(({ point }) => point && describeZscore(point, detector));
    const answer = { id: detector.id, verdicts, refused: 0 };
    return judgedStatus(
      detector,
      judged.map((one) => one.series),
      answer,
      this.cut,
      at,
    );
  }

  observe(status: DetectorStatus): Observation[] {
    return observeDetector(status, this.memory.known, this.stepMs);
  }

  private judge(key: string, at: number, value: number): JudgedPoint | null {
    const known = this.states.get(key);
    const isOld = known !== undefined && at - known.seenAt > FORGET_AFTER_MS;
    const before = known && !isOld ? known.state : startZscore(this.detector);
    const { state, point } = stepZscore(before, this.detector, at, value);
    if (known) {
      known.state = state;
      known.seenAt = at;
    } else this.states.set(key, { state, seenAt: at });
    if (this.states.size >= SERIES_PER_DETECTOR) this.forget(at);
    return point;
  }

  private forget(at: number): void {
    for (const [key, one] of this.states) if (at - one.seenAt > FORGET_AFTER_MS) this.states.delete(key);
  }
}

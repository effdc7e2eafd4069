import { messageOf } from '../../shared/error/coded.ts';
import type { Detector, DetectorStatus } from '../../shared/model/detector.ts';
import type { QueryTarget } from '../../shared/model/metric.ts';
import type { Observation } from '../../shared/model/observation.ts';
import type { Logger, WorkerHandle } from '../platform/index.ts';
import { askHistory, askNow, type KeyedSeries, packPoints, SERIES_PER_DETECTOR } from './ask.ts';
import type { DetectApi, DetectorAnswer, DetectorPoints } from './detect-api.ts';
import { createMemory, type DetectorMemory } from './memory.ts';
import { observeDetector } from './observe.ts';
import { blindStatus, judgedStatus } from './status.ts';

export interface DetectionOptions {
  readonly worker: WorkerHandle<DetectApi>;
  readonly log: Logger;
  /**
   * The distance of a detector's points. Polls in between judge nothing: a source scraped every 15 s answers the same
   * value to fifteen polls of a second, and a baseline of repetitions has no spread.
   */
  readonly stepMs: number;
}

/** The stage of detectors: asks, has the worker judge, and says what the alert pipeline needs to know. */
export interface Detection {
  evaluate(detectors: readonly Detector[], target: QueryTarget, at: number): Promise<DetectorStatus[]>;
  /** One observation a series; where nothing could be judged, one for each series that is known. */
  observe(status: DetectorStatus): Observation[];
  /** Forgets the detectors that are not named: after a reload. */
  retain(ids: ReadonlySet<string>): void;
}

/** Queries under way at once: a backend is not ours alone. */
const QUERIES_AT_ONCE = 4;

interface Asked {
  readonly detector: Detector;
  readonly memory: DetectorMemory;
  /** A status that is settled without the worker: not due, or blind. */
  readonly settled: DetectorStatus | null;
  readonly now: readonly KeyedSeries[];
  /** Null where the worker knows the series already. */
  readonly history: readonly KeyedSeries[] | null;
  readonly cut: number;
}

export function createDetection(options: DetectionOptions): Detection {
  const { worker, log, stepMs } = options;
  const memories = createMemory(stepMs);
  // The states died with the thread: whatever it says next must be warmed up first.
  worker.onChange((health) => {
    if (health.condition !== 'ok') memories.forgetFed();
  });

  return {
    async evaluate(detectors, target, at) {
      const asked: Asked[] = [];
      for (let from = 0; from < detectors.length; from += QUERIES_AT_ONCE) {
        const some = detectors.slice(from, from + QUERIES_AT_ONCE);
        asked.push(...(await Promise.all(some.map((one) => ask(one, memories.of(one), target, at, stepMs)))));
      }
      const due = asked.filter((one) => one.settled === null);
      try {
        const answers = due.length === 0 ? [] : await worker.call.judge(due.flatMap(packAsked), at);
        const statuses = asked.map((one) => one.settled ?? settle(one, answers, at));
        asked.forEach((one, index) => {
          one.memory.status = statuses[index] ?? null;
        });
        return statuses;
      } catch (thrown) {
        log.error({ problem: messageOf(thrown) }, 'detectors were not judged');
        memories.forgetFed();
        const reason = `${messageOf(thrown)} No verdict was made at this poll; the detector warms up again.`;
        return asked.map((one) => one.settled ?? blindStatus(one.detector, reason, at));
      }
    },
    observe: (status) => observeDetector(status, memories.of(status.detector).known, stepMs),
    retain(ids) {
      memories.retain(ids);
      // One that rests has nothing to forget.
      if (worker.health().condition === 'resting') return;
      worker.call.retain([...ids]).catch((thrown: unknown) => {
        log.warn({ problem: messageOf(thrown) }, 'the detect worker was down; it has forgotten everything');
      });
    },
  };
}

async function ask(
  detector: Detector,
  memory: DetectorMemory,
  target: QueryTarget,
  at: number,
  stepMs: number,
): Promise<Asked> {
  const nothing = { detector, memory, now: [], history: null, cut: 0 };
  if (memory.status && memory.isFresh(at)) return { ...nothing, settled: memory.status };
  const now = await askNow(detector, target, at);
  if (!now.ok) return { ...nothing, settled: blindStatus(detector, now.error.message, at) };
  const kept = withinLimit(now.value, memory);
  const cut = now.value.length - kept.length;
  if (memory.isWarm(at)) return { detector, memory, settled: null, now: kept, history: null, cut };
  const history = await askHistory(detector, target, at, stepMs);
  if (!history.ok) return { ...nothing, settled: blindStatus(detector, history.error.message, at) };
  return { detector, memory, settled: null, now: kept, history: withinLimit(history.value, memory), cut };
}

/** Those that are watched already come first: a burst of new labels must not push them out. */
function withinLimit(series: readonly KeyedSeries[], memory: DetectorMemory): readonly KeyedSeries[] {
  if (series.length <= SERIES_PER_DETECTOR) return series;
  const known = series.filter((one) => memory.known.has(one.key));
  const others = series.filter((one) => !memory.known.has(one.key));
  return [...known, ...others].slice(0, SERIES_PER_DETECTOR);
}

/** The history, where it is needed, goes before the points of now, in one call. */
function packAsked(asked: Asked): DetectorPoints[] {
  const now = packPoints(asked.detector, asked.now, false);
  return asked.history === null ? [now] : [packPoints(asked.detector, asked.history, true), now];
}

function settle(asked: Asked, answers: readonly DetectorAnswer[], at: number): DetectorStatus {
  const answer = answers.findLast((one) => one.id === asked.detector.id);
  asked.memory.fedAt = at;
  asked.memory.saw(asked.now, at);
  return judgedStatus(asked.detector, asked.now, answer, asked.cut, at);
}

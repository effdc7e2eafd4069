import type { Detector } from '../../shared/model/detector.ts';
import type { QueryTarget } from '../../shared/model/metric.ts';
import type { SourceStatus } from '../../shared/model/source.ts';
import type { DetectorPastAnswer, QueryPart } from '../api/index.ts';
import { createDetection, type DetectApi, type Detection, detectorPast } from '../detect/index.ts';
import type { Logger, WorkerHandle } from '../platform/index.ts';
import { sameExpression } from '../query/index.ts';

const STEP_MS = 5_000;
/** So many detectors of one expression are asked for their bounds; a chart with more of them shows nothing. */
const DETECTORS_MAX = 4;
const TIMEOUT_MS = 15_000;

/** How far apart the points of a source's detectors are; milliseconds. */
export type DetectorStep = (sourceId: string) => number;

/**
 * Detectors judge at the distance of their source's polls, 5 s at least: a source that is polled each 15 s would answer
 * the same value three times, and a baseline of repetitions has no spread.
 */
export function detectorStep(
  sources: () => readonly Pick<SourceStatus, 'id' | 'pollEveryMs'>[],
): DetectorStep {
  return (sourceId) => Math.max(STEP_MS, sources().find((one) => one.id === sourceId)?.pollEveryMs ?? 0);
}

export interface DetectingDeps {
  readonly worker: WorkerHandle<DetectApi>;
  readonly log: Logger;
  readonly stepMs: DetectorStep;
}

export function detectionBySource({ worker, log, stepMs }: DetectingDeps): Detection {
  const made = new Map<number, Detection>();
  const of = (sourceId: string) => {
    const step = stepMs(sourceId);
    const known = made.get(step) ?? createDetection({ worker, log, stepMs: step });
    made.set(step, known);
    return known;
  };
  return {
    async evaluate(detectors, target, at) {
      const [first] = detectors;
      return first ? of(first.source).evaluate(detectors, target, at) : [];
    },
    observe: (status) => of(status.detector.source).observe(status),
    retain(ids) {
      for (const one of made.values()) one.retain(ids);
    },
  };
}

export interface PastDeps {
  readonly worker: WorkerHandle<DetectApi>;
  readonly stepMs: DetectorStep;
  readonly detectors: () => readonly Detector[];
  readonly target: (sourceId: string) => QueryTarget | undefined;
}

/** The bounds of the detectors that watch exactly what is asked, over a stretch of the past. */
export function detectorPastOf({ worker, stepMs, detectors, target }: PastDeps): QueryPart['past'] {
  return async ({ source, expression, fromAt, toAt }, signal) => {
    const fitting = detectors().filter(
      (one) => one.source === source && sameExpression(one.query, expression),
    );
    const asked = target(source);
    if (!asked) return [];
    return Promise.all(
      fitting.slice(0, DETECTORS_MAX).map(async (detector): Promise<DetectorPastAnswer> => {
        const question = { detector, target: asked, worker, stepMs: stepMs(source) };
        const options = { timeoutMs: TIMEOUT_MS, ...(signal ? { signal } : {}) };
        const answer = await detectorPast(question, { fromAt, toAt }, options);
        return answer.ok
          ? { detector, series: answer.value, problem: null }
          : { detector, series: [], problem: answer.error.message };
      }),
    );
  };
}

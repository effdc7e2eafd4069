/**
 * Detectors: each query's points are judged by a streaming algorithm in a worker that keeps the state of every series.
 * A start, a gap and a worker's death are followed by a warm-up from history; until then there is no verdict, and it is said.
 * Each series' verdict goes on as an observation for the alert pipeline; a moving z-score alone never pages.
 */
export { createDetectApi, type DetectApi } from './detect-api.ts';
export { createDetection, type Detection } from './detection.ts';
export {
  describeZscore,
  startZscore,
  stepZscore,
  type ZscoreConfig,
  type ZscoreState,
} from './detector/index.ts';
export { detectorPast, type ExpectedSeries } from './past.ts';
export { PastDetector } from './past-detector.ts';
export { startingStatus } from './status.ts';

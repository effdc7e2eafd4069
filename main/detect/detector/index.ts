/**
 * The detectors, pure and streaming: one algorithm a file, each a step from a state and a point to a verdict.
 * A verdict uses its point and earlier ones alone, so live, in scenarios and over history it is the same.
 * States are plain data; who keeps them, and of how many series, is decided outside.
 */
export {
  describeZscore,
  type JudgedPoint,
  type PointVerdict,
  startZscore,
  stepZscore,
  type ZscoreConfig,
  type ZscoreState,
} from './zscore.ts';

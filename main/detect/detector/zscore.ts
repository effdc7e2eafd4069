import type { DetectorVerdict } from '../../../shared/model/detector.ts';
import { formatSignificant } from '../../../shared/unit/number.ts';
import { sampleMoments } from '../../statistics/index.ts';

/** What the moving z-score is told: points in the baseline, the threshold on |z|, persistence, and when a level is new. */
export interface ZscoreConfig {
  readonly window: number;
  readonly threshold: number;
  readonly persistence: { readonly flagged: number; readonly of: number };
  readonly rebaseAfter: number;
  readonly unit: string;
}

/** All that the detector remembers of a series; plain data, so that it can be kept and sent. */
export interface ZscoreState {
  /** The last unflagged points, at most `window`. */
  readonly baseline: readonly number[];
  /** Points the baseline must have before a point is judged. */
  readonly needed: number;
  /** The flagged points in a row up to now. */
  readonly run: readonly number[];
  /** Whether the last points were flagged, at most `persistence.of`. */
  readonly recent: readonly boolean[];
  readonly lastAt: number | null;
}

/** A verdict without the labels, which the detector does not know. */
export type PointVerdict = Omit<DetectorVerdict, 'labels'>;

/** A verdict in numbers, with what its reason is made of: words cost more than the judging, and only the last are read. */
export interface JudgedPoint extends Omit<PointVerdict, 'reason'> {
  readonly flaggedOf: { readonly flagged: number; readonly of: number };
  /** Points that the baseline had, and that it needed. */
  readonly points: number;
  readonly needed: number;
}

/** Stands for an infinite score: the baseline had no spread at all. */
const INFINITE_SCORE = -1;

export function startZscore(config: ZscoreConfig): ZscoreState {
  return { baseline: [], needed: config.window, run: [], recent: [], lastAt: null };
}

/**
 * Judges one point by the points before it alone. The baseline leaves out the point itself (with it inside, |z| could
 * never exceed (n − 1) / √n, 4.25 of 20) and flagged points, until `rebaseAfter` of them in a row are the new level.
 * A point that is not a number, or not later than the last, changes nothing and has no verdict.
 * Source of the bound: Shiffler, "Maximum Z scores and outliers", The American Statistician 42, 1988.
 */
export function stepZscore(
  state: ZscoreState,
  config: ZscoreConfig,
  at: number,
  value: number,
): { state: ZscoreState; point: JudgedPoint | null } {
  if (!Number.isFinite(value) || (state.lastAt !== null && at <= state.lastAt)) return { state, point: null };
  const moments = state.baseline.length >= state.needed ? sampleMoments(state.baseline) : null;
  if (!moments) return warmUp(state, config, at, value);

  const { mean, deviation } = moments;
  const distance = Math.abs(value - mean);
  const constant = deviation === 0;
  const flagged = constant ? value !== mean : distance > config.threshold * deviation;
  const recent = [...state.recent, flagged].slice(-config.persistence.of);
  const count = recent.filter(Boolean).length;
  const run = flagged ? [...state.run, value] : [];
  const levelChange = run.length >= config.rebaseAfter;
  const point: JudgedPoint = {
    at,
    actual: value,
    expected: mean,
    lower: mean - config.threshold * deviation,
    upper: mean + config.threshold * deviation,
    score: constant ? (flagged ? INFINITE_SCORE : 0) : distance / deviation,
    flagged,
    anomalous: count >= config.persistence.flagged,
    levelChange,
    flaggedOf: { flagged: count, of: recent.length },
    points: moments.count,
    needed: state.needed,
  };
  return { state: next(state, config, at, value, { flagged, run, recent }), point };
}

/** What is remembered after a judged point: a new level replaces all, an unflagged point moves the baseline on. */
function next(
  state: ZscoreState,
  config: ZscoreConfig,
  at: number,
  value: number,
  seen: { flagged: boolean; run: readonly number[]; recent: readonly boolean[] },
): ZscoreState {
  if (seen.run.length >= config.rebaseAfter) {
    return {
      baseline: seen.run.slice(-config.window),
      // Two points are the least that have a spread.
      needed: Math.max(2, Math.min(config.window, config.rebaseAfter)),
      run: [],
      recent: [],
      lastAt: at,
    };
  }
  const baseline = seen.flagged ? state.baseline : [...state.baseline, value].slice(-config.window);
  return { baseline, needed: state.needed, run: seen.run, recent: seen.recent, lastAt: at };
}

function warmUp(
  state: ZscoreState,
  config: ZscoreConfig,
  at: number,
  value: number,
): { state: ZscoreState; point: JudgedPoint } {
  const baseline = [...state.baseline, value].slice(-config.window);
  return {
    state: { ...state, baseline, lastAt: at },
    point: {
      at,
      actual: value,
      expected: null,
      lower: null,
      upper: null,
      score: null,
      flagged: false,
      anomalous: false,
      levelChange: false,
      flaggedOf: { flagged: 0, of: 0 },
      points: state.baseline.length,
      needed: state.needed,
    },
  };
}

/** The verdict with its reason in numbers. */
export function describeZscore(point: JudgedPoint, config: ZscoreConfig): PointVerdict {
  const { flaggedOf: _flaggedOf, points: _points, needed: _needed, ...verdict } = point;
  return { ...verdict, reason: reasonOf(point, config) };
}

function reasonOf(point: JudgedPoint, config: ZscoreConfig): string {
  const { points } = point;
  if (point.score === null) {
    return `Warming up: ${points} of the ${point.needed} points before it are known; nothing is judged yet.`;
  }
  const number = (value: number | null) => formatSignificant(value ?? Number.NaN, 4);
  const unit = config.unit === '' ? '' : ` ${config.unit}`;
  const { flagged, of } = point.flaggedOf;
  const persistence = `flagged ${flagged} of the last ${of}, needs ${config.persistence.flagged} of ${config.persistence.of}`;
  const level = point.levelChange
    ? `; level change: ${config.rebaseAfter} flagged in a row are the new baseline`
    : '';
  if (point.lower === point.upper) {
    const what = point.flagged
      ? `constant until now at ${number(point.expected)}${unit}`
      : `constant over ${points} points`;
    return `${number(point.actual)}${unit}; ${what}; ${persistence}${level}`;
  }
  return `${number(point.actual)}${unit}; expected ${number(point.expected)}, between ${number(point.lower)} and ${number(point.upper)} from ${points} points; |z| ${formatSignificant(point.score ?? Number.NaN)}, threshold ${formatSignificant(config.threshold)}; ${persistence}${level}`;
}

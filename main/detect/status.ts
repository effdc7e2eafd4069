import type { Detector, DetectorStatus, DetectorVerdict } from '../../shared/model/detector.ts';
import type { KeyedSeries } from './ask.ts';
import type { DetectorAnswer } from './detect-api.ts';

/** The status of a detector whose points were judged. */
export function judgedStatus(
  detector: Detector,
  series: readonly KeyedSeries[],
  answer: DetectorAnswer | undefined,
  cut: number,
  at: number,
): DetectorStatus {
  const verdicts = series.flatMap(({ labels }, index): DetectorVerdict[] => {
    const verdict = answer?.verdicts[index];
    return verdict ? [{ ...verdict, labels }] : [];
  });
  const unwatched = cut + (answer?.refused ?? 0);
  const limit =
    unwatched === 0
      ? ''
      : ` ${unwatched} more series are not watched: they are over the limit. Aggregate the query by fewer labels.`;
  const state = stateOf(series, verdicts);
  return {
    detector,
    state,
    reason: reasonOf(state, verdicts, series.length) + limit,
    evaluatedAt: at,
    verdicts,
  };
}

function stateOf(
  series: readonly KeyedSeries[],
  verdicts: readonly DetectorVerdict[],
): DetectorStatus['state'] {
  if (series.length === 0) return 'no-data';
  if (verdicts.length === 0) return 'blind';
  if (verdicts.some((verdict) => verdict.anomalous)) return 'anomalous';
  return verdicts.every((verdict) => verdict.score === null) ? 'warming' : 'ok';
}

function reasonOf(
  state: DetectorStatus['state'],
  verdicts: readonly DetectorVerdict[],
  series: number,
): string {
  if (state === 'no-data')
    return 'No data: the query answered no number, so nothing is known about this metric.';
  if (state === 'blind') return 'None of the series that answered is watched, so there is no verdict.';
  const anomalous = verdicts.filter((verdict) => verdict.anomalous);
  const first = anomalous[0] ?? verdicts[0];
  const warming = verdicts.filter((verdict) => verdict.score === null).length;
  if (series === 1) return first?.reason ?? '';
  if (first && anomalous.length > 0)
    return `${anomalous.length} of ${series} series are anomalous; the first: ${first.reason}.`;
  return warming > 0
    ? `${series - warming} of ${series} series are within their pattern, ${warming} are warming up.`
    : `All ${series} series are within their pattern.`;
}

/** The status where nothing was judged: no verdict, and the sentence that says why. */
export function blindStatus(detector: Detector, reason: string, at: number): DetectorStatus {
  return { detector, state: 'blind', reason, evaluatedAt: at, verdicts: [] };
}

/** The status before the first evaluation. */
export function startingStatus(detector: Detector): DetectorStatus {
  const reason = 'Nothing has been judged yet: the first poll warms it up.';
  return { detector, state: 'starting', reason, evaluatedAt: null, verdicts: [] };
}

import { BOUND_LABEL, DETECTOR_LABEL } from '../../shared/contract/query.ts';
import { encodeSeries } from '../../shared/contract/series-file.ts';
import type { Detector } from '../../shared/model/detector.ts';
import type { Series } from '../../shared/model/metric.ts';
import { formatSignificant } from '../../shared/unit/number.ts';
import type { ExpectedSeries } from '../detect/index.ts';

/** A question whose detectors are asked for what they expected. */
export interface PastOfDetectors {
  readonly source: string;
  readonly expression: string;
  readonly fromAt: number;
  readonly toAt: number;
}

/** What one detector expected; without series where `problem` says why. */
export interface DetectorPastAnswer {
  readonly detector: Detector;
  readonly series: readonly ExpectedSeries[];
  readonly problem: string | null;
}

/** The answer as the contract has it. */
export function boundsAnswer(answers: readonly DetectorPastAnswer[]) {
  return {
    detectors: answers.map(({ detector, series, problem }) => ({
      id: detector.id,
      title: detector.title,
      rule: ruleOf(detector),
      definedAt: detector.definedAt,
      changedAt: [...new Set(series.flatMap((one) => one.changedAt))].sort((a, b) => a - b),
      problem,
    })),
    series: new Blob([encodeSeries({ series: answers.flatMap(boundsOf), unwatched: [] })]),
  };
}

function ruleOf({ threshold, window }: Detector): string {
  return `|z| up to ${formatSignificant(threshold)} of the ${window} points before`;
}

/** A label of the series that is named as ours gives way: ours say what the line is. */
function boundsOf({ detector, series }: DetectorPastAnswer): Series[] {
  return series.flatMap(({ labels, times, lower, upper }) =>
    [
      { bound: 'lower', values: lower },
      { bound: 'upper', values: upper },
    ].map(({ bound, values }) => ({
      labels: { ...labels, [DETECTOR_LABEL]: detector.id, [BOUND_LABEL]: bound },
      times,
      values,
    })),
  );
}

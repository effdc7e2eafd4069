import type { Detector, DetectorStatus, DetectorVerdict } from '../../shared/model/detector.ts';
import type { Labels } from '../../shared/model/metric.ts';
import type { Finding, Observation } from '../../shared/model/observation.ts';
import { type Priority, priorityRank } from '../../shared/model/priority.ts';
import { fingerprint } from '../platform/index.ts';
import type { KnownSeries } from './memory.ts';

/** About 0.86 % of independent points exceed 3 σ of 20 points: a z-score alone never pages. */
const MOST_URGENT: Priority = 'P2';

/** The status as the alert pipeline takes it: each series is an alert of its own, and none is clear without a verdict. */
export function observeDetector(
  status: DetectorStatus,
  known: ReadonlyMap<string, KnownSeries>,
  stepMs: number,
): Observation[] {
  const { detector } = status;
  const make = (labels: Labels, finding: Finding) => observation(status, labels, finding, stepMs);
  const judged = status.verdicts.map((verdict) => make(verdict.labels, findingOf(detector, verdict)));
  const answered = new Set(status.verdicts.map((verdict) => fingerprint(verdict.labels)));
  const silent = [...known].filter(([key]) => !answered.has(key)).map(([, one]) => one.labels);
  const rest = silent.map((labels) => make(labels, silentFinding(status)));
  if (judged.length + rest.length > 0) return [...judged, ...rest];
  return status.state === 'starting' ? [] : [make({}, silentFinding(status))];
}

function observation(status: DetectorStatus, labels: Labels, finding: Finding, stepMs: number): Observation {
  const { detector } = status;
  return {
    // The id of the configuration: a reload and evidence look alerts up by it.
    ruleId: detector.id,
    kind: 'detector',
    // Ours come last: a series with a label named `detector` must not pass for another detector's alert.
    labels: { ...labels, detector: detector.id, service: detector.service },
    service: detector.service,
    priority: isCapped(detector) ? MOST_URGENT : detector.priority,
    title: `${detector.title} left its pattern`,
    definedAt: detector.definedAt,
    at: status.evaluatedAt ?? 0,
    finding,
    forMs: 0,
    // A count of flagged points around the persistence must not fire and resolve in turn.
    keepFiringForMs: detector.persistence.of * stepMs,
    // A source that is down is an alert of its own; one a detector and series beside it would be a storm of echoes.
    onNoData: 'keep',
    onError: 'keep',
    failingShare: null,
    objectiveId: null,
  };
}

function isCapped(detector: Detector): boolean {
  return priorityRank(detector.priority) < priorityRank(MOST_URGENT);
}

function findingOf(detector: Detector, verdict: DetectorVerdict): Finding {
  const cap = isCapped(detector)
    ? `; configured ${detector.priority}, but a z-score alone never pages: ${MOST_URGENT}`
    : '';
  const reason = verdict.reason + cap;
  const value = verdict.actual;
  const bound = value < (verdict.expected ?? value) ? verdict.lower : verdict.upper;
  const threshold = bound ?? value;
  if (verdict.anomalous) return { kind: 'holds', value, threshold, reason };
  if (verdict.flagged || verdict.score === null) return { kind: 'between', value, threshold, reason };
  return { kind: 'clear', value, threshold, reason };
}

function silentFinding(status: DetectorStatus): Finding {
  if (status.state === 'blind') return { kind: 'blind', reason: status.reason };
  if (status.state === 'no-data') return { kind: 'no-data', reason: status.reason };
  return { kind: 'no-data', reason: 'This series did not answer, while others of the same query did.' };
}

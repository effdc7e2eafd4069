import type { Observation } from '../../../shared/model/observation.ts';
import { MINUTE_MS } from '../../../shared/unit/time.ts';
import { type IntakeStage, verdictOf } from './stage.ts';

/** A label set beyond this is a mistake or an attack, and it would be copied into each page and each row. */
const MAX_LABELS = 64;
const MAX_LABEL_LENGTH = 2_048;

/** Answers overtake each other by seconds. What is older than this is new, by a clock that was set back. */
export const CLOCK_SET_BACK_MS = MINUTE_MS;

/** Whether a stored time is another clock's: ahead of now by more than rounds overtake each other. */
export function isAhead(at: number, now: number): boolean {
  return at - now >= CLOCK_SET_BACK_MS;
}

/** Refuses what cannot be decided on: no labels, too many, a number that is none, a time that goes back. */
export const validate: IntakeStage = {
  name: 'validate',
  decide(draft, { now }) {
    const { observation, existing } = draft;
    const problem = problemOf(observation, existing?.lastEvaluatedAt ?? null);
    if (problem) {
      return { kind: 'stop', verdict: verdictOf('validate', 'held', problem, now, observation.definedAt) };
    }
    const reason = `${Object.keys(observation.labels).length} labels, evaluated in order`;
    return {
      kind: 'pass',
      draft,
      verdict: verdictOf('validate', 'pass', reason, now, observation.definedAt),
    };
  },
};

function problemOf(observation: Observation, lastEvaluatedAt: number | null): string | null {
  const labels = Object.entries(observation.labels);
  if (labels.length === 0)
    return 'It has no labels, so it could not be told from other alerts; give the rule one.';
  if (labels.length > MAX_LABELS) return `It has ${labels.length} labels, over the limit of ${MAX_LABELS}.`;
  const long = labels.find(([name, value]) => name.length + value.length > MAX_LABEL_LENGTH);
  if (long) return `A label is longer than ${MAX_LABEL_LENGTH} characters.`;
  if (!Number.isFinite(observation.at)) return 'Its time is not a number.';
  if (observation.forMs < 0 || observation.keepFiringForMs < 0) return 'A duration of its rule is negative.';
  const { finding } = observation;
  if ('value' in finding && finding.value !== null && Number.isNaN(finding.value))
    return 'Its value is not a number; the rule must say *no data* instead.';
  const lateMs = lastEvaluatedAt === null ? 0 : lastEvaluatedAt - observation.at;
  if (lateMs > 0 && lateMs < CLOCK_SET_BACK_MS)
    return 'It is older than the last evaluation, so it is not news.';
  return null;
}

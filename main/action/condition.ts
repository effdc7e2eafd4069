import { compares, parseComparison } from '../../shared/config/comparison.ts';
import { assertNever } from '../../shared/error/result.ts';
import type { InstantSample, InstantValue, QueryTarget } from '../../shared/model/metric.ts';
import type { Condition } from '../../shared/model/playbook.ts';
import type { Abort } from '../../shared/unit/abort.ts';

/**
 * What a condition says on the current state, with the numbers that decided. *No data* and *error* are answers of
 * their own: neither holds, and neither may be taken for "does not hold".
 */
export type ConditionResult =
  | { readonly kind: 'holds'; readonly reason: string }
  | { readonly kind: 'fails'; readonly reason: string }
  | { readonly kind: 'no-data'; readonly reason: string }
  | { readonly kind: 'error'; readonly reason: string };

export interface EvaluateOptions {
  readonly at: number;
  readonly timeoutMs: number;
  readonly signal: Abort | undefined;
}

/** Asks the target once and compares. Several series are an error: which of them decides must be written down. */
export async function evaluateCondition(
  condition: Condition,
  target: QueryTarget | undefined,
  options: EvaluateOptions,
): Promise<ConditionResult> {
  const comparison = parseComparison(condition.is);
  if (!comparison)
    return {
      kind: 'error',
      reason: `"${condition.is}" is no comparison; write for example "> 0.5" or "exists".`,
    };
  if (!target)
    return {
      kind: 'error',
      reason: `The source ${condition.source ?? '(none named)'} is not known, so ${condition.query} could not be asked.`,
    };
  const answer = await target.instant(condition.query, options.at, {
    timeoutMs: options.timeoutMs,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  if (!answer.ok)
    return {
      kind: 'error',
      reason: `${target.id} could not answer ${condition.query}: ${answer.error.message}`,
    };
  const samples = samplesOf(answer.value).filter((sample) => !Number.isNaN(sample.value));
  switch (comparison.kind) {
    case 'exists':
      return samples.length > 0
        ? { kind: 'holds', reason: `${condition.query} has ${countOf(samples.length)}` }
        : { kind: 'fails', reason: `${condition.query} has no series` };
    case 'absent':
      return samples.length === 0
        ? { kind: 'holds', reason: `${condition.query} has no series` }
        : { kind: 'fails', reason: `${condition.query} has ${countOf(samples.length)}` };
    case 'compare': {
      const [sample] = samples;
      if (!sample) return { kind: 'no-data', reason: `No data for ${condition.query}: it gave no value.` };
      if (samples.length > 1)
        return {
          kind: 'error',
          reason: `${condition.query} gave ${samples.length} series, and a condition needs one; wrap it in sum(), max() or min().`,
        };
      const holds = compares(sample.value, comparison.operator, comparison.value);
      const text = `${describe(sample)}, ${holds ? '' : 'not '}${comparison.operator} ${comparison.value}`;
      return { kind: holds ? 'holds' : 'fails', reason: text };
    }
    default:
      return assertNever(comparison);
  }
}

function samplesOf(value: InstantValue): readonly InstantSample[] {
  return value.kind === 'vector' ? value.samples : [{ labels: {}, at: value.at, value: value.value }];
}

function countOf(count: number): string {
  return count === 1 ? '1 series' : `${count} series`;
}

/** Labels are somebody else's text: quoted as JSON, so that nothing in them looks like our own words. */
function describe(sample: InstantSample): string {
  const labels = Object.entries(sample.labels).filter(([name]) => name !== '__name__');
  const said = labels.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(' ');
  const number = String(Number(sample.value.toPrecision(6)));
  return said === '' ? number : `${said}: ${number}`;
}

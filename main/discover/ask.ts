import type { InstantSample, NameQuestion, QueryError, QueryTarget } from '../../shared/model/metric.ts';
import type { Abort } from '../../shared/unit/abort.ts';

/** Questions to one source while it is looked at: bounded together, and ended with the one who asked. */
export interface Asking {
  /** Samples of a vector; empty where there are none or the question failed, which `problems` then counts. */
  vector(expression: string, at?: number): Promise<readonly InstantSample[]>;
  number(expression: string, at?: number): Promise<number | null>;
  labelNames(selector: string): Promise<readonly string[]>;
  labelValues(
    label: string,
    selector: string,
  ): Promise<{ readonly names: readonly string[]; readonly complete: boolean }>;
  problems(): readonly QueryError[];
  spent(): boolean;
}

const QUESTIONS_MAX = 600;
const TIMEOUT_MS = 15_000;
const VALUES_MAX = 50;
const LABELS_MAX = 200;

export function createAsking(target: QueryTarget, now: number, signal: Abort | undefined): Asking {
  const problems: QueryError[] = [];
  let left = QUESTIONS_MAX;
  const may = (): boolean => {
    if (signal?.aborted || left <= 0) return false;
    left -= 1;
    return true;
  };
  const question = (selector: string, limit: number): NameQuestion => ({
    selector,
    limit,
    ...(signal ? { signal } : {}),
  });
  const vector = async (expression: string, at = now) => {
    if (!may()) return [];
    const answer = await target.instant(expression, at, {
      timeoutMs: TIMEOUT_MS,
      ...(signal ? { signal } : {}),
    });
    if (!answer.ok) problems.push(answer.error);
    return answer.ok && answer.value.kind === 'vector' ? answer.value.samples : [];
  };
  return {
    vector,
    async number(expression, at) {
      const value = (await vector(expression, at))[0]?.value;
      return value === undefined || !Number.isFinite(value) ? null : value;
    },
    async labelNames(selector) {
      if (!target.names || !may()) return [];
      const answer = await target.names.labelNames(question(selector, LABELS_MAX));
      if (!answer.ok) problems.push(answer.error);
      return answer.ok ? answer.value.names : [];
    },
    async labelValues(label, selector) {
      if (!target.names || !may()) return { names: [], complete: false };
      const answer = await target.names.labelValues(label, question(selector, VALUES_MAX));
      if (!answer.ok) problems.push(answer.error);
      return answer.ok ? answer.value : { names: [], complete: false };
    },
    problems: () => problems,
    spent: () => left <= 0,
  };
}

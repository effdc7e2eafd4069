import type { QueryError } from '../../shared/model/metric.ts';

/** JSON has no NaN and no infinities: they travel as text. */
export function wireNumber(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

/** A question's error as the contract has it, with its place in the expression. */
export function queryError(error: QueryError) {
  return {
    message: error.message,
    data: { code: error.code, from: error.position?.from ?? null, to: error.position?.to ?? null },
  };
}

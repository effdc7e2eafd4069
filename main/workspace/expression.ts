import { parseExpression } from '../query/index.ts';
import type { CheckExpression } from './checker.ts';

/** PromQL as the source reads it: what is only not evaluated here is no mistake where a server evaluates it. */
export const checkPromql: CheckExpression = (expression, sourceKind, compat) => {
  const parsed = parseExpression(expression, { compat });
  if (parsed.ok) return undefined;
  return sourceKind === 'prometheus' && parsed.error.code === 'unsupported' ? undefined : parsed.error;
};

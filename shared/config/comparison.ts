/** What a condition asks of a query's value: compare it with a number, or ask whether there is any result. */
export type Comparison =
  | { readonly kind: 'compare'; readonly operator: ComparisonOperator; readonly value: number }
  | { readonly kind: 'exists' }
  | { readonly kind: 'absent' };

export type ComparisonOperator = '>' | '>=' | '<' | '<=' | '==' | '!=';

export const COMPARISON_PATTERN =
  /^\s*(?:(>=|<=|==|!=|>|<)\s*([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)|(exists|absent))\s*$/;

/** Reads `> 0.5`, `<= 100`, `exists`, `absent`; undefined where the text is none of them. */
export function parseComparison(text: string): Comparison | undefined {
  const match = COMPARISON_PATTERN.exec(text);
  if (!match) return undefined;
  if (match[3] === 'exists') return { kind: 'exists' };
  if (match[3] === 'absent') return { kind: 'absent' };
  return { kind: 'compare', operator: match[1] as ComparisonOperator, value: Number(match[2]) };
}

/** Whether the value meets the comparison. A NaN meets none, `!=` included: it is no data, never an answer. */
export function compares(value: number, operator: ComparisonOperator, with_: number): boolean {
  if (Number.isNaN(value)) return false;
  switch (operator) {
    case '>':
      return value > with_;
    case '>=':
      return value >= with_;
    case '<':
      return value < with_;
    case '<=':
      return value <= with_;
    case '==':
      return value === with_;
    case '!=':
      return value !== with_;
  }
}

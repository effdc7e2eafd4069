const COMPARISON =
  /^\s*(?:(?:>=|<=|==|!=|>|<)\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|exists|absent)\s*$/;

/** Whether a text asks something of a query's value as conditions do: `> 0.5`, `<= 100`, `exists`, `absent`. */
export function isComparison(text: string): boolean {
  return COMPARISON.test(text);
}

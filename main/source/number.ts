const PLAIN = /^[+-]?(?:\d|\.\d)[\d.]*(?:[eE][+-]?\d+)?$/;

/**
 * Reads a sample's value as metric systems write it; undefined where the text is no number. An empty text is not 0:
 * no data is never zero.
 */
export function parseSampleValue(text: string): number | undefined {
  if (PLAIN.test(text)) {
    const value = Number(text);
    return Number.isNaN(value) ? undefined : value;
  }
  switch (text.toLowerCase()) {
    case 'nan':
    case '+nan':
    case '-nan':
      return Number.NaN;
    case 'inf':
    case '+inf':
    case 'infinity':
    case '+infinity':
      return Number.POSITIVE_INFINITY;
    case '-inf':
    case '-infinity':
      return Number.NEGATIVE_INFINITY;
    default:
      return undefined;
  }
}

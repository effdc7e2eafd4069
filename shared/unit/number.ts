/** Writes a burn rate: `35.7×`, `0×`, `1,230×`. */
export function formatBurnRate(burnRate: number): string {
  return `${formatSignificant(burnRate)}×`;
}

/** Writes a fraction as a percentage with its unit: 0.357 → `35.7 %`. */
export function formatPercent(fraction: number, significant = 3): string {
  return `${formatSignificant(fraction * 100, significant)} %`;
}

/** Writes a number with the given significant digits, thousands grouped, no trailing zeros: `0.0042`, `42,896`. */
export function formatSignificant(value: number, significant = 3): string {
  if (Number.isNaN(value)) return 'not a number';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  // Digits before the point are never rounded away: 42,896 stays 42,896.
  const format = Math.abs(value) >= 10 ** significant ? WHOLE : significantFormat(significant);
  return format.format(value).replace('-', '−');
}

const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** Making a formatter costs a hundred times what using it does, and reasons are written at each poll. */
const formats = new Map<number, Intl.NumberFormat>();

function significantFormat(digits: number): Intl.NumberFormat {
  const known = formats.get(digits);
  if (known) return known;
  const made = new Intl.NumberFormat('en-US', { maximumSignificantDigits: digits });
  formats.set(digits, made);
  return made;
}

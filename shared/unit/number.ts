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
  const text = value.toLocaleString('en-US', {
    maximumSignificantDigits: Math.abs(value) >= 10 ** significant ? 21 : significant,
    maximumFractionDigits: Math.abs(value) >= 10 ** significant ? 0 : undefined,
  } as Intl.NumberFormatOptions);
  return text.replace('-', '−');
}

import { formatSignificant } from '../../shared/unit/number.ts';

const DECIMAL = ['', 'k', 'M', 'G', 'T', 'P'];
const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi'];
/** Units of which people count powers of 1024. */
const OF_BYTES: ReadonlySet<string> = new Set(['B', 'bytes', 'byte', 'B/s']);

/** A number that is short enough for an axis: `12.5 M`, `1.5 Gi` of bytes, `0.004`. */
export function axisNumber(value: number, unit: string, significant = 4): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value) || size < 10_000) {
    if (size !== 0 && size < 1e-4) return value.toExponential(2).replace('-', '−');
    if (size < 1_024 || !OF_BYTES.has(unit)) return formatSignificant(value, significant);
  }
  const [base, names] = OF_BYTES.has(unit) ? [1_024, BINARY] : [1_000, DECIMAL];
  const power = Math.min(names.length - 1, Math.floor(Math.log(size) / Math.log(base) + 1e-9));
  return `${formatSignificant(value / base ** power, significant)} ${names[power]}`.trim();
}

/**
 * Names as Prometheus writes them, by the OpenTelemetry specification's rules.
 * Source: https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/
 */
export type NamedKind = 'gauge' | 'counter' | 'up-down' | 'histogram' | 'summary';

/** What a unit is called, as the last part of a name; units that are not here stand as they were written. */
const UNITS: ReadonlyMap<string, string> = new Map([
  ['d', 'days'],
  ['h', 'hours'],
  ['min', 'minutes'],
  ['s', 'seconds'],
  ['ms', 'milliseconds'],
  ['us', 'microseconds'],
  ['ns', 'nanoseconds'],
  ['By', 'bytes'],
  ['KiBy', 'kibibytes'],
  ['MiBy', 'mebibytes'],
  ['GiBy', 'gibibytes'],
  ['TiBy', 'tibibytes'],
  ['KBy', 'kilobytes'],
  ['MBy', 'megabytes'],
  ['GBy', 'gigabytes'],
  ['TBy', 'terabytes'],
  ['m', 'meters'],
  ['V', 'volts'],
  ['A', 'amperes'],
  ['J', 'joules'],
  ['W', 'watts'],
  ['g', 'grams'],
  ['Cel', 'celsius'],
  ['Hz', 'hertz'],
  ['%', 'percent'],
  ['1', ''],
]);
const PER_UNITS: ReadonlyMap<string, string> = new Map([
  ['s', 'second'],
  ['m', 'minute'],
  ['h', 'hour'],
  ['d', 'day'],
  ['w', 'week'],
  ['mo', 'month'],
  ['y', 'year'],
]);

/** Names repeat in each batch; this many are remembered, and a sender of ever new ones only loses the gain. */
const REMEMBERED_MAX = 4_096;

function remembering(translate: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const made = translate(text);
    if (known.size >= REMEMBERED_MAX) known.clear();
    if (text.length <= 512) known.set(text, made);
    return made;
  };
}

/** A metric's name with the suffixes of its unit and kind, or empty text where nothing of it can stand in a name. */
export function createMetricNamer(): (name: string, unit: string, kind: NamedKind) => string {
  const translate = remembering((text) => {
    const [kind = '', unit = '', ...name] = text.split('\u0000');
    return metricName(name.join('\u0000'), unit, kind as NamedKind);
  });
  return (name, unit, kind) => translate(`${kind}\u0000${unit.replaceAll('\u0000', '')}\u0000${name}`);
}

function metricName(name: string, unit: string, kind: NamedKind): string {
  const words = wordsOf(name);
  if (words.length === 0) return '';
  const [main, per] = unitWords(unit);
  const says = (unitText: string) => `_${words.join('_')}_`.includes(`_${unitText}_`);
  if (main !== '' && !says(main)) words.push(main);
  if (per !== '' && !says(`per_${per}`)) words.push(`per_${per}`);
  // A suffix that stands in the middle moves to the end, where Prometheus looks for it.
  const ending = kind === 'counter' ? 'total' : kind === 'gauge' && unit === '1' ? 'ratio' : '';
  const parts = ending === '' ? words : [...words.filter((word) => word !== ending), ending];
  const joined = parts.join('_');
  return /^\d/.test(joined) ? `_${joined}` : joined;
}

function wordsOf(text: string): string[] {
  return text.split(/[^a-zA-Z0-9:]+/).filter((word) => word !== '');
}

/** The unit as words for a name: `By/s` gives `bytes` and `second`. What stands in braces is a remark, not a unit. */
function unitWords(unit: string): readonly [string, string] {
  const slash = unit.indexOf('/');
  const main = slash === -1 ? unit : unit.slice(0, slash);
  const per = slash === -1 ? '' : unit.slice(slash + 1);
  return [unitWord(main, UNITS), unitWord(per, PER_UNITS)];
}

function unitWord(written: string, known: ReadonlyMap<string, string>): string {
  const unit = written.trim();
  if (unit === '' || /[{}]/.test(unit)) return '';
  return wordsOf(known.get(unit) ?? unit).join('_');
}

/** A label's name, or empty text where nothing of the key can stand in one. */
export function createLabelNamer(): (key: string) => string {
  return remembering((key) => {
    const name = key.replace(/[^a-zA-Z0-9]+/g, '_');
    if (/^_*$/.test(name)) return '';
    if (/^\d/.test(name)) return `key_${name}`;
    // Names that begin with an underscore are kept for Prometheus itself, `__name__` above all.
    return name.startsWith('_') ? `key${name}` : name;
  });
}

/** A boundary or quantile as Prometheus writes it for OTLP: plain decimals, no exponent. */
export function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  const text = String(value);
  const [, sign = '', digits = '', fraction = '', exponent = ''] =
    /^(-?)(\d+)(?:\.(\d+))?e([-+]\d+)$/.exec(text) ?? [];
  if (exponent === '') return text;
  const shift = Number(exponent);
  if (shift > 0) return `${sign}${digits}${fraction.padEnd(shift, '0')}`;
  return `${sign}0.${'0'.repeat(-shift - 1)}${digits}${fraction}`;
}

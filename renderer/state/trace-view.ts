import { type BoardRange, parseRange, rangeText } from '../../shared/model/board.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, parseDuration, promDuration } from '../../shared/unit/time.ts';
import type { Route } from './route.ts';

/** All that the Traces screen shows, as its address holds it: a pasted link shows the same. */
export interface TraceView {
  readonly text: string;
  /** Empty: any. */
  readonly service: string;
  readonly name: string;
  readonly version: string;
  readonly failed: boolean;
  /** At least this long; null: any. */
  readonly durationMs: number | null;
  readonly range: BoardRange;
  /** The trace that is open. */
  readonly trace: string | null;
}

export const FIRST_TRACES: TraceView = {
  text: '',
  service: '',
  name: '',
  version: '',
  failed: false,
  durationMs: null,
  range: { kind: 'last', ms: HOUR_MS },
  trace: null,
};

/** Spans are kept for a day, so no longer time is offered. */
export const TRACE_RANGES: readonly { readonly text: string; readonly label: string; readonly ms: number }[] =
  [
    { text: '5m', label: 'last 5 min', ms: 5 * MINUTE_MS },
    { text: '15m', label: 'last 15 min', ms: 15 * MINUTE_MS },
    { text: '1h', label: 'last hour', ms: HOUR_MS },
    { text: '6h', label: 'last 6 hours', ms: 6 * HOUR_MS },
    { text: '1d', label: 'last day', ms: DAY_MS },
  ];

const WORDS = ['service', 'name', 'version'] as const;
const TEXT_MAX = 500;

/** Only what is not as it is at first: a link stays short. */
export function traceViewText(view: TraceView): string {
  const text = new URLSearchParams();
  if (view.text !== '') text.set('text', view.text);
  for (const word of WORDS) if (view[word] !== '') text.set(word, view[word]);
  if (view.failed) text.set('failed', '1');
  if (view.durationMs !== null) text.set('longer', promDuration(view.durationMs));
  const range = rangeText(view.range);
  if (range !== rangeText(FIRST_TRACES.range)) text.set('range', range);
  if (view.trace !== null) text.set('trace', view.trace);
  return text.toString();
}

/** Reads what `traceViewText` wrote; whatever is not understood is left at its default, since people cut links short. */
export function traceViewOf(text: string): TraceView {
  const read = new URLSearchParams(text);
  const part = (name: string) => (read.get(name) ?? '').slice(0, TEXT_MAX);
  const longer = parseDuration(read.get('longer') ?? '');
  const trace = traceIdOf(read.get('trace') ?? '');
  return {
    text: part('text'),
    service: part('service'),
    name: part('name'),
    version: part('version'),
    failed: read.get('failed') === '1',
    durationMs: longer !== undefined && longer > 0 ? longer : null,
    range: parseRange(read.get('range') ?? '') ?? FIRST_TRACES.range,
    trace,
  };
}

/** A trace's identifier as people paste it, with the dashes of some tools; null where the text is none. */
export function traceIdOf(text: string): string | null {
  const plain = text.trim().replaceAll('-', '').toLowerCase();
  if (/^[0-9a-f]{32}$/.test(plain)) return plain;
  // Older tracers write 64 bits; receivers fill them up with zeros in front.
  return /^[0-9a-f]{16}$/.test(plain) ? plain.padStart(32, '0') : null;
}

/** Where the window goes to show it. */
export function tracesRoute(view: Partial<TraceView>): Route {
  return { screen: 'traces', view: traceViewText({ ...FIRST_TRACES, ...view }) };
}

export function timesOfRange(range: BoardRange, now: number): { fromAt: number; toAt: number } {
  return range.kind === 'last' ? { fromAt: Math.round(now - range.ms), toAt: Math.round(now) } : range;
}

import type { Span } from '../../shared/model/trace.ts';

/** A span as the waterfall draws it; left and width are shares of the whole trace. */
export interface WaterfallRow {
  readonly span: Span;
  readonly depth: number;
  readonly left: number;
  readonly width: number;
  /** Part of the chain that the trace's end waited for. */
  readonly critical: boolean;
  /** Time in which none of its children ran. */
  readonly ownMs: number;
  /** Its parent is not among the spans that are kept. */
  readonly orphan: boolean;
  /** It begins before its parent or ends after it: clocks of two machines differ, or the work was handed on. */
  readonly outside: boolean;
}

export interface Waterfall {
  readonly rows: readonly WaterfallRow[];
  readonly startAt: number;
  readonly durationMs: number;
}

/** Half a millisecond of two machines' clocks is no finding. */
const OUTSIDE_MS = 0.5;

/** Parents before children, each level by start. Spans that name each other as parents are drawn as orphans. */
export function waterfallOf(spans: readonly Span[]): Waterfall {
  const startAt = Math.min(...spans.map((one) => one.startAt));
  const durationMs = Math.max(0, ...spans.map(endOf)) - startAt;
  const byId = new Map(spans.map((one) => [one.spanId, one]));
  const children = new Map<string | null, Span[]>();
  for (const span of spans) {
    const parent = span.parentSpanId !== null && byId.has(span.parentSpanId) ? span.parentSpanId : null;
    children.set(parent, [...(children.get(parent) ?? []), span]);
  }
  for (const list of children.values()) list.sort((a, b) => a.startAt - b.startAt || endOf(b) - endOf(a));
  const critical = criticalPath(children);
  const rows: WaterfallRow[] = [];
  const placed = new Set<string>();
  const place = (span: Span, depth: number, parent: Span | null) => {
    if (placed.has(span.spanId)) return;
    placed.add(span.spanId);
    const own = children.get(span.spanId) ?? [];
    rows.push({
      span,
      depth,
      left: durationMs > 0 ? (span.startAt - startAt) / durationMs : 0,
      width: durationMs > 0 ? span.durationMs / durationMs : 1,
      critical: critical.has(span.spanId),
      ownMs: ownTime(span, own),
      orphan: parent === null && span.parentSpanId !== null,
      outside: parent !== null && isOutside(span, parent),
    });
    for (const child of own) place(child, depth + 1, span);
  };
  for (const root of children.get(null) ?? []) place(root, 0, null);
  for (const rest of spans) place(rest, 0, null);
  return { rows, startAt, durationMs };
}

function endOf(span: Span): number {
  return span.startAt + span.durationMs;
}

function isOutside(span: Span, parent: Span): boolean {
  return span.startAt < parent.startAt - OUTSIDE_MS || endOf(span) > endOf(parent) + OUTSIDE_MS;
}

/** The span's time less what its children cover, each instant once. */
function ownTime(span: Span, children: readonly Span[]): number {
  let covered = 0;
  let reachedAt = span.startAt;
  for (const child of children) {
    const from = Math.max(child.startAt, reachedAt);
    const to = Math.min(endOf(child), endOf(span));
    if (to > from) covered += to - from;
    reachedAt = Math.max(reachedAt, to);
  }
  return Math.max(0, span.durationMs - covered);
}

/**
 * From the end of the longest root backwards: of each span the child that ended last before the instant reached, then the
 * one before its start. Source: https://www.jaegertracing.io/docs/next-release/architecture/terminology/ (critical path)
 */
function criticalPath(children: ReadonlyMap<string | null, readonly Span[]>): ReadonlySet<string> {
  const path = new Set<string>();
  const walk = (span: Span) => {
    if (path.has(span.spanId)) return;
    path.add(span.spanId);
    let untilAt = endOf(span);
    const latestFirst = [...(children.get(span.spanId) ?? [])].sort((a, b) => endOf(b) - endOf(a));
    for (const child of latestFirst) {
      if (child.startAt >= untilAt || endOf(child) > untilAt + OUTSIDE_MS) continue;
      walk(child);
      untilAt = child.startAt;
    }
  };
  const [longest] = [...(children.get(null) ?? [])].sort((a, b) => b.durationMs - a.durationMs);
  if (longest) walk(longest);
  return path;
}

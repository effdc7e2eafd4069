import type { QueryTarget, RangeWindow, Series } from '../../shared/model/metric.ts';
import type { ObjectiveStatus } from '../../shared/model/objective.ts';
import type { Unwatched } from '../../shared/model/watch.ts';
import { formatSignificant } from '../../shared/unit/number.ts';
import { formatDuration, SECOND_MS } from '../../shared/unit/time.ts';
import type { AlertRule } from '../alert/index.ts';
import type { LookedBack } from '../ingest/index.ts';
import { burnSeries } from '../slo/index.ts';

/** What rests on a source, and how to ask it. */
export interface LookBackDeps {
  readonly target: QueryTarget;
  readonly objectives: readonly ObjectiveStatus[];
  readonly rules: readonly AlertRule[];
}

const STEP_MIN_MS = 15 * SECOND_MS;
/** Fine enough to name when something began, few enough for one query of a source that is busy waking up. */
const POINTS = 500;
const TIMEOUT_MS = 30 * SECOND_MS;
/** A gap's account must stay one that a person reads. */
const FOUND_MAX = 10;

interface Span {
  readonly fromAt: number;
  readonly toAt: number;
}

/** Asks for the whole gap, one query after the other, and says what held in it. It opens nothing and pages nobody. */
export async function lookBack(deps: LookBackDeps, gap: Unwatched): Promise<LookedBack> {
  const stepMs = Math.max(STEP_MIN_MS, Math.ceil((gap.toAt - gap.fromAt) / POINTS / 1_000) * 1_000);
  const window = { fromAt: gap.fromAt, toAt: gap.toAt, stepMs };
  const found: string[] = [];
  for (const status of deps.objectives) {
    const spans = await burned(status, deps.target, window);
    if (spans === null) return { complete: false, found: [] };
    const row = status.rows.find((one) => one.leftOut === null);
    if (row && spans.length > 0)
      found.push(
        `${status.objective.title} burned over ${row.name} (${formatSignificant(row.threshold, 4)}×) for ${lengthOf(spans, stepMs)}, from ${clockUtc(spans[0]?.fromAt ?? 0)} UTC.`,
      );
  }
  for (const rule of deps.rules) {
    const answer = await deps.target.range(rule.expression, window, { timeoutMs: TIMEOUT_MS });
    if (!answer.ok && answer.error.retryable) return { complete: false, found: [] };
    const spans = answer.ok ? heldIn(answer.value, stepMs) : [];
    if (spans.length > 0)
      found.push(
        `${rule.name} held for ${lengthOf(spans, stepMs)}, from ${clockUtc(spans[0]?.fromAt ?? 0)} UTC.`,
      );
  }
  return { complete: true, found: found.slice(0, FOUND_MAX).map((one) => one.slice(0, 300)) };
}

/** Where both windows of the top row were over its threshold; null where the source could not be asked. */
async function burned(
  status: ObjectiveStatus,
  target: QueryTarget,
  window: RangeWindow,
): Promise<Span[] | null> {
  const row = status.rows.find((one) => one.leftOut === null);
  if (!row) return [];
  try {
    const [short, long] = await burnSeries(status, target, window);
    const over = (series: Series | undefined) =>
      new Set(
        Array.from(series?.times ?? []).filter(
          (_, index) => (series?.values[index] ?? Number.NaN) > row.threshold,
        ),
      );
    const longOver = over(long);
    return spansOf(
      [...over(short)].filter((at) => longOver.has(at)),
      window.stepMs,
    );
  } catch {
    // It says why in its own state; here only that the gap has to wait.
    return null;
  }
}

function heldIn(series: readonly Series[], stepMs: number): Span[] {
  const times = new Set(series.flatMap((one) => Array.from(one.times)));
  return spansOf(
    [...times].sort((a, b) => a - b),
    stepMs,
  );
}

function spansOf(times: readonly number[], stepMs: number): Span[] {
  const spans: Span[] = [];
  for (const at of times) {
    const last = spans.at(-1);
    if (last && at - last.toAt <= stepMs) spans[spans.length - 1] = { ...last, toAt: at };
    else spans.push({ fromAt: at, toAt: at });
  }
  return spans;
}

/** A point stands for the step after it. */
function lengthOf(spans: readonly Span[], stepMs: number): string {
  const totalMs = spans.reduce((sum, span) => sum + span.toAt - span.fromAt + stepMs, 0);
  return spans.length === 1 ? formatDuration(totalMs) : `${formatDuration(totalMs)} in ${spans.length} parts`;
}

function clockUtc(at: number): string {
  return new Date(at).toISOString().slice(11, 16);
}

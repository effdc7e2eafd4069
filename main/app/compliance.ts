import { CodedError } from '../../shared/error/coded.ts';
import type { Objective } from '../../shared/model/objective.ts';
import type { ComplianceLine } from '../../shared/model/objective-history.ts';
import { DAY_MS, formatDuration } from '../../shared/unit/time.ts';
import { type PastWatch, reportHtml, reportMarkdown } from '../slo/index.ts';

/** Nobody reads further back, and a source should not have to. */
const RANGE_MAX_MS = 400 * DAY_MS;
const REPORT_MS = 28 * DAY_MS;

export interface ReportRange {
  readonly fromAt: number;
  readonly toAt: number;
}

/** Whose compliance is reported, and how one objective's line is come by. */
export interface ReportDeps {
  readonly workspace: string;
  readonly madeAt: number;
  readonly objectives: readonly Objective[];
  readonly lineOf: (objective: Objective, range: ReportRange) => Promise<ComplianceLine>;
}

export interface ReportWish {
  readonly format: 'markdown' | 'html';
  /** Without ends the last 28 d. */
  readonly fromAt?: number | undefined;
  readonly toAt?: number | undefined;
}

/** The report as a document with a name for its file, and as its lines. */
export async function makeReport(
  { format, fromAt, toAt }: ReportWish,
  deps: ReportDeps,
  watch: PastWatch = {},
) {
  const { workspace, madeAt } = deps;
  const endAt = toAt ?? madeAt;
  const range = checkedRange({ fromAt: fromAt ?? endAt - REPORT_MS, toAt: endAt });
  const lines: ComplianceLine[] = [];
  for (const one of deps.objectives) {
    if (watch.signal?.aborted) throw new CodedError('report-cancelled', 'The report was cancelled.');
    watch.onProgress?.(lines.length, deps.objectives.length);
    lines.push(await deps.lineOf(one, range));
  }
  const facts = { workspace, ...range, madeAt, lines };
  const stem = `compliance-${new Date(range.toAt).toISOString().slice(0, 10)}`;
  return format === 'html'
    ? { fileName: `${stem}.html`, text: reportHtml(facts), lines }
    : { fileName: `${stem}.md`, text: reportMarkdown(facts), lines };
}

export function checkedRange({ fromAt, toAt }: ReportRange): ReportRange {
  if (!(toAt > fromAt))
    throw new CodedError('range-empty', 'The range ends before it begins: swap its ends.');
  if (toAt - fromAt > RANGE_MAX_MS)
    throw new CodedError(
      'range-too-long',
      `At most ${formatDuration(RANGE_MAX_MS)} can be looked at at once.`,
    );
  return { fromAt, toAt };
}

import type { BoardPanel } from '../../shared/model/board.ts';
import { formatSignificant } from '../../shared/unit/number.ts';
import type { SignalFrame } from './signal-frame.ts';

/** So many series are read out; a legend has them all. */
const SAID = 5;

/** A chart in a sentence, for who cannot see it. */
export function frameSummary(
  panel: Pick<BoardPanel, 'title' | 'expression' | 'unit'>,
  frame: SignalFrame,
): string {
  const { rows, heat, fromAt, toAt } = frame;
  const what = `${panel.title || panel.expression}${panel.unit ? `, ${panel.unit}` : ''}`;
  const when = `from ${utc(fromAt)} to ${utc(toAt)} UTC`;
  if (heat) return `${what}, ${when}: a histogram of ${heat.bounds.length} buckets over time.`;
  const said = rows.names.slice(0, SAID).map((name, row) => {
    const last = rows.last[row] as number;
    return `${name} ${Number.isNaN(last) ? 'no data' : formatSignificant(last)}`;
  });
  const more = rows.names.length > SAID ? ` and ${rows.names.length - SAID} more` : '';
  return `${what}, ${when}. Latest: ${said.join(', ')}${more}.`;
}

function utc(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ');
}

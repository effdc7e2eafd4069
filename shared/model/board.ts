import { z } from 'zod';
import { parseDuration, promDuration } from '../unit/time.ts';

/** What a board shows of the time: the latest so much, or from one instant to another. */
export const BoardRange = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('last'), ms: z.number().int().positive() }),
  z.object({ kind: z.literal('between'), fromAt: z.number().int(), toAt: z.number().int() }),
]);
export type BoardRange = z.infer<typeof BoardRange>;

export const PanelDraw = z.enum(['lines', 'heatmap']);
export type PanelDraw = z.infer<typeof PanelDraw>;

/** One expression and how it is drawn. */
export const BoardPanel = z.object({
  title: z.string(),
  /** A source of the workspace; empty where the workspace's only one is meant. */
  source: z.string(),
  expression: z.string(),
  unit: z.string(),
  draw: PanelDraw,
  /** The same a week earlier, drawn beside it. */
  compare: z.boolean(),
});
export type BoardPanel = z.infer<typeof BoardPanel>;

/** A saved board of the Signals screen: `dashboards/<id>.yaml`. */
export const Board = z.object({
  id: z.string(),
  title: z.string(),
  range: BoardRange,
  /** Null: as many steps as the charts are wide. */
  stepMs: z.number().int().positive().nullable(),
  panels: z.array(BoardPanel),
  definedAt: z.string(),
});
export type Board = z.infer<typeof Board>;

/** Longer than any retention, and short enough that no arithmetic of times is in danger. */
const LONGEST_MS = 10 * 365 * 86_400_000;

/** Reads `6h`, or two instants in ISO 8601 parted by `/`; undefined where the text is neither. */
export function parseRange(text: string): BoardRange | undefined {
  const ms = parseDuration(text);
  if (ms !== undefined) return ms >= 1_000 && ms <= LONGEST_MS ? { kind: 'last', ms } : undefined;
  const [from, to, ...more] = text.split('/');
  if (from === undefined || to === undefined || more.length > 0) return undefined;
  const [fromAt, toAt] = [parseInstant(from), parseInstant(to)];
  if (fromAt === undefined || toAt === undefined || toAt - fromAt < 1_000 || toAt - fromAt > LONGEST_MS)
    return undefined;
  return { kind: 'between', fromAt, toAt };
}

/** Writes what `parseRange` reads. */
export function rangeText(range: BoardRange): string {
  if (range.kind === 'last') return promDuration(range.ms);
  return `${instantText(range.fromAt)}/${instantText(range.toAt)}`;
}

const INSTANT = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/;

function parseInstant(text: string): number | undefined {
  if (!INSTANT.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isFinite(at) ? at : undefined;
}

function instantText(at: number): string {
  return new Date(at).toISOString().replace('.000Z', 'Z');
}

import {
  type Board,
  type BoardPanel,
  type BoardRange,
  parseRange,
  rangeText,
} from '../../shared/model/board.ts';
import { HOUR_MS, parseDuration, promDuration } from '../../shared/unit/time.ts';

/** All that the Signals screen shows, as its address holds it: a pasted link draws the same. */
export interface SignalView {
  /** The saved board that this came from; null where it came from none. */
  readonly board: string | null;
  readonly range: BoardRange;
  readonly zone: 'utc' | 'local';
  /** Null: as many steps as the charts are wide. */
  readonly stepMs: number | null;
  readonly panels: readonly BoardPanel[];
}

export const EMPTY_PANEL: BoardPanel = {
  title: '',
  source: '',
  expression: '',
  unit: '',
  draw: 'lines',
  compare: false,
};

export const FIRST_VIEW: SignalView = {
  board: null,
  range: { kind: 'last', ms: HOUR_MS },
  zone: 'utc',
  stepMs: null,
  panels: [EMPTY_PANEL],
};

/** More panels than these are not read by anybody, and an address may be made by a stranger. */
export const PANELS_MAX = 24;
const EXPRESSION_MAX = 10_000;

/** The view as text for the address, `range=1h&panel=source%3Dlocal%26…`. Each panel is a query string in itself. */
export function viewText(view: SignalView): string {
  const text = new URLSearchParams();
  if (view.board !== null) text.set('board', view.board);
  text.set('range', rangeText(view.range));
  if (view.zone === 'local') text.set('zone', 'local');
  if (view.stepMs !== null) text.set('step', promDuration(view.stepMs));
  if (view.panels.length > 1 || view.panels[0]?.expression !== '')
    for (const panel of view.panels) text.append('panel', panelText(panel));
  return text.toString();
}

function panelText(panel: BoardPanel): string {
  const text = new URLSearchParams({ expr: panel.expression });
  if (panel.source !== '') text.set('source', panel.source);
  if (panel.title !== '') text.set('title', panel.title);
  if (panel.unit !== '') text.set('unit', panel.unit);
  if (panel.draw !== 'lines') text.set('draw', panel.draw);
  if (panel.compare) text.set('compare', '1w');
  return text.toString();
}

/** Reads what `viewText` wrote; whatever is not understood is left at its default, since people cut links short. */
export function viewOf(text: string): SignalView {
  const read = new URLSearchParams(text);
  const step = parseDuration(read.get('step') ?? '');
  const panels = read.getAll('panel').slice(0, PANELS_MAX).map(panelOf);
  return {
    board: read.get('board')?.slice(0, 200) ?? null,
    range: parseRange(read.get('range') ?? '') ?? FIRST_VIEW.range,
    zone: read.get('zone') === 'local' ? 'local' : 'utc',
    stepMs: step !== undefined && step > 0 ? step : null,
    panels: panels.length > 0 ? panels : FIRST_VIEW.panels,
  };
}

function panelOf(text: string): BoardPanel {
  const read = new URLSearchParams(text);
  const part = (name: string, most: number) => (read.get(name) ?? '').slice(0, most);
  return {
    title: part('title', 300),
    source: part('source', 200),
    expression: part('expr', EXPRESSION_MAX),
    unit: part('unit', 20),
    draw: read.get('draw') === 'heatmap' ? 'heatmap' : 'lines',
    compare: read.get('compare') === '1w',
  };
}

export function viewOfBoard(board: Board, zone: SignalView['zone']): SignalView {
  return { board: board.id, range: board.range, zone, stepMs: board.stepMs, panels: board.panels };
}

/** Whether the board as it is saved shows something else than the view. */
export function differs(view: SignalView, board: Board): boolean {
  return viewText({ ...view, zone: 'utc' }) !== viewText(viewOfBoard(board, 'utc'));
}

export function withPanel(view: SignalView, index: number, change: Partial<BoardPanel>): SignalView {
  const panels = view.panels.map((panel, at) => (at === index ? { ...panel, ...change } : panel));
  return { ...view, panels };
}

export function withoutPanel(view: SignalView, index: number): SignalView {
  const panels = view.panels.filter((_, at) => at !== index);
  return { ...view, panels: panels.length > 0 ? panels : FIRST_VIEW.panels };
}

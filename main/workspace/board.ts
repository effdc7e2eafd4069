import type { BoardFile } from '../../shared/config/board.ts';
import type { Board } from '../../shared/model/board.ts';
import { definedAt, type Written } from './written.ts';

/** Panels may also ask what is stored here, and join several sources. */
const HERE: ReadonlySet<string> = new Set(['local', 'joined']);

/** What a panel may name, and what it may hold. */
interface PanelCheck {
  source(written: Written<unknown>, path: readonly PropertyKey[], id: string | undefined): string | undefined;
  expression(
    written: Written<unknown>,
    path: readonly PropertyKey[],
    text: string,
    source: string | undefined,
  ): void;
}

/** A saved board under its file's name. */
export function boardOf(written: Written<BoardFile>): Board {
  const { title, range, step, panels } = written.config;
  return {
    id: boardId(written.file),
    title,
    range,
    stepMs: step ?? null,
    panels: panels.map(({ source = '', ...panel }) => ({ ...panel, source })),
    definedAt: definedAt(written),
  };
}

/** Whether the panels' sources are known and their expressions can be read. */
export function checkBoard(written: Written<BoardFile>, check: PanelCheck): void {
  for (const [at, { source, expression }] of written.config.panels.entries()) {
    const path = ['panels', at];
    const asked =
      source !== undefined && HERE.has(source) ? source : check.source(written, [...path, 'source'], source);
    check.expression(written, [...path, 'expression'], expression, asked);
  }
}

function boardId(file: string): string {
  return file.replace(/^dashboards\//, '').replace(/\.ya?ml$/i, '');
}

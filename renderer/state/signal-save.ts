import type { WorkspaceEditInput } from '../../shared/config/edit.ts';
import { type Board, rangeText } from '../../shared/model/board.ts';
import { promDuration } from '../../shared/unit/time.ts';
import { draftDocument, EMPTY_DRAFT, identifier } from './objective-draft.ts';
import { JOINED, LOCAL } from './signal-panel.ts';
import type { SignalView } from './signal-view.ts';

/** A view as a board's file has it; what is at its default is left out. */
export function boardDocument(title: string, view: SignalView) {
  return {
    title,
    range: rangeText(view.range),
    ...(view.stepMs === null ? {} : { step: promDuration(view.stepMs) }),
    panels: view.panels
      .filter((panel) => panel.expression !== '')
      .map((panel) => ({
        ...(panel.title === '' ? {} : { title: panel.title }),
        ...(panel.source === '' ? {} : { source: panel.source }),
        expression: panel.expression,
        ...(panel.unit === '' ? {} : { unit: panel.unit }),
        ...(panel.draw === 'lines' ? {} : { draw: panel.draw }),
        ...(panel.compare ? { compare: true } : {}),
      })),
  };
}

/** Saves a view as a new board, or over one that is there: key by key, so that its comments stay. */
export function boardEdits(title: string, view: SignalView, over: Board | null): WorkspaceEditInput[] {
  const document = boardDocument(title, view);
  if (over === null) return [{ kind: 'create', folder: 'dashboards', id: title, documents: [document] }];
  const file = fileOf(over);
  const set = (key: keyof typeof document): WorkspaceEditInput[] => {
    const value = document[key];
    if (value !== undefined) return [{ kind: 'set', file, path: [key], value }];
    return over.stepMs === null ? [] : [{ kind: 'remove', file, path: [key] }];
  };
  return [...set('title'), ...set('range'), ...set('step'), ...set('panels')];
}

export function fileOf(board: Board): string {
  return board.definedAt.replace(/:\d+$/, '');
}

/** What a rule, a detector and an objective have in common when they are made of a panel. */
export interface SaveFields {
  readonly name: string;
  readonly service: string;
  readonly source: string;
  readonly expression: string;
  readonly priority: string;
}

function sourcePart(source: string): { source?: string } {
  return source === LOCAL || source === JOINED || source === '' ? {} : { source };
}

export interface RuleFields extends SaveFields {
  readonly operator: '>' | '<' | '>=' | '<=';
  readonly threshold: string;
  readonly forText: string;
}

export function ruleEdit(fields: RuleFields): WorkspaceEditInput {
  const { name, expression, operator, threshold, forText, priority, service, source } = fields;
  return {
    kind: 'create',
    folder: 'alerts',
    id: name,
    documents: [
      {
        groups: [
          {
            name,
            rules: [
              {
                alert: name,
                // Without brackets a comparison would bind to the last part of a sum only.
                expr: `(${expression}) ${operator} ${threshold.trim()}`,
                ...(forText.trim() === '' ? {} : { for: forText.trim() }),
                labels: { service, priority },
                annotations: { summary: name, ...sourcePart(source) },
              },
            ],
          },
        ],
      },
    ],
  };
}

export function detectorEdit({
  name,
  expression,
  service,
  source,
  priority,
}: SaveFields): WorkspaceEditInput {
  const id = identifier(name);
  return {
    kind: 'create',
    folder: 'detectors',
    id,
    documents: [
      { detectors: [{ id, title: name, service, ...sourcePart(source), query: expression, priority }] },
    ],
  };
}

export interface ObjectiveFields extends SaveFields {
  readonly bad: string;
  readonly total: string;
  readonly targetPercent: number;
  readonly period: string;
}

/** An OpenSLO document over two counters. */
export function objectiveEdit(fields: ObjectiveFields): WorkspaceEditInput {
  const { name, service, source, bad, total, targetPercent, period } = fields;
  const document = draftDocument({
    ...EMPTY_DRAFT,
    name,
    service,
    total,
    period,
    source: sourcePart(source).source ?? '',
    counted: bad,
    target: String(targetPercent),
  });
  return { kind: 'create', folder: 'slos', id: document.metadata.name, documents: [document] };
}

const COUNTED = /\b(?:rate|irate|increase)\s*\(\s*([^()[\]]*?)\s*\[/g;

/** The counters of a ratio such as `sum(rate(bad[5m])) / sum(rate(total[5m]))`; empty where the expression names none. */
export function countersOf(expression: string): { bad: string; total: string } {
  const found = [...expression.matchAll(COUNTED)].map((match) => match[1] ?? '');
  const total = found.at(-1) ?? '';
  return { bad: found.length > 1 ? (found[0] ?? '') : '', total };
}

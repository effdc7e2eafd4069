import type { SyntaxNode } from '@lezer/common';
import type { Compat } from './expression.ts';
import { notPromQL, type Position } from './failure.ts';
import { parseString } from './literal.ts';

/** The text that is being read, and what its durations may refer to. */
export interface Source {
  readonly text: string;
  readonly compat: Compat;
  /** What `step()` and `range()` stand for: those of the question. */
  readonly stepMs: number;
  readonly rangeMs: number;
}

export function positionOf(node: SyntaxNode): Position {
  return { from: node.from, to: node.to };
}

export function textOf(source: Source, node: SyntaxNode): string {
  return source.text.slice(node.from, node.to);
}

export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling)
    if (child.name !== 'LineComment') children.push(child);
  return children;
}

export function quotedText(source: Source, node: SyntaxNode): string {
  const value = parseString(textOf(source, node));
  if (value === undefined) throw notPromQL('this text is not closed or has a wrong escape', positionOf(node));
  return value;
}

export function readLabelList(source: Source, list: SyntaxNode): string[] {
  return childrenOf(list).map((child) =>
    child.name === 'QuotedLabelName' ? quotedText(source, child) : textOf(source, child),
  );
}

import { parser } from '@prometheus-io/lezer-promql';
import { err, ok, type Result } from '../../shared/error/result.ts';
import type { QueryError } from '../../shared/model/metric.ts';
import { MINUTE_MS, promDuration } from '../../shared/unit/time.ts';
import { readSummable, SENTINEL, type Summable } from './summable.ts';

/**
 * How an indicator's text counts events: a plain counter selector, of which `increase` is taken, or an expression of
 * the author's own with a place for the window. `perSecond` says that the author took a rate; `sum` is what can be
 * carried of it from poll to poll, and `refused` the part for which nothing can.
 */
export type Counter =
  | { readonly kind: 'selector'; readonly selector: string }
  | {
      readonly kind: 'template';
      readonly text: string;
      readonly perSecond: boolean;
      readonly sum: Summable | null;
      readonly refused: string | null;
    };

/** Both spellings of the window's place: Sloth's and the one of Grafana's users. */
const WINDOW_PLACE = /\{\{\s*\.window\s*\}\}|\$window\b|\$\{window\}/g;

interface Shape {
  readonly root: string;
  readonly from: number;
  readonly to: number;
  readonly errorAt: number | null;
  readonly names: ReadonlySet<string>;
}

const NO_WINDOW: QueryError = {
  code: 'unsupported',
  message:
    'An indicator is either a plain counter selector, such as requests_total{code=~"5.."}, or an expression that names its window as [$window]. This one has no place for the window, so the objective cannot be counted. Write increase(…[$window]) around each counter.',
  retryable: false,
};

/** The position is told only where the text is the author's own, without a window filled in. */
function notPromql(shape: Shape | null): QueryError {
  return {
    code: 'parse',
    message:
      'This indicator is not PromQL, so the objective cannot be counted. Correct it; a window is written in square brackets: [$window].',
    ...(shape?.errorAt == null ? {} : { position: { from: shape.errorAt, to: shape.errorAt } }),
    retryable: false,
  };
}

/** Reads an indicator's text once; what is neither a selector nor a template is refused with what to write instead. */
export function readCounter(expression: string): Result<Counter, QueryError> {
  const plain = shapeOf(expression);
  if (plain.errorAt === null && plain.root === 'VectorSelector') {
    // The slice drops comments, which would swallow the closing bracket.
    return ok({ kind: 'selector', selector: expression.slice(plain.from, plain.to) });
  }
  if (expression.search(WINDOW_PLACE) < 0) return err(plain.errorAt === null ? NO_WINDOW : notPromql(plain));
  const filled = shapeOf(expression.replace(WINDOW_PLACE, '5m'));
  if (filled.errorAt !== null) return err(notPromql(null));
  if (!filled.names.has('MatrixSelector') && !filled.names.has('SubqueryExpr')) return err(NO_WINDOW);
  const perSecond = filled.names.has('Rate') || filled.names.has('Irate');
  const sum = readSummable(expression.replace(WINDOW_PLACE, SENTINEL), perSecond);
  return ok({
    kind: 'template',
    text: expression,
    perSecond,
    sum: sum.ok ? sum.value : null,
    refused: sum.ok ? null : sum.error,
  });
}

function shapeOf(expression: string): Shape {
  const tree = parser.parse(expression);
  const names = new Set<string>();
  let errorAt: number | null = null;
  tree.iterate({
    enter: (node) => {
      names.add(node.name);
      if (node.type.isError && errorAt === null) errorAt = node.from;
    },
  });
  // A leading comment is the first child: take the expression itself.
  let node = tree.topNode.firstChild;
  while (node && node.name === 'LineComment') node = node.nextSibling;
  if (!node) errorAt ??= 0;
  return { root: node?.name ?? '', from: node?.from ?? 0, to: node?.to ?? 0, errorAt, names };
}

/** The text with its window filled in; a text without a place for one stays as it is. */
export function fillWindow(text: string, windowMs: number): string {
  return text.replace(WINDOW_PLACE, promDuration(windowMs));
}

/** Events in the window before the instant of evaluation, over all series, as one number. */
export function increaseQuery(counter: Counter, windowMs: number): string {
  if (counter.kind === 'selector') return `sum(increase(${counter.selector}[${promDuration(windowMs)}]))`;
  const filled = fillWindow(counter.text, windowMs);
  return counter.perSecond ? `sum(${filled}) * ${windowMs / 1000}` : `sum(${filled})`;
}

/** Has a value exactly where the counter had a sample within the look-back. */
export function presenceQuery(counter: Counter): string {
  return counter.kind === 'selector' ? `count(${counter.selector})` : increaseQuery(counter, 5 * MINUTE_MS);
}

/** Samples of the best-seen series in the window, which tells the scrape interval; null where only the author knows. */
export function densityQuery(counter: Counter, windowMs: number): string | null {
  return counter.kind === 'selector'
    ? `max(count_over_time(${counter.selector}[${promDuration(windowMs)}]))`
    : null;
}

import { aggregateRows } from './aggregate.ts';
import { scalarScalar, setOperation, vectorScalar, vectorVector } from './binary.ts';
import { mapRows } from './call.ts';
import { chooseRows, countValues, isChooser } from './choose.ts';
import { type Context, rowsOf } from './context.ts';
import { evaluateCall } from './evaluate-call.ts';
import type { AggregateExpression, BinaryExpression, Expression } from './expression.ts';
import { quantileOutOfRange } from './kahan.ts';
import { isMatrix, isOneName, windowRows } from './matrix.ts';
import { isSetOperator } from './parse-binary.ts';
import { BYTES_PER_POINT, collectRows, selectorRows } from './select.ts';
import type { Row, Value } from './vector.ts';
import { windowMaths } from './window.ts';

/** The expression's value at all steps of the context's grid; what was held on the way is released. */
export function evaluate(context: Context, expression: Expression): Value {
  context.check();
  const mark = context.mark();
  const value = evaluateKind(context, expression);
  context.release(mark);
  context.hold(bytesOf(context, value), expression.position);
  return value;
}

function bytesOf({ grid }: Context, value: Value): number {
  if (value.kind === 'string') return value.value.length * 2;
  return (value.kind === 'vector' ? value.rows.length : 1) * grid.steps * BYTES_PER_POINT;
}

function evaluateKind(context: Context, expression: Expression): Value {
  const { grid } = context;
  switch (expression.kind) {
    case 'number':
      return { kind: 'scalar', values: new Float64Array(grid.steps).fill(expression.value) };
    case 'string':
      return { kind: 'string', value: expression.value };
    case 'selector':
      return vector(collectRows(context, selectorRows(context, expression, 'value'), expression.position));
    case 'range':
    case 'subquery':
      throw new Error('A range vector came where a value at each step was checked for.');
    case 'negate': {
      const of = evaluate(context, expression.of);
      return of.kind === 'scalar'
        ? { kind: 'scalar', values: of.values.map((value) => -value) }
        : vector(mapRows(context, rowsOf(of), expression.position, (value) => -value, context.compat === 2));
    }
    case 'aggregate':
      return vector(evaluateAggregate(context, expression));
    case 'binary':
      return evaluateBinary(context, expression);
    case 'call':
      return evaluateCall(context, expression);
    case 'given':
      return context.given(expression);
  }
}

function evaluateAggregate(context: Context, expression: AggregateExpression): readonly Row[] {
  const { op, parameter, of, position } = expression;
  if (op === 'count_values' && parameter)
    return countValues(context, expression, context.rows(of), context.text(parameter));
  const numbers = parameter ? context.numbers(parameter) : undefined;
  if (isChooser(op) && numbers) return chooseRows(context, expression, context.rows(of), numbers);
  if (op === 'quantile') {
    const wrong = numbers?.find((q) => !(q >= 0 && q <= 1));
    if (wrong !== undefined)
      context.note('warning', quantileOutOfRange(wrong), parameter?.position ?? position);
  }
  return aggregateRows(context, expression, streamRows(context, of), numbers);
}

/** Row by row where that can be: a sum over thousands of series then holds one of them at a time. */
function streamRows(context: Context, expression: Expression): Iterable<Row> {
  if (expression.kind === 'selector') return selectorRows(context, expression, 'value');
  const matrix = expression.kind === 'call' ? expression.args[0] : undefined;
  const isStream =
    expression.kind === 'call' &&
    expression.args.length === 1 &&
    matrix &&
    isMatrix(matrix) &&
    isOneName(matrix);
  if (isStream && !NOT_BY_SERIES.has(expression.name))
    return evaluateWindows(context, expression.name, matrix);
  return context.rows(expression);
}

const NOT_BY_SERIES: ReadonlySet<string> = new Set(['absent_over_time']);

function evaluateWindows(
  context: Context,
  name: string,
  matrix: Parameters<typeof windowRows>[1],
): Iterable<Row> {
  return windowRows(context, matrix, name, windowMaths(name), []);
}

function evaluateBinary(context: Context, expression: BinaryExpression): Value {
  const left = evaluate(context, expression.left);
  const right = evaluate(context, expression.right);
  if (left.kind === 'scalar' && right.kind === 'scalar')
    return { kind: 'scalar', values: scalarScalar(expression, left.values, right.values) };
  if (left.kind === 'scalar')
    return vector(vectorScalar(context, expression, rowsOf(right), left.values, true));
  if (right.kind === 'scalar')
    return vector(vectorScalar(context, expression, rowsOf(left), right.values, false));
  return isSetOperator(expression.op)
    ? vector(setOperation(context, expression, rowsOf(left), rowsOf(right)))
    : vector(vectorVector(context, expression, rowsOf(left), rowsOf(right)));
}

function vector(rows: readonly Row[]): Value {
  return { kind: 'vector', rows };
}

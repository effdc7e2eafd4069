import { aggregate } from './aggregate.ts';
import { scalarScalar, setOperation, vectorScalar, vectorVector } from './binary.ts';
import { absentRows, clampRows, elementMaths, mapRows, scalarOf, sortRows } from './call.ts';
import type { Context } from './context.ts';
import type { BinaryExpression, CallExpression, Expression } from './expression.ts';
import { unsupported } from './failure.ts';
import { histogramQuantile } from './histogram.ts';
import { isSetOperator } from './parse-binary.ts';
import { evaluateSelector, evaluateWindows } from './select.ts';
import { mergeAlike, type Row, type Value } from './vector.ts';
import { WINDOW_MATHS } from './window.ts';

/** The expression's value at all steps of the context's grid. */
export function evaluate(context: Context, expression: Expression): Value {
  const { grid } = context;
  context.check();
  switch (expression.kind) {
    case 'number':
      return { kind: 'scalar', values: new Float64Array(grid.steps).fill(expression.value) };
    case 'string':
      return { kind: 'string', value: expression.value };
    case 'selector':
      return vector(evaluateSelector(context, expression, 'value'));
    case 'range':
      throw unsupported('A range as the answer', expression.position);
    case 'negate': {
      const of = evaluate(context, expression.of);
      return of.kind === 'scalar'
        ? { kind: 'scalar', values: of.values.map((value) => -value) }
        : vector(mapRows(rowsOf(of), expression.position, (value) => -value));
    }
    case 'aggregate': {
      const parameter = expression.parameter ? numbersOf(evaluate(context, expression.parameter)) : undefined;
      return vector(aggregate(grid, expression, rowsOf(evaluate(context, expression.of)), parameter));
    }
    case 'binary':
      return evaluateBinary(context, expression);
    case 'call':
      return evaluateCall(context, expression);
  }
}

function evaluateBinary(context: Context, expression: BinaryExpression): Value {
  const left = evaluate(context, expression.left);
  const right = evaluate(context, expression.right);
  if (left.kind === 'scalar' && right.kind === 'scalar')
    return { kind: 'scalar', values: scalarScalar(expression, left.values, right.values) };
  if (left.kind === 'scalar') return vector(vectorScalar(expression, rowsOf(right), left.values, true));
  if (right.kind === 'scalar') return vector(vectorScalar(expression, rowsOf(left), right.values, false));
  return isSetOperator(expression.op)
    ? vector(setOperation(context.grid, expression, rowsOf(left), rowsOf(right)))
    : vector(vectorVector(context.grid, expression, rowsOf(left), rowsOf(right)));
}

function evaluateCall(context: Context, call: CallExpression): Value {
  const { grid } = context;
  const range = call.args.find((arg) => arg.kind === 'range');
  if (range) return vector(evaluateRangeCall(context, call, range));
  const [first] = call.args;
  switch (call.name) {
    case 'time':
      return {
        kind: 'scalar',
        values: new Float64Array(grid.steps).map((_zero, step) => (grid.fromAt + step * grid.stepMs) / 1000),
      };
    case 'pi':
      return { kind: 'scalar', values: new Float64Array(grid.steps).fill(Math.PI) };
    case 'timestamp':
      if (first?.kind === 'selector')
        return vector(mapRows(evaluateSelector(context, first, 'time'), call.position, (value) => value));
      break;
    case 'absent':
      if (first) return vector(absentRows(grid, rowsOf(evaluate(context, first)), first));
      break;
  }
  return evaluatePlainCall(
    context,
    call,
    call.args.map((arg) => evaluate(context, arg)),
  );
}

function evaluateRangeCall(
  context: Context,
  call: CallExpression,
  range: Extract<Expression, { kind: 'range' }>,
): Row[] {
  const other = call.args.find((arg) => arg !== range);
  const parameter = other ? numbersOf(evaluate(context, other)) : undefined;
  if (call.name === 'absent_over_time') {
    const present = evaluateWindows(context, range, 'last_over_time', () => 1, undefined);
    return absentRows(context.grid, present, range);
  }
  const maths = WINDOW_MATHS[call.name];
  if (!maths) throw new Error(`The function ${call.name} has no arithmetic.`);
  return evaluateWindows(context, range, call.name, maths, parameter);
}

function evaluatePlainCall(context: Context, call: CallExpression, args: readonly Value[]): Value {
  const { grid } = context;
  const numbers = args.flatMap((arg) => (arg.kind === 'scalar' ? [arg.values] : []));
  const rows = args.flatMap((arg) => (arg.kind === 'vector' ? arg.rows : []));
  const [low, high] = numbers;
  switch (call.name) {
    case 'scalar':
      return { kind: 'scalar', values: scalarOf(grid, rows) };
    case 'vector':
      return vector([
        {
          labels: {},
          values: low ?? new Float64Array(grid.steps),
          present: new Uint8Array(grid.steps).fill(1),
        },
      ]);
    case 'histogram_quantile':
      return vector(
        mergeAlike(histogramQuantile(grid, low ?? new Float64Array(grid.steps), rows), call.position),
      );
    case 'sort':
      return vector(sortRows(grid, rows, 1));
    case 'sort_desc':
      return vector(sortRows(grid, rows, -1));
    case 'timestamp':
      return vector(
        mapRows(rows, call.position, (_value, step) => (grid.fromAt + step * grid.stepMs) / 1000),
      );
  }
  const maths = elementMaths(call.name, numbers);
  if (!maths) throw new Error(`The function ${call.name} has no arithmetic.`);
  const inside = call.name === 'clamp' && low && high ? clampRows(rows, low, high) : rows;
  return vector(mapRows(inside, call.position, maths));
}

function vector(rows: readonly Row[]): Value {
  return { kind: 'vector', rows };
}

function rowsOf(value: Value): readonly Row[] {
  if (value.kind !== 'vector') throw new Error(`A ${value.kind} came where a vector was checked for.`);
  return value.rows;
}

function numbersOf(value: Value): Float64Array {
  if (value.kind !== 'scalar') throw new Error(`A ${value.kind} came where a number was checked for.`);
  return value.values;
}

import {
  type Assertion,
  type CodePointSet,
  parseRegex,
  RegexError,
  type RegexNode,
} from './metric-regex-parse.ts';

type Instruction =
  | { readonly kind: 'set'; readonly has: CodePointSet }
  | { readonly kind: 'split'; first: number; second: number }
  | { readonly kind: 'jump'; to: number }
  | { readonly kind: 'assert'; readonly at: Assertion }
  | { readonly kind: 'match' };

/** `(a{1000}){1000}` is a short text and a million instructions: beyond this an expression is refused. */
const PROGRAM_MAX = 10_000;

/**
 * Compiles RE2 syntax to a test of whole strings. All alternatives are walked side by side, so the time grows with the
 * length of the text times that of the expression and never explodes: labels and expressions may be hostile.
 * Method: https://swtch.com/~rsc/regexp/regexp2.html
 */
export function compileRegex(text: string): (value: string) => boolean {
  const literals = literalAlternatives(text);
  if (literals) return (value) => literals.has(value);
  const program: Instruction[] = [];
  emit(parseRegex(text), program);
  program.push({ kind: 'match' });
  return (value) => run(program, value);
}

/** `a|b|c` without anything special is the commonest expression, and a set decides it. */
function literalAlternatives(text: string): Set<string> | undefined {
  return /[\\.+*?()[\]{}^$]/.test(text) ? undefined : new Set(text.split('|'));
}

function emit(node: RegexNode, program: Instruction[]): void {
  if (program.length > PROGRAM_MAX)
    throw new RegexError('it is too large once its repetitions are written out');
  switch (node.kind) {
    case 'set':
      program.push({ kind: 'set', has: node.has });
      return;
    case 'assert':
      program.push({ kind: 'assert', at: node.at });
      return;
    case 'sequence':
      for (const part of node.parts) emit(part, program);
      return;
    case 'choice':
      emitChoice(node.parts, program);
      return;
    case 'repeat':
      emitRepeat(node.part, node.min, node.max, program);
      return;
  }
}

function emitChoice(parts: readonly RegexNode[], program: Instruction[]): void {
  const jumps: { to: number }[] = [];
  parts.forEach((part, index) => {
    if (index === parts.length - 1) {
      emit(part, program);
      return;
    }
    const split = { kind: 'split' as const, first: program.length + 1, second: 0 };
    program.push(split);
    emit(part, program);
    const jump = { kind: 'jump' as const, to: 0 };
    program.push(jump);
    jumps.push(jump);
    split.second = program.length;
  });
  for (const jump of jumps) jump.to = program.length;
}

function emitRepeat(part: RegexNode, min: number, max: number, program: Instruction[]): void {
  for (let i = 0; i < min; i += 1) emit(part, program);
  if (max === Number.POSITIVE_INFINITY) {
    const back = program.length;
    const split = { kind: 'split' as const, first: back + 1, second: 0 };
    program.push(split);
    emit(part, program);
    program.push({ kind: 'jump', to: back });
    split.second = program.length;
    return;
  }
  const splits: { second: number }[] = [];
  for (let i = min; i < max; i += 1) {
    const split = { kind: 'split' as const, first: program.length + 1, second: 0 };
    program.push(split);
    splits.push(split);
    emit(part, program);
  }
  for (const split of splits) split.second = program.length;
}

function run(program: readonly Instruction[], value: string): boolean {
  const codes = Array.from(value, (char) => char.codePointAt(0) ?? 0);
  const seenAt = new Int32Array(program.length).fill(-1);
  let threads: number[] = [];
  follow(program, 0, 0, codes, seenAt, threads);
  for (let position = 0; position < codes.length && threads.length > 0; position += 1) {
    const next: number[] = [];
    const code = codes[position] ?? 0;
    for (const thread of threads) {
      const instruction = program[thread];
      if (instruction?.kind === 'set' && instruction.has(code))
        follow(program, thread + 1, position + 1, codes, seenAt, next);
    }
    threads = next;
  }
  return (
    threads.some((thread) => program[thread]?.kind === 'match') && threadsAtEnd(seenAt, program, codes.length)
  );
}

/** The match instruction must have been reached at the very end, not earlier. */
function threadsAtEnd(seenAt: Int32Array, program: readonly Instruction[], end: number): boolean {
  return seenAt[program.length - 1] === end;
}

/** Adds all instructions that can be reached without reading a code point. */
function follow(
  program: readonly Instruction[],
  start: number,
  position: number,
  codes: readonly number[],
  seenAt: Int32Array,
  threads: number[],
): void {
  const stack = [start];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    if (seenAt[at] === position) continue;
    seenAt[at] = position;
    const instruction = program[at];
    if (instruction === undefined) continue;
    if (instruction.kind === 'split') stack.push(instruction.second, instruction.first);
    else if (instruction.kind === 'jump') stack.push(instruction.to);
    else if (instruction.kind === 'assert') {
      if (holds(instruction.at, position, codes)) stack.push(at + 1);
    } else threads.push(at);
  }
}

function holds(assertion: Assertion, position: number, codes: readonly number[]): boolean {
  const before = codes[position - 1];
  const after = codes[position];
  switch (assertion) {
    case 'start':
      return position === 0;
    case 'end':
      return position === codes.length;
    case 'line-start':
      return before === undefined || before === 10;
    case 'line-end':
      return after === undefined || after === 10;
    case 'word':
      return isWord(before) !== isWord(after);
    case 'not-word':
      return isWord(before) === isWord(after);
  }
}

function isWord(code: number | undefined): boolean {
  return code !== undefined && /\w/.test(String.fromCodePoint(code));
}

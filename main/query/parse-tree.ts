import type { Tree } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';
import type { Compat } from './expression.ts';
import { notPromQL } from './failure.ts';

/** A longer text is no question but an attack on the parser. */
const LENGTH_MAX = 100_000;
/** Brackets in brackets; what is nested deeper is read by no person, and costs the parser more with each bracket. */
export const DEPTH_MAX = 200;
/** Words and signs in all; a chain of operations takes the longer a step, the longer it is already. */
const TOKENS_MAX = 20_000;
/** How much of the text behind a mistake is looked at to say what is wrong there. */
const AFTER_MISTAKE = 1_000;

/** Quoted texts and comments, closed or not, and words: each once from left to right, so that the time is linear. */
const TEXTS_AND_WORDS = /"(?:[^"\\]|\\[\s\S]?)*"?|'(?:[^'\\]|\\[\s\S]?)*'?|`[^`]*`?|#[^\n]*|[a-zA-Z_:][\w:]*/
  .source;
const NOT_IN_GRAMMAR = new RegExp(`(${TEXTS_AND_WORDS})|(\\d)\\.(?![\\w.])`, 'g');
const BRACKETS = new RegExp(`${TEXTS_AND_WORDS}|[()[\\]{}]`, 'g');

const strict = parser.configure({ strict: true });

/**
 * The grammar's tree of a text without mistakes. A first mistake ends the reading: the grammar's own recovery, which tries
 * what else might have been meant, takes seconds on hostile text, so that it sees only what is close behind the mistake.
 */
export function parseTree(text: string, compat: Compat): Tree {
  if (text.length > LENGTH_MAX)
    throw notPromQL(`it is ${text.length} characters long, more than ${LENGTH_MAX}`, { from: 0, to: 0 });
  refuseDepth(text);
  const asked = asGrammarHasIt(text, compat);
  const tree = read(strict, asked);
  if (!('mistakeAt' in tree)) return tree;
  const { mistakeAt } = tree;
  const mended = read(parser, asked.slice(0, mistakeAt + AFTER_MISTAKE));
  if (!('mistakeAt' in mended)) refuseErrors(mended, text);
  throw notPromQL('this is not expected here', { from: mistakeAt, to: mistakeAt });
}

function refuseDepth(text: string): void {
  let depth = 0;
  for (const { 0: found, index } of text.matchAll(BRACKETS)) {
    if (found === '(' || found === '[' || found === '{') depth += 1;
    else if (found === ')' || found === ']' || found === '}') depth -= 1;
    if (depth > DEPTH_MAX)
      throw notPromQL(`it is nested deeper than ${DEPTH_MAX} brackets`, { from: index, to: index + 1 });
  }
}

/**
 * What PromQL has and the grammar has not, in its terms, all positions as they are: the dot of `2.` becomes a space, and
 * the old name of a function one that the grammar knows.
 */
function asGrammarHasIt(text: string, compat: Compat): string {
  return text.replace(NOT_IN_GRAMMAR, (whole, _other, digit: string | undefined, at: number) => {
    if (digit !== undefined) return `${digit} `;
    const isOld = compat === 2 && whole === 'holt_winters' && /^\s*\(/.test(text.slice(at + whole.length));
    return isOld ? 'deriv'.padEnd(whole.length) : whole;
  });
}

/** The tree, or where a strict grammar met what it does not expect. */
function read(grammar: typeof parser, text: string): Tree | { readonly mistakeAt: number } {
  const parse = grammar.startParse(text);
  try {
    for (let tokens = 0; tokens < TOKENS_MAX; tokens += 1) {
      const tree = parse.advance();
      if (tree) return tree;
      // After some hundreds of operations in a row the parser leaves the chain, and takes the next one for a mistake: it keeps
      // its trees flat. Ours are read without recursion, and their length is limited where they are read.
      Reflect.set(parse, 'bigReductionCount', 0);
    }
    throw notPromQL(`it has more than ${TOKENS_MAX} words and signs`, {
      from: parse.parsedPos,
      to: parse.parsedPos,
    });
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return { mistakeAt: parse.parsedPos };
    throw thrown;
  }
}

function refuseErrors(tree: Tree, text: string): void {
  tree.iterate({
    enter: (node) => {
      if (!node.type.isError) return;
      const found = text.slice(node.from, Math.max(node.to, node.from + 1)).slice(0, 40);
      const called = found.startsWith('(')
        ? /([a-zA-Z_:][\w:]*)\s*$/.exec(text.slice(Math.max(0, node.from - 200), node.from))
        : null;
      const name = called?.[1];
      if (called && name !== undefined) {
        const from = Math.max(0, node.from - 200) + called.index;
        throw notPromQL(`there is no function named ${name.slice(0, 60)}`, { from, to: from + name.length });
      }
      const problem =
        found === '' ? 'it ends where more is expected' : `${JSON.stringify(found)} is not expected here`;
      throw notPromQL(problem, { from: node.from, to: node.to });
    },
  });
}

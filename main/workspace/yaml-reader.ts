import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
} from 'yaml';
import { messageOf } from '../../shared/error/coded.ts';

/** Where a value stands, its parts with it. Lines and columns begin at 1. */
export interface Located {
  readonly line: number;
  readonly column: number;
  /** Where the key stands that this value belongs to. */
  readonly key: { readonly line: number; readonly column: number } | null;
  readonly parts: ReadonlyMap<string | number, Located>;
  /** For text: where each of its lines begins, so that an offset into it can be found in the file. */
  readonly text: TextPlace | null;
}

export interface TextPlace {
  readonly line: number;
  readonly column: number;
  /** A block (`|`, `>`): its lines begin below, all at one column. */
  readonly block: boolean;
}

export interface YamlDocument {
  readonly value: unknown;
  readonly located: Located;
}

export interface YamlProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** What a file says, as plain data that may cross to another thread. With problems, the documents are not to be used. */
export interface YamlReading {
  readonly documents: readonly YamlDocument[];
  readonly problems: readonly YamlProblem[];
}

/** Deeper nesting is no configuration; it is made to exhaust the stack of whoever walks it. */
const DEPTH_MAX = 64;
/** Values in one file, aliases counted as often as they stand: a "billion laughs" is refused long before. */
const VALUES_MAX = 50_000;
const PROBLEMS_MAX = 50;

/** Reads YAML 1.2 (core schema) with the position of every value. Never throws for what the text holds. */
export function readYaml(text: string): YamlReading {
  const lineCounter = new LineCounter();
  const problems: YamlProblem[] = [];
  const say = (offset: number, message: string): void => {
    const { line, col } = lineCounter.linePos(offset);
    if (problems.length < PROBLEMS_MAX)
      problems.push({ line: Math.max(1, line), column: Math.max(1, col), message });
  };
  const tooDeep = deepestFlow(text);
  if (tooDeep) return { documents: [], problems: [tooDeep] };
  try {
    // Duplicate keys are found here: the library looks through all keys for each one.
    const documents = parseAllDocuments(text, {
      lineCounter,
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'silent',
    });
    const read: YamlDocument[] = [];
    for (const document of Array.isArray(documents) ? documents : []) {
      for (const error of [...document.errors, ...document.warnings])
        say(error.pos[0], `expected YAML: ${error.message}`);
      if (document.contents === null) continue;
      read.push(walkDocument(document, { text, lineCounter, say, budget: { values: VALUES_MAX } }));
    }
    return { documents: read, problems };
  } catch (thrown) {
    if (thrown instanceof Refused) return { documents: [], problems };
    if (!(thrown instanceof RangeError)) throw thrown;
    return {
      documents: [],
      problems: [{ line: 1, column: 1, message: `expected less deeply nested YAML (${messageOf(thrown)})` }],
    };
  }
}

/** A walk that cannot go on; what is wrong has been said. */
class Refused extends Error {}

interface Walk {
  readonly text: string;
  readonly lineCounter: LineCounter;
  readonly say: (offset: number, message: string) => void;
  readonly budget: { values: number };
}

interface Walked {
  readonly value: unknown;
  readonly located: Located;
  /** How many values it holds, itself included. */
  readonly size: number;
}

function walkDocument(document: Document, walk: Walk): YamlDocument {
  const anchors = new Map<string, Walked>();
  const { value, located } = walkNode(document.contents as Node, null, 0, walk, anchors);
  return { value, located };
}

function walkNode(
  node: Node | null,
  key: Node | null,
  depth: number,
  walk: Walk,
  anchors: Map<string, Walked>,
): Walked {
  const at = node?.range?.[0] ?? key?.range?.[0] ?? 0;
  if (depth > DEPTH_MAX) {
    walk.say(at, `expected at most ${DEPTH_MAX} levels of nesting`);
    throw new Refused();
  }
  const place = { ...placeOf(at, walk), key: key?.range ? placeOf(key.range[0], walk) : null };
  if (isAlias(node)) {
    const target = anchors.get(node.source);
    if (!target) {
      walk.say(at, `expected an anchor &${node.source} before this alias, and not around it`);
      throw new Refused();
    }
    spend(target.size, at, walk);
    return { ...target, located: { ...target.located, ...place } };
  }
  spend(1, at, walk);
  const walked = walkContent(node, place, depth, walk, anchors);
  if (node !== null && 'anchor' in node && typeof node.anchor === 'string') anchors.set(node.anchor, walked);
  return walked;
}

function walkContent(
  node: Node | null,
  place: Pick<Located, 'line' | 'column' | 'key'>,
  depth: number,
  walk: Walk,
  anchors: Map<string, Walked>,
): Walked {
  const parts = new Map<string | number, Located>();
  let size = 1;
  if (isSeq(node)) {
    const value = node.items.map((item, index) => {
      const walked = walkNode(item as Node | null, null, depth + 1, walk, anchors);
      parts.set(index, walked.located);
      size += walked.size;
      return walked.value;
    });
    return { value, located: { ...place, parts, text: null }, size };
  }
  if (isMap(node)) {
    const value: Record<string, unknown> = {};
    for (const pair of node.items as Pair<Node, Node | null>[]) {
      const name = keyOf(pair.key, parts, walk);
      const walked = walkNode(pair.value, pair.key, depth + 1, walk, anchors);
      size += walked.size;
      if (name === null) continue;
      parts.set(name, walked.located);
      value[name] = walked.value;
    }
    return { value, located: { ...place, parts, text: null }, size };
  }
  const value = isScalar(node) ? node.value : null;
  return { value, located: { ...place, parts, text: textPlace(node, value, walk) }, size };
}

/** Null where the key cannot be used; what is wrong with it has been said. */
function keyOf(key: Node, parts: ReadonlyMap<string | number, Located>, walk: Walk): string | null {
  const at = key.range?.[0] ?? 0;
  if (!isScalar(key) || (typeof key.value !== 'string' && typeof key.value !== 'number')) {
    walk.say(at, 'expected a name as key; put it in quotes if it is one');
    return null;
  }
  const name = String(key.value);
  if (name === '__proto__') {
    walk.say(at, 'expected another name than __proto__');
    return null;
  }
  const first = parts.get(name);
  if (first) {
    walk.say(
      at,
      `expected each key once; ${JSON.stringify(name)} stands already in line ${first.key?.line ?? first.line}`,
    );
    return null;
  }
  return name;
}

function spend(values: number, at: number, walk: Walk): void {
  walk.budget.values -= values;
  if (walk.budget.values >= 0) return;
  walk.say(
    at,
    `expected at most ${VALUES_MAX} values in one file, aliases counted each time; split the file`,
  );
  throw new Refused();
}

function placeOf(offset: number, walk: Walk): { line: number; column: number } {
  const { line, col } = walk.lineCounter.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

function textPlace(node: Node | null, value: unknown, walk: Walk): TextPlace | null {
  if (!isScalar(node) || typeof value !== 'string' || !node.range) return null;
  const start = placeOf(node.range[0], walk);
  if (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED') {
    const body = walk.text.slice(walk.text.indexOf('\n', node.range[0]) + 1, node.range[1]);
    return { line: start.line + 1, column: 1 + (/^ */.exec(body)?.[0].length ?? 0), block: true };
  }
  const quoted = node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE';
  return { line: start.line, column: start.column + (quoted ? 1 : 0), block: false };
}

/**
 * The library walks flow collections by recursion, several frames a bracket. Counting brackets outside quotes and
 * comments is only a bound, so it is generous.
 */
function deepestFlow(text: string): YamlProblem | null {
  let depth = 0;
  let line = 1;
  for (const character of text) {
    if (character === '\n') line += 1;
    else if (character === '[' || character === '{') depth += 1;
    else if ((character === ']' || character === '}') && depth > 0) depth -= 1;
    if (depth > DEPTH_MAX * 8)
      return { line, column: 1, message: `expected at most ${DEPTH_MAX} levels of nesting` };
  }
  return null;
}

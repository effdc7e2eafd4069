import { isDeepStrictEqual } from 'node:util';
import { Document, isMap, isSeq, parseAllDocuments, type YAMLMap, type YAMLSeq } from 'yaml';
import type { EditStep, WorkspaceEdit } from '../../shared/config/edit.ts';
import { messageOf } from '../../shared/error/coded.ts';
import { diffLines, linesOf, mergeLines } from './line-diff.ts';
import { formatPath } from './problem.ts';
import { readYaml, type YamlProblem } from './yaml-reader.ts';

/** An edit inside a file that is YAML. */
export type DocumentEdit = Extract<WorkspaceEdit, { kind: 'set' | 'insert' | 'remove' }>;

export type YamlEdited =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problem: YamlProblem };

type Step = string | number;
type Plain = Record<string, unknown> | unknown[];

/** An edit that cannot be made; the message is for the person who asked for it. */
class Refused extends Error {}

/**
 * Changes YAML and leaves all else of it as it stands: comments, order, quotes, blank lines. What comes out is read again and
 * must say exactly what the edits mean; where that cannot be had, such as through an anchor, nothing comes out.
 */
export function editYaml(text: string, edits: readonly DocumentEdit[]): YamlEdited {
  const reading = readYaml(text);
  const [broken] = reading.problems;
  if (broken)
    return refused(broken.line, broken.column, `${broken.message}; mend the file before it is changed here`);
  try {
    // Not structuredClone: it keeps what an alias shares shared, and an edit of one would seem to be one of all.
    const values = reading.documents.map((one) => JSON.parse(JSON.stringify(one.value)) as unknown);
    const documents = parse(text);
    for (const edit of edits) {
      const index = documentIndex(values, edit);
      const { root, path } = applyToPlain(values[index], edit);
      values[index] = root;
      const document = documents[index] ?? new Document();
      documents[index] = document;
      applyToDocument(document, edit, path);
    }
    for (const candidate of candidates(text, documents))
      if (says(candidate, values)) return { ok: true, text: candidate };
    throw new Refused(
      'this change would alter other places of the file too (an anchor that is used elsewhere, perhaps); make it in an editor',
    );
  } catch (thrown) {
    if (thrown instanceof Refused) return refused(1, 1, thrown.message);
    return refused(1, 1, `this change cannot be written here (${messageOf(thrown)}); make it in an editor`);
  }
}

/** A new file that holds these documents. */
export function writeYaml(values: readonly unknown[]): string {
  return values
    .map((value) => new Document(value, { aliasDuplicateObjects: false }).toString(styleOf(2, true)))
    .join('---\n');
}

function refused(line: number, column: number, message: string): YamlEdited {
  return { ok: false, problem: { line, column, message } };
}

function parse(text: string): Document[] {
  const documents = parseAllDocuments(text, { uniqueKeys: false, prettyErrors: false, logLevel: 'silent' });
  return Array.isArray(documents) ? (documents as Document[]) : [];
}

function styleOf(indent: number, indentSeq: boolean, flowCollectionPadding = true) {
  // Long expressions stay on the line that they were written on.
  return { indent, indentSeq, lineWidth: 0, flowCollectionPadding } as const;
}

/** The wanted text with as much of the standing one as possible; then as the library writes it, whole. */
function* candidates(text: string, documents: readonly Document[]): Generator<string> {
  const lines = linesOf(text);
  const untouched = parse(text);
  const styles = [2, 4].flatMap((indent) =>
    [true, false].flatMap((seq) => [true, false].map((padding) => styleOf(indent, seq, padding))),
  );
  const ranked = styles
    .map((style) => {
      const written = linesOf(render(untouched, style));
      return { style, written, distance: distance(lines, written) };
    })
    .sort((left, right) => left.distance - right.distance);
  // An indentation that is mixed fits no style everywhere: the place of the change decides which one does.
  if (text.trim() !== '')
    for (const { style, written } of ranked)
      yield `${mergeLines(written, lines, linesOf(render(documents, style))).join('\n')}\n`;
  for (const { style } of ranked.slice(0, 1)) yield render(documents, style);
}

function distance(before: readonly string[], after: readonly string[]): number {
  return diffLines(before, after).reduce((sum, one) => sum + one.to - one.from + one.lines.length, 0);
}

function render(documents: readonly Document[], style: ReturnType<typeof styleOf>): string {
  return documents
    .map((document, index) => {
      const written = document.toString(style);
      return index === 0 || written.startsWith('---') || written.startsWith('%')
        ? written
        : `---\n${written}`;
    })
    .join('');
}

function says(text: string, values: readonly unknown[]): boolean {
  const reading = readYaml(text);
  return (
    reading.problems.length === 0 &&
    isDeepStrictEqual(
      reading.documents.map((one) => one.value),
      values,
    )
  );
}

function documentIndex(values: readonly unknown[], { document }: DocumentEdit): number {
  if (typeof document === 'number') {
    if (document <= Math.max(0, values.length - 1)) return document;
    throw new Refused(`expected one of the ${values.length} documents of this file, got number ${document}`);
  }
  const found = values.findIndex((value) => at(value, document.where) === document.is);
  if (found >= 0) return found;
  throw new Refused(
    `expected a document with ${formatPath(document.where)}: ${JSON.stringify(document.is)} in this file`,
  );
}

function at(value: unknown, path: readonly Step[]): unknown {
  let here = value;
  for (const step of path) here = child(here, step);
  return here;
}

function child(value: unknown, step: Step): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
  return (value as Record<Step, unknown>)[step];
}

/** The edit on plain values: what the file must say afterwards. Answers the path with its items found. */
function applyToPlain(root: unknown, edit: DocumentEdit): { root: unknown; path: Step[] } {
  // A wrapper gives the root a parent too.
  const whole: Plain = [root ?? null];
  const path: Step[] = [0];
  let parent: unknown = whole;
  const steps = edit.path;
  for (const [index, step] of steps.entries()) {
    const key = stepInto(child(parent, path.at(-1) ?? 0), step, steps.slice(0, index));
    const holder = holderAt(parent, path.at(-1) ?? 0, key, steps.slice(0, index), edit.kind !== 'remove');
    parent = holder;
    path.push(key);
  }
  change(parent as Plain, path.at(-1) ?? 0, edit);
  return { root: whole[0], path: path.slice(1) };
}

function stepInto(value: unknown, step: EditStep, before: readonly EditStep[]): Step {
  if (typeof step === 'string') {
    if (step === '__proto__') throw new Refused('expected another name than __proto__');
    return step;
  }
  if (!Array.isArray(value)) throw new Refused(`expected a list at ${said(before)}`);
  if (typeof step === 'number') {
    if (step < value.length) return step;
    throw new Refused(`expected one of the ${value.length} items of ${said(before)}, got number ${step}`);
  }
  const found = value.findIndex((item) => child(item, step.where) === step.is);
  if (found >= 0) return found;
  throw new Refused(`expected an item with ${step.where}: ${JSON.stringify(step.is)} in ${said(before)}`);
}

/** The value at the key, which must hold the next step; made where it is missing and something is to be written. */
function holderAt(
  parent: unknown,
  key: Step,
  next: Step,
  before: readonly EditStep[],
  make: boolean,
): unknown {
  const value = child(parent, key);
  if (value === undefined || value === null) {
    if (!make) throw new Refused(`expected something at ${said(before)} to take away; there is nothing`);
    const made = {};
    (parent as Record<Step, unknown>)[key] = made;
    return made;
  }
  if (typeof value !== 'object' || (typeof next === 'string' && Array.isArray(value)))
    throw new Refused(`expected keys at ${said(before)}`);
  return value;
}

function change(parent: Plain, key: Step, edit: DocumentEdit): void {
  const holder = parent as Record<Step, unknown>;
  switch (edit.kind) {
    case 'set':
      holder[key] = structuredClone(edit.value);
      return;
    case 'insert': {
      const list = Object.hasOwn(holder, key) ? (holder[key] ?? []) : [];
      if (!Array.isArray(list)) throw new Refused(`expected a list at ${said(edit.path)}`);
      list.splice(edit.at ?? list.length, 0, structuredClone(edit.value));
      holder[key] = list;
      return;
    }
    case 'remove':
      if (edit.path.length === 0)
        throw new Refused('expected a place inside the file; delete the file instead');
      if (!Object.hasOwn(holder, key))
        throw new Refused(`expected something at ${said(edit.path)} to take away; there is nothing`);
      if (Array.isArray(parent)) parent.splice(Number(key), 1);
      else delete holder[key];
      return;
    default:
      throw new Error('an edit of an unknown kind: this is a bug in Midwatch');
  }
}

function said(path: readonly EditStep[]): string {
  if (path.length === 0) return 'the top of the file';
  return path
    .map((step) => (typeof step === 'object' ? `[${step.where}=${step.is}]` : formatPath([step])))
    .join('.')
    .replaceAll('.[', '[');
}

function applyToDocument(document: Document, edit: DocumentEdit, path: readonly Step[]): void {
  const value = (plain: unknown) => document.createNode(plain, { aliasDuplicateObjects: false });
  if (edit.kind === 'remove') {
    document.deleteIn(path);
    return;
  }
  for (let depth = 0; depth < path.length; depth += 1) ensureHolder(document, path.slice(0, depth));
  if (edit.kind === 'set') {
    // A scalar's own node is kept, and with it the comment behind it.
    const plain = typeof edit.value !== 'object' || edit.value === null;
    if (path.length === 0) document.contents = value(edit.value) as Document['contents'];
    else document.setIn(path, plain ? edit.value : value(edit.value));
    return;
  }
  const standing = path.length === 0 ? document.contents : document.getIn(path, true);
  if (!isSeq(standing)) {
    if (path.length === 0) document.contents = value([edit.value]) as Document['contents'];
    else document.setIn(path, value([edit.value]));
    return;
  }
  const list = standing as YAMLSeq;
  if (list.items.length === 0) list.flow = false;
  list.items.splice(edit.at ?? list.items.length, 0, value(edit.value));
}

/** Empty values and `{}` in flow style become maps in block style, so that what is put in reads well. */
function ensureHolder(document: Document, path: readonly Step[]): void {
  const here = path.length === 0 ? document.contents : document.getIn(path, true);
  if (isMap(here)) {
    if ((here as YAMLMap).items.length === 0) (here as YAMLMap).flow = false;
    return;
  }
  if (isSeq(here)) return;
  const made = document.createNode({});
  if (path.length === 0) document.contents = made as Document['contents'];
  else document.setIn(path, made);
}

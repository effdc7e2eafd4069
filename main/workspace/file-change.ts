import type { WorkspaceEdit } from '../../shared/config/edit.ts';
import { assertNever } from '../../shared/error/result.ts';
import { unifiedDiff } from './line-diff.ts';
import { type DocumentEdit, editYaml, writeYaml } from './yaml-edit.ts';
import type { YamlProblem } from './yaml-reader.ts';

/** One file's text after its edits, or why they cannot be made. Plain data that may cross to another thread. */
export type FileChange =
  | { readonly ok: true; readonly after: string | null; readonly diff: string }
  | { readonly ok: false; readonly problem: YamlProblem };

/** Makes the edits of one file, in order. `before` is null where there is no such file. */
export function changeFile(file: string, before: string | null, edits: readonly WorkspaceEdit[]): FileChange {
  let text = before;
  for (const run of runsOf(edits)) {
    const changed = run.kind === 'inside' ? editYaml(text ?? '', run.edits) : whole(run.edit);
    if (!changed.ok) return changed;
    text = changed.text;
  }
  return { ok: true, after: text, diff: unifiedDiff(file, before, text) };
}

function whole(edit: Exclude<WorkspaceEdit, DocumentEdit>): { ok: true; text: string | null } {
  switch (edit.kind) {
    case 'create':
      return { ok: true, text: writeYaml(edit.documents) };
    case 'write':
      return { ok: true, text: edit.text };
    case 'delete':
      return { ok: true, text: null };
    default:
      return assertNever(edit);
  }
}

type Run =
  | { readonly kind: 'inside'; readonly edits: DocumentEdit[] }
  | { readonly kind: 'whole'; readonly edit: Exclude<WorkspaceEdit, DocumentEdit> };

/** Edits inside a document are made together, so that it is read and written once. */
function runsOf(edits: readonly WorkspaceEdit[]): Run[] {
  const runs: Run[] = [];
  for (const edit of edits) {
    const last = runs.at(-1);
    if (edit.kind !== 'set' && edit.kind !== 'insert' && edit.kind !== 'remove')
      runs.push({ kind: 'whole', edit });
    else if (last?.kind === 'inside') last.edits.push(edit);
    else runs.push({ kind: 'inside', edits: [edit] });
  }
  return runs;
}

import {
  checkWorkspace,
  type ExportFormat,
  exportWorkspace,
  type ImportFormat,
  importFile,
  writeImported,
} from '../../app/index.ts';
import { createLogger, systemClock } from '../../platform/index.ts';
import { problemsText } from './check.ts';
import type { Terminal } from './terminal.ts';

/** `midwatch export`: the text on stdout, what could not be carried over on stderr. Exit status 1 where the workspace is wrong. */
export async function exportTo(path: string, format: ExportFormat, terminal: Terminal): Promise<number> {
  const { workspace, problems } = await checkWorkspace(path, systemClock(), createLogger('warn'));
  if (!workspace) {
    terminal.complain(problemsText(problems));
    return 1;
  }
  const { text, left } = exportWorkspace(workspace, format);
  terminal.say(text.trimEnd());
  if (left.length > 0) terminal.complain(`Not carried over:\n${left.join('\n')}`);
  return 0;
}

/** `midwatch import`: into a folder, or on stdout; what could not be carried over on stderr. Exit status 1 where nothing was. */
export function importFrom(
  { file, format, into }: { file: string; format: ImportFormat; into: string | undefined },
  terminal: Terminal,
): number {
  const imported = importFile(file, format);
  if (into === undefined)
    for (const one of imported.files) terminal.say(`# ${one.name}\n---\n${one.text.trimEnd()}\n`);
  else for (const path of writeImported(into, imported)) terminal.say(`Wrote ${path}`);
  if (imported.left.length > 0) terminal.complain(`Not carried over:\n${imported.left.join('\n')}`);
  return imported.files.length > 0 ? 0 : 1;
}

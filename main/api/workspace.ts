import type { WorkspaceWriter } from '../workspace/index.ts';
import { answering, procedures } from './context.ts';

/** Requests that read and change configuration files. */
export function workspaceRouter(writer: WorkspaceWriter) {
  const at = procedures.workspace;
  return at.router({
    read: at.read.handler(({ input, errors }) => answering(errors, () => writer.read(input.file))),
    preview: at.preview.handler(({ input, errors }) =>
      answering(errors, async () => {
        const { loads, files, problems } = await writer.preview(input.edits);
        return { loads, files: [...files], problems: [...problems] };
      }),
    ),
    apply: at.apply.handler(({ input, errors }) =>
      answering(errors, async () => {
        const { files, problems, running } = await writer.apply(input.edits, input.versions);
        return { files: [...files], problems: [...problems], running };
      }),
    ),
  });
}

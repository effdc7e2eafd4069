import { useEffect, useState } from 'react';
import type { WorkspaceEditInput } from '../../shared/config/edit.ts';
import type { ChangedFile, ConfigurationProblem } from '../../shared/contract/workspace.ts';
import { useBusy, useCore } from './use-core.tsx';

/** What edits would do to the workspace. */
export interface EditPreview {
  readonly loads: boolean;
  readonly files: readonly ChangedFile[];
  readonly problems: readonly ConfigurationProblem[];
}

/** What is typed is looked at when the hand rests. */
const REST_MS = 350;
const KEY = 'workspace.apply';

/** What is said and done when the files were written. */
export interface EditDone {
  readonly said: (files: string) => string;
  readonly onDone: (files: readonly ChangedFile[]) => void;
}

/** The preview of what is typed, and the one way to write it; nothing is written before it was seen. */
export function useWorkspaceEdit(edits: readonly WorkspaceEditInput[] | null, { said, onDone }: EditDone) {
  const core = useCore();
  const busy = useBusy(KEY);
  const asked = edits === null ? '' : JSON.stringify(edits);
  const [seen, setSeen] = useState<{
    asked: string;
    preview: EditPreview | null;
    failure: string | null;
  } | null>(null);
  useEffect(() => {
    if (asked === '') return;
    let wanted = true;
    const timer = setTimeout(async () => {
      const answer = await core.requests.quiet((api) =>
        api.workspace.preview({ edits: JSON.parse(asked) as WorkspaceEditInput[] }),
      );
      if (wanted)
        setSeen({
          asked,
          preview: answer.ok ? answer.value : null,
          failure: answer.ok ? null : answer.error.text,
        });
    }, REST_MS);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [core, asked]);
  const current = seen !== null && asked !== '' && seen.asked === asked ? seen : null;
  const preview = current?.preview ?? null;
  const save = async (): Promise<void> => {
    if (!preview?.loads || edits === null) return;
    const versions = Object.fromEntries(preview.files.map((one) => [one.file, one.version]));
    const answer = await core.requests.say(KEY, (api) =>
      api.workspace.apply({ edits: [...edits], versions }),
    );
    if (!answer.ok) return;
    const { files } = answer.value;
    core.ui.toast('ok', said(files.map((one) => one.file).join(', ')));
    onDone(files);
  };
  return { preview, failure: current?.failure ?? null, busy, save };
}

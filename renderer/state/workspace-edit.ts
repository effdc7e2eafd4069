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

/** The preview of what is typed, and the one way to write it; nothing is written before it was seen. */
export function useWorkspaceEdit(edits: readonly WorkspaceEditInput[] | null) {
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
  /** The files that were written; null where nothing was. */
  const apply = async (): Promise<readonly ChangedFile[] | null> => {
    if (!preview?.loads || edits === null) return null;
    const versions = Object.fromEntries(preview.files.map((one) => [one.file, one.version]));
    const answer = await core.requests.say(KEY, (api) =>
      api.workspace.apply({ edits: [...edits], versions }),
    );
    return answer.ok ? answer.value.files : null;
  };
  return { preview, failure: current?.failure ?? null, busy, apply };
}

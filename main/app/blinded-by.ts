import type { Workspace } from '../../shared/config/workspace.ts';
import type { AlertRule } from '../alert/index.ts';

interface Running {
  workspace(): Pick<Workspace, 'objectives' | 'detectors'>;
  rules(): readonly AlertRule[];
}

/**
 * Objectives, rules and detectors that rest on a source, by their ids. Asked for each source at each of its polls, so it is
 * gathered once for a configuration.
 */
export function blindedBy(running: Running): (sourceId: string) => readonly string[] {
  let of: { readonly workspace: unknown; readonly rules: unknown } | undefined;
  let bySource = new Map<string, string[]>();
  return (sourceId) => {
    const workspace = running.workspace();
    const rules = running.rules();
    if (of?.workspace !== workspace || of.rules !== rules) {
      of = { workspace, rules };
      bySource = new Map();
      for (const { id, source } of all(workspace, rules)) {
        const known = bySource.get(source);
        if (known) known.push(id);
        else bySource.set(source, [id]);
      }
    }
    return bySource.get(sourceId) ?? NOTHING;
  };
}

const NOTHING: readonly string[] = [];

function all(
  { objectives, detectors }: ReturnType<Running['workspace']>,
  rules: ReturnType<Running['rules']>,
) {
  return [...objectives, ...rules, ...detectors];
}

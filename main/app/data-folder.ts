import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export interface DataFolders {
  readonly root: string;
  readonly logPath: string;
  readonly metricPath: string;
  readonly backups: string;
  readonly exports: string;
}

/**
 * Where a workspace's state lives: never in the workspace itself, which is made to be committed.
 * `$XDG_STATE_HOME/midwatch/<workspace-id>`, or the folder that `--data` names.
 */
export function dataFolders(
  workspaceId: string,
  explicit: string | undefined,
  environment: NodeJS.ProcessEnv,
): DataFolders {
  const base = environment.XDG_STATE_HOME || join(homedir(), '.local', 'state');
  const root = explicit ?? join(base, 'midwatch', workspaceId);
  const folders = {
    root,
    logPath: join(root, 'midwatch.db'),
    metricPath: join(root, 'metrics.db'),
    backups: join(root, 'backups'),
    exports: join(root, 'exports'),
  };
  for (const folder of [root, folders.backups, folders.exports])
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folders;
}

import { accessSync, constants, mkdirSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { CodedError, messageOf } from '../../shared/error/coded.ts';

export interface DataFolders {
  /** The real path: the same folder is the same lock, whatever way leads to it. */
  readonly root: string;
  readonly logPath: string;
  readonly metricPath: string;
  readonly exports: string;
}

/**
 * Where a workspace's state lives: never in the workspace itself, which is made to be committed.
 * `$XDG_STATE_HOME/midwatch/<workspace-id>`, or the folder that `--data` names. Throws `data-folder-unusable`.
 */
export function dataFolders(
  workspaceId: string,
  explicit: string | undefined,
  environment: NodeJS.ProcessEnv,
): DataFolders {
  const wanted = explicit ?? join(stateHome(environment), 'midwatch', workspaceId);
  try {
    mkdirSync(join(wanted, 'exports'), { recursive: true, mode: 0o700 });
    accessSync(wanted, constants.R_OK | constants.W_OK | constants.X_OK);
    const root = realpathSync(wanted);
    return {
      root,
      logPath: join(root, 'midwatch.db'),
      metricPath: join(root, 'metrics.db'),
      exports: join(root, 'exports'),
    };
  } catch (thrown) {
    throw new CodedError(
      'data-folder-unusable',
      `State cannot be kept in ${wanted} (${messageOf(thrown)}), so nothing was started. Give a folder that you may write to with --data.`,
      { details: { folder: wanted }, cause: thrown },
    );
  }
}

/** The XDG rules ignore a relative path: it would mean another folder in each terminal. */
function stateHome(environment: NodeJS.ProcessEnv): string {
  const named = environment.XDG_STATE_HOME;
  return named?.startsWith('/') ? named : join(homedir(), '.local', 'state');
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { dialog } from 'electron';
import type { WindowLaunch } from '../../app/index.ts';
import type { PreferenceStore } from './preference.ts';

export type Chosen = Pick<WindowLaunch, 'demo' | 'workspace'>;

/** What to watch: the named workspace, the folder it was started in, the last one, or what a person chooses. */
export async function chooseWorkspace(
  launch: WindowLaunch,
  preferences: PreferenceStore,
): Promise<Chosen | undefined> {
  if (launch.demo) return { demo: true, workspace: undefined };
  const known = launch.workspace ?? [process.cwd(), preferences.get().lastWorkspace].find(isWorkspace);
  if (known) return { demo: false, workspace: known };
  const { response } = await dialog.showMessageBox({
    message: 'What shall Midwatch watch?',
    detail:
      'A workspace is a folder with a midwatch.yaml. The demo watches a simulated fleet that you can break.',
    buttons: ['Open a workspace …', 'Show the demo', 'Quit'],
    cancelId: 2,
  });
  if (response === 1) return { demo: true, workspace: undefined };
  if (response !== 0) return undefined;
  const { filePaths } = await dialog.showOpenDialog({ properties: ['openDirectory'] });
  return filePaths[0] === undefined ? undefined : { demo: false, workspace: filePaths[0] };
}

function isWorkspace(folder: string | null): folder is string {
  return folder !== null && existsSync(join(folder, 'midwatch.yaml'));
}

import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { app, session } from 'electron';
import { hashOfLink } from '../../../shared/model/deep-link.ts';
import { type App, linkIn, startApp, type WindowLaunch, workspaceFolder } from '../../app/index.ts';
import { type Clock, createVault, type Logger, sha256 } from '../../platform/index.ts';
import { serveWindowFiles } from './address.ts';
import { launchUtilityChild } from './child.ts';
import { type Chosen, chooseWorkspace } from './choose.ts';
import { createDesk } from './desk.ts';
import { guardSession } from './guard.ts';
import type { DesktopNotifications } from './notification.ts';
import { handOutPorts } from './port.ts';
import { followPower } from './power.ts';
import { createPreferences } from './preference.ts';
import { drainBeforeQuit } from './quit.ts';
import { systemSeal } from './seal.ts';
import { createMainWindow, type MainWindow } from './window.ts';

export interface DesktopDeps {
  readonly launch: WindowLaunch;
  /** Where the built parts lie beside each other. */
  readonly places: { readonly window: string; readonly preload: string; readonly icons: string };
  readonly clock: Clock;
  readonly log: Logger;
}

/** The desktop application, from the ready runtime to a watching core behind one window. */
export async function startDesktop(deps: DesktopDeps): Promise<void> {
  const { launch, places, clock, log } = deps;
  const { preload, icons } = places;
  const preferences = createPreferences(join(app.getPath('userData'), 'desktop.json'), log);
  const chosen = await chooseWorkspace(launch, preferences);
  if (!chosen) return app.quit();
  guardSession(session.defaultSession, log);
  serveWindowFiles(places.window);
  const icon = join(icons, 'icon.png');
  const window = createMainWindow({ preload, icon, preferences, clock, log, withDevTools: !app.isPackaged });
  const core = Promise.withResolvers<App>();
  const desk = createDesk({
    core: core.promise,
    window,
    preferences,
    icons,
    isDemo: chosen.demo,
    clock,
    log,
  });
  handOutPorts(core.promise, log);
  followStarts(window);
  const drain = async () => {
    desk.stop();
    await (await core.promise).stop();
  };
  drainBeforeQuit(drain, clock, log);
  // The page loads while the core starts; its port follows as soon as there is a core.
  window.show(launch.hash);
  startCore(chosen, desk.notifications, deps).then(core.resolve, core.reject);
  const running = await core.promise;
  if (chosen.workspace !== undefined) preferences.set({ lastWorkspace: chosen.workspace });
  followPower(running, log);
  await desk.follow(running);
}

async function startCore(
  chosen: Chosen,
  notifier: DesktopNotifications,
  { launch, log }: DesktopDeps,
): Promise<App> {
  const userData = app.getPath('userData');
  const vault = createVault(join(userData, 'secrets.json'), systemSeal);
  const problem = await vault.problem();
  if (problem !== null) log.warn({}, problem);
  return startApp({
    host: 'electron',
    ...chosen,
    dataFolder: launch.dataFolder ?? join(userData, 'state', stateName(chosen)),
    vault,
    notifier,
    launchChild: launchUtilityChild,
    log,
    onProgress: (text) => log.info({}, text),
    greeting: () => 'Its window is open on this desktop.',
  });
}

/** A folder that is not there is said by the core, with what to do. */
function stateName({ demo, workspace = '' }: Chosen): string {
  return demo ? 'demo' : sha256(existsSync(workspace) ? realpathSync(workspace) : workspace).slice(0, 16);
}

/** Links, files and second starts come to the window that is there. */
function followStarts(window: MainWindow): void {
  app.on('second-instance', (_event, argv) => window.show(linkIn(argv)));
  app.on('activate', () => window.show());
  app.on('open-url', (event, link) => {
    event.preventDefault();
    window.show(hashOfLink(link));
  });
  app.on('open-file', (event, path) => {
    event.preventDefault();
    // One workspace a process: another one begins with the next start.
    app.relaunch({ args: ['start', workspaceFolder(path) ?? path] });
    app.quit();
  });
}

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { app, dialog } from 'electron';
import { CodedError, messageOf } from '../../../shared/error/coded.ts';
import { readLaunch, type WindowLaunch } from '../../app/index.ts';
import {
  createLogger,
  createVault,
  type LaunchChild,
  systemClock,
  type Vault,
} from '../../platform/index.ts';
import { registerScheme } from './address.ts';
import { launchUtilityChild } from './child.ts';
import { startDesktop } from './desktop.ts';
import { guardPages } from './guard.ts';
import { systemSeal } from './seal.ts';

/** The entry of the desktop application: one window over the core, or a sub-command of the same executable without one. */
const clock = systemClock();
const log = createLogger(process.env.MIDWATCH_LOG === 'silent' ? 'silent' : 'info');
const beside = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const launch = readLaunch(process.argv, app.isPackaged);

registerScheme();
app.enableSandbox();
guardPages(clock, log);
app.setAppUserModelId('org.midwatch.desktop');
if (app.isPackaged) app.setAsDefaultProtocolClient('midwatch');
// The first start shows its window, and a link that came with this one.
if (launch.kind !== 'window') endWith(command(launch.args));
else if (app.requestSingleInstanceLock()) endAfter(openDesktop(launch));
else app.quit();

async function openDesktop(window: WindowLaunch): Promise<void> {
  await app.whenReady();
  const places = {
    window: beside('../renderer'),
    preload: beside('../preload/preload.cjs'),
    icons: beside('../../assets/icon'),
  };
  await startDesktop({ launch: window, places, clock, log });
}

/** The command line is an entry of its own beside this one; it brings its own words and exit status. */
async function command(args: readonly string[]): Promise<number> {
  app.dock?.hide();
  await app.whenReady();
  type Host = { readonly launchChild: LaunchChild; readonly vault: Vault };
  type Entry = { commandLine(args: readonly string[], host: Host): Promise<number> };
  const entry: Entry = await import(new URL('./cli.js', import.meta.url).href);
  const vault = createVault(join(app.getPath('userData'), 'secrets.json'), systemSeal);
  return entry.commandLine(args, { launchChild: launchUtilityChild, vault });
}

function endWith(running: Promise<number>): void {
  endAfter(running.then((status) => app.exit(status)));
}

function endAfter(running: Promise<void>): void {
  running.catch((thrown: unknown) => {
    const said = thrown instanceof CodedError ? thrown.message : `A bug in Midwatch: ${messageOf(thrown)}`;
    process.stderr.write(`midwatch: ${said}\n`);
    if (launch.kind === 'window') dialog.showErrorBox('Midwatch could not start', said);
    app.exit(1);
  });
}

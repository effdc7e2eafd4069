import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { hashOfLink } from '../../shared/model/deep-link.ts';

/** What a start of the executable asks for: a window, or a sub-command that needs none. */
export type Launch =
  | { readonly kind: 'command'; readonly args: readonly string[] }
  | ({ readonly kind: 'window' } & WindowLaunch);

export interface WindowLaunch {
  readonly demo: boolean;
  /** Undefined where none is named: then the last one is opened again, or a person is asked. */
  readonly workspace: string | undefined;
  readonly dataFolder: string | undefined;
  /** The address inside the window that a deep link means. */
  readonly hash: string | undefined;
}

const COMMANDS: readonly string[] = ['help', 'version', 'check', 'serve', 'secret'];
const NO_WINDOW = ['--smoke', '--no-open', '--no-electron', '--help', '-h', '--version', '-v'];
/** Switches of the runtime itself, which no command of ours may trip over. */
const RUNTIME =
  /^--(no-sandbox|inspect|remote-debugging|user-data-dir|password-store|ozone|enable-|disable-|lang=)|^-psn_/;

/** Reads the arguments of the process. While it is not packaged, the application's own path stands before them. */
export function readLaunch(argv: readonly string[], isPackaged: boolean): Launch {
  const given = argv.slice(1).filter((arg) => !RUNTIME.test(arg));
  const args = isPackaged ? given : given.slice(given.findIndex((arg) => !arg.startsWith('-')) + 1);
  const dataAt = args.indexOf('--data');
  const dataFolder = dataAt < 0 ? undefined : args[dataAt + 1];
  const link = linkIn(args);
  const names = args.filter(
    (arg, index) => !/^(-|midwatch:)/.test(arg) && !(dataAt >= 0 && index === dataAt + 1),
  );
  const [command = '', second] = names;
  if (COMMANDS.includes(command) || NO_WINDOW.some((flag) => args.includes(flag)))
    return { kind: 'command', args };
  const workspace = workspaceFolder(command === 'start' || command === 'demo' ? second : names[0]);
  return { kind: 'window', demo: command === 'demo', workspace, dataFolder, hash: link };
}

/** The window's address for the first link among the arguments. */
export function linkIn(args: readonly string[]): string | undefined {
  const link = args.find((arg) => arg.startsWith('midwatch:'));
  return link === undefined ? undefined : hashOfLink(link);
}

/** A file stands for the folder it lies in: `midwatch.yaml`, or the `*.midwatch` that a desktop associates with us. */
export function workspaceFolder(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  return statSync(path, { throwIfNoEntry: false })?.isFile() ? dirname(path) : path;
}

import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { utilityProcess } from 'electron';
import { type LaunchChild, linesOf } from '../../platform/index.ts';

/** The lifeline of plain Node; a utility process has no stdin, and the runtime ends it with us. */
const LIFELINE = '--die-with-stdin';

/** Starts a process of ours as a utility process: the packaged executable runs no script as plain Node does. */
export const launchUtilityChild: LaunchChild = (entry, args) => {
  const given = args.filter((arg) => arg !== LIFELINE);
  const child = utilityProcess.fork(fileURLToPath(entry), given, { stdio: ['ignore', 'pipe', 'inherit'] });
  return {
    pid: child.pid,
    onLine: child.stdout ? linesOf(child.stdout as Readable) : () => undefined,
    onExit: (listener) => void child.once('exit', (status) => listener(status)),
    stop: () => void child.kill(),
  };
};

import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { messageOf } from '../../../shared/error/coded.ts';
import { err, ok, type Result } from '../../../shared/error/result.ts';

/** Plays a sound file by the first program of this desktop that can. */
export interface SoundPlayer {
  /** Whether any such program is installed; one that is may still find no sound card. */
  isThere(): boolean;
  /** Answers which program played it, once it has; or what each of them said. */
  play(path: string): Promise<Result<string, string>>;
}

type Program = readonly [name: string, args: (path: string) => string[]];
/** The path comes by the environment, as PowerShell reads arguments after a command as more of the command. */
const POWERSHELL = '(New-Object Media.SoundPlayer $env:MIDWATCH_SOUND).PlaySync()';
/** Linux: PipeWire, PulseAudio, the desktop's own event sounds, ALSA; the first two mix with what else is heard. */
const PROGRAMS: Readonly<Partial<Record<NodeJS.Platform, readonly Program[]>>> = {
  linux: [
    ['pw-play', (path) => ['--media-role=Notification', path]],
    ['paplay', (path) => ['--property=media.role=event', path]],
    ['canberra-gtk-play', (path) => ['--file', path]],
    ['aplay', (path) => ['--quiet', path]],
  ],
  darwin: [['afplay', (path) => [path]]],
  win32: [['powershell.exe', () => ['-NoProfile', '-NonInteractive', '-Command', POWERSHELL]]],
};
/** A sound takes two seconds at most; a program that waits for a sound server is given up. */
const PLAYED_MS = 8_000;

/** Elsewhere than on these three systems the notifications, or the window, bring the sound. */
export function createSoundPlayer(platform: NodeJS.Platform, environment: NodeJS.ProcessEnv): SoundPlayer {
  const folders = (environment.PATH ?? '').split(delimiter).filter((one) => one !== '');
  const programs = PROGRAMS[platform] ?? [];
  const installed = () => programs.filter(([name]) => folders.some((one) => canRun(join(one, name))));
  return {
    isThere: () => installed().length > 0,
    async play(path) {
      const said: string[] = [];
      for (const [name, args] of installed()) {
        const played = await run(name, args(path), { ...environment, MIDWATCH_SOUND: path });
        if (played.ok) return ok(name);
        said.push(`${name}: ${played.error}`);
      }
      const names = programs.map(([name]) => name).join(', ');
      const missing = names === '' ? 'no program is known on this system' : `none of ${names} is installed`;
      return err(said.length > 0 ? said.join('; ') : missing);
    },
  };
}

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Not there, or not ours to run: the same for this purpose.
    return false;
  }
}

function run(name: string, args: string[], env: NodeJS.ProcessEnv): Promise<Result<null, string>> {
  return new Promise((resolve) => {
    execFile(name, args, { timeout: PLAYED_MS, env }, (error, _out, complaint) => {
      if (!error) return resolve(ok(null));
      const lines = complaint.trim().split('\n');
      resolve(
        err(error.killed ? 'it did not end within 8 s' : (lines.at(-1) || messageOf(error)).slice(0, 200)),
      );
    });
  });
}

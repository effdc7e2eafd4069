import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** Whether a program starts when its person logs in. */
export interface Autostart {
  isOn(): boolean;
  set(on: boolean): void;
}

/** The freedesktop way: one entry in a folder. @see https://specifications.freedesktop.org/autostart-spec/latest/ */
export function freedesktopAutostart(
  name: string,
  executable: string,
  environment: NodeJS.ProcessEnv,
): Autostart {
  const configHome = environment.XDG_CONFIG_HOME || join(homedir(), '.config');
  const path = join(configHome, 'autostart', `${name.toLowerCase()}.desktop`);
  return {
    isOn: () => statSync(path, { throwIfNoEntry: false }) !== undefined,
    set(on) {
      if (!on) return rmSync(path, { force: true });
      const quoted = `"${executable.replace(/["`$\\]/g, (one) => `\\${one}`).replaceAll('%', '%%')}"`;
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(
        path,
        `[Desktop Entry]\nType=Application\nName=${name}\nExec=${quoted}\nTerminal=false\n`,
      );
    },
  };
}

import { spawn } from 'node:child_process';

/** Whether a browser can be opened for a person here. */
export function hasDisplay(environment: NodeJS.ProcessEnv, platform: NodeJS.Platform): boolean {
  return platform !== 'linux' || Boolean(environment.DISPLAY || environment.WAYLAND_DISPLAY);
}

/** Opens the address in the default browser, as an argument and never through a shell. Answers whether one was started. */
export function openBrowser(address: string, platform: NodeJS.Platform): Promise<boolean> {
  const [command, args] =
    platform === 'darwin'
      ? (['open', [address]] as const)
      : platform === 'win32'
        ? (['rundll32', ['url.dll,FileProtocolHandler', address]] as const)
        : (['xdg-open', [address]] as const);
  return new Promise((resolve) => {
    const child = spawn(command, [...args], { stdio: 'ignore', detached: true });
    child.on('error', () => resolve(false));
    child.on('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}

/**
 * `npm run demo` and `npm start`: set up what is missing, then hand over to the application.
 * Electron's window where its runtime is there; else the same core with the browser as its window.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fetchRuntime } from './desktop-runtime.mjs';
import { build, environment, install, lean, nodePath, root } from './setup.mjs';

const [command = 'start', ...args] = process.argv.slice(2);

const hasDisplay =
  process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);

await install();
await build();

const headless = args.some((arg) => ['--smoke', '--no-open', '--help', '--no-electron'].includes(arg));
const runtime = headless || !hasDisplay ? {} : await fetchRuntime();
const electron = runtime.executable;
const [program, programArgs] = electron
  ? [electron, [root, command, ...args]]
  : [nodePath, [...lean.args, join(root, 'out', 'main', 'cli.js'), command, ...args]];
if (runtime.problem) console.log(`${runtime.problem} The window is a browser tab instead.`);
else if (!electron && !headless) console.log('There is no display here: the window is a browser tab.');

const child = spawn(program, programArgs, {
  cwd: process.env.INIT_CWD ?? root,
  env: { ...lean.env, ...environment() },
  stdio: 'inherit',
});
// The terminal sends Ctrl-C to the child as well: wait for it to drain instead of leaving it alone.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => signal !== 'SIGINT' && child.kill(signal));
child.on('error', (error) => {
  console.error(`midwatch: could not start ${program}: ${error.message}`);
  process.exit(1);
});
child.on('exit', (status, signal) => process.exit(status ?? (signal === 'SIGINT' ? 0 : 1)));

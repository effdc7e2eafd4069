/**
 * `npm run package`: the application for this system, in dist/. First the unpacked folder, then the installers from it,
 * so that an installer whose tools cannot be fetched costs that installer and nothing else.
 *   --dir            the unpacked folder alone
 *   --stub-runtime   without the desktop runtime: the folder cannot be started, but what goes into it can be looked at
 *   --output DIR     instead of dist/
 */
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchRuntime } from './desktop-runtime.mjs';
import { build as buildBundles, environment, fail, install, nodePath, root, run } from './setup.mjs';

const args = process.argv.slice(2);
const outputAt = args.indexOf('--output');
const output = outputAt < 0 ? join(root, 'dist') : args[outputAt + 1];

// Set up on whatever Node this is; the packager then needs the Node that was set up.
if (!process.env.MIDWATCH_PACKAGING) {
  await install();
  await buildBundles();
  const again = await run(nodePath, [import.meta.filename ?? join(root, 'scripts', 'package.mjs'), ...args], {
    env: environment({ MIDWATCH_PACKAGING: '1' }),
  });
  process.exit(again.status);
}

const { build, Platform } = await import('electron-builder');
const { parse } = await import('yaml');
const config = parse(readFileSync(join(root, 'electron-builder.yml'), 'utf8'));
const key =
  { linux: 'linux', darwin: 'mac', win32: 'win' }[process.platform] ??
  fail(`no package is made on ${process.platform}.`);
const platform = Platform.current();
const { version } = JSON.parse(readFileSync(join(root, 'node_modules', 'electron', 'package.json'), 'utf8'));

const runtime = args.includes('--stub-runtime') ? undefined : await runtimeFolder();
const stub = runtime ? undefined : makeStub();
const unpacked = await packFolder();
console.log(`\nThe unpacked application: ${unpacked}`);
if (stub) {
  rmSync(stub, { recursive: true });
  console.log(
    'IT CANNOT BE STARTED: the desktop runtime is not in it. What goes into resources/ is complete.',
  );
} else if (!args.includes('--dir')) await makeInstallers(unpacked);
console.log(`Result: ${output}`);

/** The runtime's folder, fetched where it can be. */
async function runtimeFolder() {
  const { executable, problem } = await fetchRuntime({ again: true });
  if (!executable) console.log(problem);
  return executable && join(root, 'node_modules', 'electron', 'dist');
}

function makeStub() {
  const folder = mkdtempSync(join(tmpdir(), 'midwatch-stub-'));
  mkdirSync(join(folder, 'locales'));
  const name = join(folder, process.platform === 'win32' ? 'electron.exe' : 'electron');
  writeFileSync(
    name,
    '#!/bin/sh\necho "This is a stub: the desktop runtime is not in this package." >&2\nexit 1\n',
  );
  chmodSync(name, 0o755);
  writeFileSync(join(folder, 'version'), version);
  return folder;
}

async function packFolder() {
  // Fuses are bits in the real runtime's executable; a stub has none.
  const bare = stub ? { electronDist: stub, electronFuses: null } : { electronDist: runtime };
  await build({
    projectDir: root,
    publish: 'never',
    targets: platform.createTarget('dir'),
    config: { ...config, ...bare, directories: { ...config.directories, output } },
  });
  const found = readdirSync(output).find((name) => name.endsWith('unpacked') || name.startsWith('mac'));
  return join(output, found ?? '');
}

async function makeInstallers(prepackaged) {
  for (const target of config[key].target.map((one) => one.target ?? one)) {
    try {
      const made = await build({
        projectDir: root,
        publish: 'never',
        prepackaged,
        targets: platform.createTarget(target),
        config: { ...config, directories: { ...config.directories, output } },
      });
      for (const path of made)
        console.log(`${target}: ${path} (${(statSync(path).size / 1e6).toFixed(1)} MB)`);
    } catch (thrown) {
      const reason = String(thrown?.message ?? thrown).split('\n')[0];
      console.log(
        `${target}: NOT MADE. Its tools could not be had (${reason}). The unpacked folder above is complete.`,
      );
    }
  }
}

import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { environment, run } from './setup.mjs';

const onPath = (name) =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)));

/** Each program: its name, the package that holds it, and what is skipped without it. On Debian as root it comes by apt. */
export async function installPrograms(programs) {
  const missing = programs.filter(([name]) => !onPath(name));
  if (missing.length === 0) return;
  const debianRoot = existsSync('/etc/debian_version') && process.getuid?.() === 0;
  if (!debianRoot) {
    for (const [name, , what] of missing) console.log(`Not installed: ${name}. Skipping ${what}.`);
    return;
  }
  console.log(`Installing ${missing.map(([name]) => name).join(', ')} by apt …`);
  const env = environment({ DEBIAN_FRONTEND: 'noninteractive' });
  const lock = ['-o', 'DPkg::Lock::Timeout=900'];
  await run('apt-get', [...lock, 'update'], { env, quiet: true });
  const result = await run(
    'apt-get',
    [...lock, 'install', '-y', '--no-install-recommends', ...new Set(missing.map(([, name]) => name))],
    { env, quiet: true },
  );
  if (result.status !== 0)
    console.log(
      `apt could not install them; the tests that need them will say so and be skipped:\n${result.tail}`,
    );
  // Debian starts the services it installs; the tests start their own on free ports.
  if (onPath('systemctl'))
    await run('systemctl', ['stop', 'prometheus', 'prometheus-node-exporter', 'prometheus-alertmanager'], {
      env,
      quiet: true,
    });
}

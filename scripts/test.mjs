/**
 * `npm test`: set up everything the tests need, run all but the slow suites (`--slow`: only those), and end with a plain
 * line that counts them. On Debian as root Chromium and Prometheus come by apt; elsewhere what is there is used.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { build, environment, install, nodePath, root, run } from './setup.mjs';

const args = process.argv.slice(2);
const slow = args.includes('--slow');
const rest = args.filter((arg) => arg !== '--slow');

const programs = [
  ['chromium', 'chromium', 'the end-to-end journeys'],
  ['prometheus', 'prometheus', 'the tests against a real Prometheus'],
  ['prometheus-node-exporter', 'prometheus-node-exporter', 'the real Prometheus scraping a real node'],
];

const onPath = (name) =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, name)));

async function installPrograms() {
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
    [...lock, 'install', '-y', '--no-install-recommends', ...missing.map(([, name]) => name)],
    { env, quiet: true },
  );
  if (result.status !== 0)
    console.log(
      `apt could not install them; the tests that need them will say so and be skipped:\n${result.tail}`,
    );
  // Debian starts the services it installs; the tests start their own on free ports.
  if (onPath('systemctl'))
    await run('systemctl', ['stop', 'prometheus', 'prometheus-node-exporter'], { env, quiet: true });
}

await install();
await installPrograms();
await build();

const folder = mkdtempSync(join(tmpdir(), 'midwatch-test-'));
const report = join(folder, 'report.json');
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const { status } = await run(
  nodePath,
  [vitest, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...rest],
  { env: environment({ CI: process.env.CI ?? '1', ...(slow ? { MIDWATCH_SLOW: '1' } : {}) }) },
);

let ok = status === 0;
if (existsSync(report)) {
  const counts = JSON.parse(readFileSync(report, 'utf8'));
  const skipped = (counts.numPendingTests ?? 0) + (counts.numTodoTests ?? 0);
  // A file that fails to load has no failed test of its own.
  const failed = Math.max(counts.numFailedTests ?? 0, ok ? 0 : 1);
  if ((counts.numPassedTests ?? 0) === 0) ok = false;
  console.log(`${counts.numPassedTests ?? 0} passed, ${failed} failed, ${skipped} skipped`);
} else {
  ok = false;
  console.log('0 passed, 1 failed, 0 skipped');
}
rmSync(folder, { recursive: true, force: true });
process.exit(ok ? 0 : 1);

/**
 * `npm test`: set up everything the tests need, run all but the slow suites (`--slow`: only those), and end with a plain
 * line that counts them. On Debian as root Chromium and Prometheus come by apt; elsewhere what is there is used.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installPrograms } from './programs.mjs';
import { build, environment, install, nodePath, root, run } from './setup.mjs';

const args = process.argv.slice(2);
const slow = args.includes('--slow');
const rest = args.filter((arg) => arg !== '--slow');

const programs = [
  ['chromium', 'chromium', 'the end-to-end journeys'],
  ['prometheus', 'prometheus', 'the tests against a real Prometheus'],
  ['prometheus-node-exporter', 'prometheus-node-exporter', 'the real Prometheus scraping a real node'],
  ['prometheus-alertmanager', 'prometheus-alertmanager', 'the tests against a real Alertmanager'],
  ['dbus-run-session', 'dbus', 'the secrets in a real keyring'],
  ['gnome-keyring-daemon', 'gnome-keyring', 'the secrets in a real keyring'],
];

await install();
await installPrograms(programs);
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

/**
 * `npm test`: set up everything the tests need, run all but the slow suites (`--slow`: only those), and end with a plain
 * line that counts them. What failed beside the other suites is run once more by itself, and that is said.
 * On Debian as root Chromium and Prometheus come by apt; elsewhere what is there is used.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
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
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');

/** One run of vitest: its counts and the files with failures; undefined where it did not even report. */
async function tests(name, filters, env = {}) {
  const report = join(folder, `${name}.json`);
  const { status } = await run(
    nodePath,
    [vitest, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...filters],
    { env: environment({ CI: process.env.CI ?? '1', ...(slow ? { MIDWATCH_SLOW: '1' } : {}), ...env }) },
  );
  if (!existsSync(report)) return undefined;
  const counts = JSON.parse(readFileSync(report, 'utf8'));
  const failures = counts.testResults.flatMap(({ name: file, status: outcome, assertionResults }) => {
    const failed = assertionResults.filter((one) => one.status === 'failed').map((one) => one.fullName);
    // A file that fails to load has no failed test of its own.
    const skipped = assertionResults.filter(
      (one) => one.status === 'pending' || one.status === 'skipped',
    ).length;
    return outcome === 'failed'
      ? [{ file, skipped, tests: failed.length > 0 ? failed : ['(the file itself)'] }]
      : [];
  });
  return {
    ok: status === 0,
    passed: counts.numPassedTests ?? 0,
    failed: Math.max(counts.numFailedTests ?? 0, status === 0 ? 0 : 1),
    failedTests: counts.numFailedTests ?? 0,
    skipped: (counts.numPendingTests ?? 0) + (counts.numTodoTests ?? 0),
    failures,
  };
}

function say(title, failures) {
  console.log(title);
  for (const { file, tests: names } of failures)
    for (const name of names) console.log(`  ${relative(root, file)}: ${name}`);
}

/** More files than these are not a machine that was busy. */
const AGAIN_MAX = 5;

let result = await tests('all', rest);
if (result && !result.ok) {
  say('Failed:', result.failures);
  // The suites share the machine's processors. What fails beside others is run once more by itself, and both are told.
  if (result.failures.length > 0 && result.failures.length <= AGAIN_MAX) {
    const files = result.failures.map((one) => relative(root, one.file));
    console.log(`\nOnce more, by themselves: ${files.join(', ')}`);
    const again = await tests('again', files, { VITEST_MAX_WORKERS: '1' });
    if (again?.ok) {
      say('Failed beside the other suites and passed by themselves:', result.failures);
      // Where what a file needs did not come, none of its tests ran the first time.
      const ran = result.failures.reduce((sum, one) => sum + one.skipped, 0) - again.skipped;
      result = {
        ...result,
        ok: true,
        passed: result.passed + result.failedTests + ran,
        failed: 0,
        skipped: result.skipped - ran,
      };
    } else if (again) say('Failed again:', again.failures);
  }
}
rmSync(folder, { recursive: true, force: true });
const { passed, failed, skipped } = result ?? { passed: 0, failed: 1, skipped: 0 };
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(result?.ok && passed > 0 ? 0 : 1);

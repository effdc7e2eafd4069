/**
 * `npm run test:desktop`: the specs of the desktop on the runtime itself where it is installed, else on the stand-in,
 * and says loudly which. Ends with a table of the specs and a line that counts them.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { runtimeExecutable } from './desktop-runtime.mjs';
import { installPrograms } from './programs.mjs';
import { build, environment, fail, install, nodePath, root, run } from './setup.mjs';

await install();
await installPrograms([
  ['chromium', 'chromium', 'the specs on the stand-in'],
  ['Xvfb', 'xvfb', 'a real desktop session'],
  ['dbus-run-session', 'dbus', 'a real desktop session'],
  ['dunst', 'dunst', 'a real notification'],
  ['notify-send', 'libnotify-bin', 'a real notification'],
]);
await build();

const isReal = process.env.MIDWATCH_DESKTOP !== 'stand-in' && runtimeExecutable() !== undefined;
const line = '='.repeat(100);
if (isReal) {
  const hasDisplay = process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  if (!hasDisplay)
    fail(
      'the desktop runtime is installed but there is no display: run this in a desktop session or under xvfb-run.',
    );
  console.log(`${line}\nON THE REAL DESKTOP RUNTIME, unpackaged.\n${line}`);
} else {
  console.log(
    `${line}\nON THE STAND-IN, NOT ON THE REAL DESKTOP RUNTIME: the built bundles run, their windows are real Chromium pages, and\nnotifications, tray, keyring and power are played. What that cannot show stands in docs/desktop.md.\n"npx install-electron" fetches the runtime; then this command uses it.\n${line}`,
  );
  if (!existsSync(process.env.CHROMIUM ?? '/usr/bin/chromium'))
    fail(
      'the stand-in needs Chromium: install it (Debian: apt-get install chromium) or name it in CHROMIUM.',
    );
}

const results = mkdtempSync(join(tmpdir(), 'midwatch-desktop-'));
const report = join(results, 'report.json');
const { status } = await run(
  nodePath,
  [
    join(root, 'node_modules', 'vitest', 'vitest.mjs'),
    'run',
    '--config',
    'test/desktop/vitest.config.ts',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ],
  { env: environment({ CI: process.env.CI ?? '1' }) },
);

let ok = status === 0;
if (existsSync(report)) {
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const marks = { passed: 'ok', failed: 'FAILED' };
  console.log(`\n${isReal ? 'real runtime' : 'stand-in'}`);
  for (const file of testResults) {
    console.log(`\n  ${relative(join(root, 'test', 'desktop'), file.name).replace('.desktop.test.ts', '')}`);
    for (const spec of file.assertionResults) {
      const kind = spec.status === 'passed' || spec.status === 'failed' ? spec.status : 'skipped';
      counts[kind] += 1;
      console.log(
        `    ${(marks[kind] ?? 'skipped').padEnd(8)} ${String(Math.round(spec.duration ?? 0)).padStart(7)} ms  ${spec.fullName}`,
      );
    }
    if (file.status === 'failed' && file.assertionResults.every((spec) => spec.status !== 'failed'))
      counts.failed += 1;
  }
  if (counts.passed === 0) ok = false;
  console.log(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
} else {
  ok = false;
  console.log('0 passed, 1 failed, 0 skipped');
}
rmSync(results, { recursive: true, force: true });
process.exit(ok ? 0 : 1);

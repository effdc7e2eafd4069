/** Where the desktop runtime is, and how it is fetched; plain JavaScript that an old Node can run. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environment, nodePath, root, run } from './setup.mjs';

const folder = join(root, 'node_modules', 'electron');
const failedAt = join(root, 'node_modules', '.midwatch-no-runtime');
/** A network that does not let it through must not cost a minute at each start. */
const TRY_AGAIN_MS = 24 * 60 * 60_000;
const TIMEOUT_MS = 5 * 60_000;

/** The runtime's executable, or undefined while it has not been fetched. */
export function runtimeExecutable() {
  const pathFile = join(folder, 'path.txt');
  if (!existsSync(pathFile)) return undefined;
  const executable = join(folder, 'dist', readFileSync(pathFile, 'utf8').trim());
  return existsSync(executable) ? executable : undefined;
}

/** Fetches the runtime once. Answers the executable, or why there is none. */
export async function fetchRuntime({ again = false } = {}) {
  const found = runtimeExecutable();
  if (found) return { executable: found };
  const lastTry = statSync(failedAt, { throwIfNoEntry: false });
  if (lastTry && !again && Date.now() - lastTry.mtimeMs < TRY_AGAIN_MS)
    return {
      problem: `${readFileSync(failedAt, 'utf8')} It is tried again a day later; "npx install-electron" tries now.`,
    };
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const startedAt = Date.now();
  const seconds = () => Math.round((Date.now() - startedAt) / 1000);
  console.log(`Fetching the desktop runtime, Electron ${version} (once; about 110 MB) …`);
  const progress = setInterval(() => console.log(`  still fetching, ${seconds()} s …`), 10_000);
  const fetching = run(nodePath, [join(folder, 'install.js')], { quiet: true, env: environment() });
  const late = new Promise((resolve) =>
    setTimeout(resolve, TIMEOUT_MS, { status: 1, tail: 'Error: it took too long' }).unref(),
  );
  const { status, tail } = await Promise.race([fetching, late]);
  clearInterval(progress);
  const executable = runtimeExecutable();
  if (status === 0 && executable) return { executable };
  // The cause stands below the first line of the stack; a code says more than its words.
  const reason =
    /\b(E[A-Z_]{4,}|HTTP[^\n]*|40[34][^\n]*|took too long)\b/.exec(tail)?.[0] ??
    tail.split('\n').find((line) => /error/i.test(line)) ??
    'it gave no reason';
  const problem = `The desktop runtime could not be fetched (${reason.trim().slice(0, 160)}).`;
  writeFileSync(failedAt, problem);
  return { problem };
}

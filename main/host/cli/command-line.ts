import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CodedError, messageOf } from '../../../shared/error/coded.ts';
import { VERSION } from '../../app/index.ts';
import { type LaunchChild, launchNodeChild, systemClock, type Vault } from '../../platform/index.ts';
import { createKeyringVault } from '../node/index.ts';
import { type Command, HELP, parseCommand } from './arguments.ts';
import { check } from './check.ts';
import { exportTo, importFrom } from './interchange.ts';
import { replay } from './replay.ts';
import { replays } from './replays.ts';
import { report } from './report.ts';
import { keepSecret } from './secret.ts';
import { present, type Served, serve, untilSignal } from './serve.ts';
import { smoke } from './smoke.ts';
import { terminal } from './terminal.ts';
import { why } from './why.ts';

const NODE_MIN = [22, 14] as const;

const DEMO_KEYS = `
In the window: break something from the palette (Ctrl+K, "break"), wait for the page, press Enter, acknowledge with a,
run the playbook with r. Every screen shows its keys with ?.`;

/** What the runtime that this executable runs in gives it. */
export interface CliHost {
  readonly launchChild: LaunchChild;
  readonly vault: Vault;
}

async function run(command: Command, host: CliHost): Promise<number> {
  switch (command.kind) {
    case 'help':
      terminal.say(HELP);
      return 0;
    case 'version':
      terminal.say(`midwatch ${VERSION}`);
      return 0;
    case 'secret':
      return keepSecret(command.name, host.vault, process.stdin, terminal);
    case 'check':
      return check(command.workspace, command, terminal, host.vault);
    case 'export':
      return exportTo(command.workspace, command.format, terminal);
    case 'replay':
      return replay(command, host.vault, terminal);
    case 'replays':
      return replays(command, terminal);
    case 'report':
      return report(command, host.vault, terminal);
    case 'import':
      return importFrom(command, terminal);
    case 'why':
      return why(command, terminal);
    case 'start':
    case 'serve':
      return keepServing(await serve({ ...command, ...host, demo: false }, terminal), command.open);
    case 'demo':
      return command.smoke
        ? smokeRun(command, host)
        : keepServing(
            await serve({ ...command, ...host, demo: true, workspace: undefined }, terminal),
            command.open,
            DEMO_KEYS,
          );
  }
}

async function keepServing(served: Served, open: boolean, words = ''): Promise<number> {
  const ended = untilSignal(served, terminal);
  await present(served, open, terminal);
  if (words) terminal.say(words);
  return ended;
}

/** Unattended and alone: a free port and a data folder of its own, so that it disturbs no demo that runs. */
async function smokeRun(command: Extract<Command, { kind: 'demo' }>, host: CliHost): Promise<number> {
  const folder = command.dataFolder ?? mkdtempSync(join(tmpdir(), 'midwatch-smoke-'));
  const served = await serve(
    { ...command, ...host, port: 0, dataFolder: folder, demo: true, workspace: undefined },
    terminal,
  );
  try {
    return await smoke(served, terminal);
  } finally {
    await served.stop();
    if (command.dataFolder === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

function checkNode(): string | undefined {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1])) return undefined;
  return `this Node is ${process.version}; Midwatch needs ${NODE_MIN.join('.')} or newer. "npm start" brings its own.`;
}

/** Runs one command line to its end and answers the exit status. The desktop's executable starts this, too, with its own way to start processes. */
export async function commandLine(args: readonly string[], host: CliHost): Promise<number> {
  const command = parseCommand(args);
  const tooOld = checkNode();
  if (tooOld !== undefined || !command.ok) {
    terminal.complain(`midwatch: ${tooOld ?? (command.ok ? '' : command.error)}`);
    return 2;
  }
  try {
    return await run(command.value, host);
  } catch (thrown) {
    // A coded error is for the person at the terminal; anything else is a bug, and its stack is what helps.
    terminal.complain(
      `midwatch: ${thrown instanceof CodedError ? thrown.message : thrown instanceof Error ? thrown.stack : messageOf(thrown)}`,
    );
    return 1;
  }
}

/** Runs the arguments of this process under Node, and ends it. */
export async function runHere(): Promise<never> {
  const vault = await createKeyringVault(systemClock());
  process.exit(await commandLine(process.argv.slice(2), { launchChild: launchNodeChild, vault }));
}

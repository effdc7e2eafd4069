import { type ChildProcess, spawn } from 'node:child_process';
import type { ChannelOf } from '../../../shared/config/channel.ts';
import { TEMPLATE_FIELDS } from '../../../shared/config/channel-template.ts';
import { messageOf as messageOfError } from '../../../shared/error/coded.ts';
import { err, ok, type Result } from '../../../shared/error/result.ts';
import type { Delivery } from '../../../shared/model/notification.ts';
import type { Clock } from '../../platform/index.ts';
import type { Message } from '../message.ts';
import type { Attempt, ReadSecret } from '../notifiers.ts';
import { fillText } from '../template.ts';
import { bodyOf } from './webhook.ts';

export interface CommandDeps {
  readonly clock: Clock;
  readonly secret: ReadSecret;
  readonly environment: NodeJS.ProcessEnv;
}

type Command = ChannelOf<'command'>;

/** What is kept of a program's output is for the reason only; one that writes for ever must not fill the memory. */
const OUTPUT_BYTES = 16 * 1_024;
const REASON_LENGTH = 200;
/** So much of the environment a program gets; secrets that this process holds are not its business. */
const PASSED = ['PATH', 'HOME', 'LANG', 'TZ'] as const;
/** `EX_USAGE`, `EX_NOUSER` and `EX_CONFIG` of sysexits.h: to try the same again would end the same way. */
const FINAL: ReadonlySet<number> = new Set([64, 67, 78, 126, 127]);

/**
 * Runs a program with its arguments, each of them one argument whatever stands in it: no shell reads it. The page comes
 * on standard input as JSON and in the environment. Exit status 0 is sent; any other is tried again, unless it is final.
 */
export async function runCommand(
  channel: Command,
  delivery: Delivery,
  message: Message,
  deps: CommandDeps,
): Promise<Attempt> {
  const env = await environmentOf(channel, message, deps);
  if (!env.ok) return { kind: 'refused', problem: env.error };
  // No argument can hold the character that ends it.
  const [program = '', ...args] = channel.argv.map((one) => withoutNul(fillText(one, message)));
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      shell: false,
      cwd: '/',
      env: env.value,
      stdio: ['pipe', 'pipe', 'pipe'],
      // Its own group, so that what it started ends with it.
      detached: true,
    });
    let output = '';
    let late = false;
    const hear = (chunk: Buffer) => {
      if (output.length < OUTPUT_BYTES)
        output += chunk.toString('utf8').slice(0, OUTPUT_BYTES - output.length);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    const cancel = deps.clock.setTimeout(() => {
      late = true;
      end(child);
    }, channel.timeout);
    child.on('error', (error) => {
      cancel();
      resolve({ kind: 'refused', problem: `${program} could not be started: ${messageOfError(error)}` });
    });
    child.on('close', (status, signal) => {
      cancel();
      resolve(outcomeOf({ program, status, signal, late, timeoutMs: channel.timeout, output }));
    });
    // A program that does not read is no failure of ours.
    child.stdin.on('error', () => undefined);
    child.stdin.end(JSON.stringify(bodyOf(delivery)));
  });
}

interface Ended {
  readonly program: string;
  readonly status: number | null;
  readonly signal: string | null;
  readonly late: boolean;
  readonly timeoutMs: number;
  readonly output: string;
}

function outcomeOf({ program, status, signal, late, timeoutMs, output }: Ended): Attempt {
  if (late)
    return {
      kind: 'retry',
      problem: `${program} did not end within ${timeoutMs} ms and was ended`,
      afterMs: null,
    };
  if (status === 0) return { kind: 'sent', detail: `${program} ended with status 0` };
  const said = output.replaceAll(/\s+/g, ' ').trim().slice(-REASON_LENGTH);
  const how = status === null ? `was ended by ${signal}` : `ended with status ${status}`;
  const problem = `${program} ${how}${said === '' ? '' : `: ${said}`}`;
  return status !== null && FINAL.has(status)
    ? { kind: 'refused', problem }
    : { kind: 'retry', problem, afterMs: null };
}

async function environmentOf(
  channel: Command,
  message: Message,
  { environment, secret }: CommandDeps,
): Promise<Result<Record<string, string>, string>> {
  const env: Record<string, string> = {};
  for (const name of PASSED) if (environment[name] !== undefined) env[name] = environment[name];
  for (const field of TEMPLATE_FIELDS)
    env[`MIDWATCH_${field.toUpperCase()}`] = withoutNul(message[field] ?? '');
  for (const [name, reference] of Object.entries(channel.env)) {
    const read = await secret(reference);
    if (!read.ok) return err(`the variable ${name} could not be read: ${read.error}`);
    env[name] = read.value.trim();
  }
  return ok(env);
}

function withoutNul(text: string): string {
  return text.replaceAll('\0', '');
}

function end(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch (thrown) {
    // It ended by itself in between.
    if ((thrown as { code?: unknown }).code !== 'ESRCH') throw thrown;
  }
}

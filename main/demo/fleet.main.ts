import { parseArgs } from 'node:util';
import { systemClock } from '../platform/index.ts';
import { startFleetServer } from './index.ts';

const USAGE = 'Usage: fleet [--port N] [--seed N] [--control-token TOKEN] [--die-with-stdin]';

interface Arguments {
  readonly port: number;
  readonly seed: number;
  readonly controlToken?: string;
  readonly dieWithStdin: boolean;
}

function readArguments(): Arguments {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      seed: { type: 'string', default: '1' },
      'control-token': { type: 'string' },
      'die-with-stdin': { type: 'boolean', default: false },
    },
  });
  const port = Number(values.port);
  const seed = Number(values.seed);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`--port must be 0 to 65535, not ${values.port}.`);
  if (!Number.isSafeInteger(seed)) throw new Error(`--seed must be a whole number, not ${values.seed}.`);
  const token = values['control-token'];
  if (token === '')
    throw new Error('--control-token must not be empty; leave it out to take requests without one.');
  return {
    port,
    seed,
    dieWithStdin: values['die-with-stdin'],
    ...(token === undefined ? {} : { controlToken: token }),
  };
}

function say(problem: unknown): string {
  return problem instanceof Error ? problem.message : String(problem);
}

function readOrExit(): Arguments {
  try {
    return readArguments();
  } catch (error) {
    process.stderr.write(`${say(error)}\n${USAGE}\n`);
    process.exit(2);
  }
}

const { dieWithStdin, ...given } = readOrExit();
try {
  const server = await startFleetServer({ ...given, clock: systemClock() });
  const end = (): void => {
    server.close().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`The demo fleet did not close cleanly: ${say(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
  if (dieWithStdin) {
    // The parent holds the other end: when it dies, however it dies, the pipe closes.
    process.stdin.once('end', end).once('close', end).once('error', end).resume();
  }
  process.stdout.write(`${JSON.stringify({ ready: true, port: server.port })}\n`);
} catch (error) {
  process.stderr.write(
    `The demo fleet could not start on port ${given.port}: ${say(error)}. Choose another with --port, or 0 for any.\n`,
  );
  process.exit(1);
}

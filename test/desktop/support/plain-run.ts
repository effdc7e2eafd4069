import { spawn } from 'node:child_process';
import { root, runtime } from './runtime.ts';

export interface PlainRun {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the application without a driver, to its end. */
export function runPlainly(
  args: readonly string[],
  options: {
    readonly env?: Readonly<Record<string, string>>;
    readonly input?: string;
    readonly application?: string;
  } = {},
): Promise<PlainRun> {
  return new Promise((resolve, reject) => {
    const switches = runtime.kind === 'real' ? ['--no-sandbox'] : [];
    const child = spawn(
      runtime.executablePath,
      [
        ...switches,
        ...args.filter((one) => one.startsWith('--user-data-dir')),
        options.application ?? root,
        ...args.filter((one) => !one.startsWith('--user-data-dir')),
      ],
      {
        env: { ...process.env, ...options.env },
        stdio: ['pipe', 'pipe', 'pipe'],
      },
    );
    let out = '';
    let err = '';
    child.stdout.on('data', (text: Buffer) => {
      out += text.toString();
    });
    child.stderr.on('data', (text: Buffer) => {
      err += text.toString();
    });
    child.on('error', reject);
    child.on('exit', (status) => resolve({ status, out, err }));
    child.stdin.end(options.input ?? '');
  });
}

import { parseDuration } from '../../shared/unit/time.ts';

/** One question of a script with what it expects. */
export interface ScriptEval {
  readonly file: string;
  readonly line: number;
  readonly expression: string;
  readonly grid:
    | { readonly fromAt: number; readonly toAt: number; readonly stepMs: number }
    | { readonly at: number };
  readonly fails: boolean;
  readonly ordered: boolean;
  /** The text that is expected, where the answer is one. */
  readonly text: string | null;
  /** The grid of the samples that are expected, where the answer is a range vector. */
  readonly matrix: { readonly fromAt: number; readonly toAt: number; readonly stepMs: number } | null;
  /** Which notes are expected beside the answer, and which must not be there. */
  readonly notes: { readonly warning: boolean | null; readonly info: boolean | null };
  readonly expected: readonly string[];
}

export type ScriptCommand =
  | { readonly kind: 'clear' }
  | {
      readonly kind: 'load';
      readonly stepMs: number;
      readonly native: boolean;
      readonly lines: readonly string[];
    }
  | { readonly kind: 'eval'; readonly eval: ScriptEval };

/** Reads Prometheus' own test scripts (`load`, `eval`, `clear`). */
export function parseScript(file: string, text: string): ScriptCommand[] {
  const commands: ScriptCommand[] = [];
  const lines = text.split('\n');
  for (let i = 0; i < lines.length; i += 1) {
    const head = (lines[i] ?? '').trim();
    if (head === '' || head.startsWith('#')) continue;
    const start = i;
    const body: string[] = [];
    while (isBody(lines[i + 1])) {
      i += 1;
      const line = (lines[i] ?? '').trim();
      if (!line.startsWith('#')) body.push(line);
    }
    const load = /^load(_with_nhcb)?\s+(\S+)$/.exec(head);
    if (head === 'clear') commands.push({ kind: 'clear' });
    else if (load)
      commands.push({
        kind: 'load',
        stepMs: duration(load[2] ?? ''),
        native: load[1] !== undefined,
        lines: body,
      });
    else commands.push({ kind: 'eval', eval: parseEval(file, start + 1, head, body) });
  }
  return commands;
}

function isBody(line: string | undefined): boolean {
  return line !== undefined && /^\s+\S/.test(line);
}

function parseEval(file: string, line: number, head: string, body: readonly string[]): ScriptEval {
  const range = /^eval(?:_\w+)?\s+range\s+from\s+(\S+)\s+to\s+(\S+)\s+step\s+(\S+)\s+(.*)$/.exec(head);
  const instant = /^eval(?:_\w+)?\s+instant\s+(?:at\s+)?(\S+)\s+(.*)$/.exec(head);
  const expects = body.filter((one) => one.startsWith('expect '));
  const common = {
    file,
    line,
    fails: head.startsWith('eval_fail') || expects.some((one) => one.startsWith('expect fail')),
    ordered: head.startsWith('eval_ordered') || expects.includes('expect ordered'),
    text: textOf(expects.find((one) => one.startsWith('expect string'))),
    matrix: matrixOf(expects.find((one) => one.startsWith('expect range vector'))),
    notes: {
      warning: noteOf(head, expects, 'warn'),
      info: noteOf(head, expects, 'info'),
    },
    expected: body.filter((one) => !one.startsWith('expect ')),
  };
  if (range)
    return {
      ...common,
      expression: range[4] ?? '',
      grid: {
        fromAt: duration(range[1] ?? ''),
        toAt: duration(range[2] ?? ''),
        stepMs: duration(range[3] ?? ''),
      },
    };
  if (instant) return { ...common, expression: instant[2] ?? '', grid: { at: duration(instant[1] ?? '') } };
  throw new Error(`${file}:${line}: not a command: ${head}`);
}

function textOf(expected: string | undefined): string | null {
  const quoted = /^expect string (["`])(.*)\1$/.exec(expected ?? '');
  return quoted ? (quoted[2] ?? '') : null;
}

function matrixOf(expected: string | undefined) {
  const range = /^expect range vector from (\S+) to (\S+) step (\S+)$/.exec(expected ?? '');
  if (!range) return null;
  const [, from = '', to = '', step = ''] = range;
  return { fromAt: duration(from), toAt: duration(to), stepMs: duration(step) };
}

function noteOf(head: string, expects: readonly string[], kind: 'warn' | 'info'): boolean | null {
  if (head.startsWith(`eval_${kind}`) || expects.some((one) => one.startsWith(`expect ${kind}`))) return true;
  return expects.some((one) => one.startsWith(`expect no_${kind}`)) ? false : null;
}

function duration(text: string): number {
  if (/^-/.test(text)) return -duration(text.slice(1));
  const read = /^[\d.]+$/.test(text) ? Number(text) * 1000 : parseDuration(text);
  if (read === undefined) throw new Error(`Not a duration: ${text}`);
  return read;
}

import { describe, expect, it } from 'vitest';
import { DEFAULT_PORT, parseCommand } from '../../../main/host/cli/arguments.ts';

const parse = (line: string) => parseCommand(line === '' ? [] : line.split(' '));

describe('the command line', () => {
  it.each([
    ['', { kind: 'help' }],
    ['--help', { kind: 'help' }],
    ['version', { kind: 'version' }],
    ['start', { kind: 'start', workspace: '.', port: DEFAULT_PORT, open: true, dataFolder: undefined }],
    [
      'start ops --port 0 --data /tmp/x',
      { kind: 'start', workspace: 'ops', port: 0, open: true, dataFolder: '/tmp/x' },
    ],
    [
      'serve ops',
      { kind: 'serve', workspace: 'ops', port: DEFAULT_PORT, open: false, dataFolder: undefined },
    ],
    ['check ops --json', { kind: 'check', workspace: 'ops', json: true, strict: false, ask: false }],
    [
      'check ops --ask --data d',
      { kind: 'check', workspace: 'ops', json: false, strict: false, ask: true, dataFolder: 'd' },
    ],
    ['check --strict', { kind: 'check', workspace: '.', json: false, strict: true, ask: false }],
    ['export openslo ops', { kind: 'export', format: 'openslo', workspace: 'ops' }],
    [
      'import sloth getting-started.yml --into ops',
      { kind: 'import', format: 'sloth', file: 'getting-started.yml', into: 'ops' },
    ],
    ['demo --smoke', { kind: 'demo', smoke: true, port: DEFAULT_PORT, open: true, dataFolder: undefined }],
  ])('understands "%s"', (line, command) => {
    expect(parse(line)).toEqual({ ok: true, value: command });
  });

  it.each([
    ['destroy', 'no command "destroy"'],
    ['start --port x', '--port x is not a port'],
    ['start --port 70000', '--port 70000 is not a port'],
    ['start a b', '"b" is one argument too many'],
    ['start --prot 1', "Unknown option '--prot'"],
    ['demo somewhere', 'workspace of its own'],
  ])('refuses "%s" and says why', (line, words) => {
    const result = parse(line);
    expect(result.ok ? '' : result.error).toContain(words);
  });
});

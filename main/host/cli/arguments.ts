import { parseArgs } from 'node:util';
import { err, ok, type Result } from '../../../shared/error/result.ts';
import { parseTool, type ToolCommand } from './tool-command.ts';

/** What the command line asks for. */
export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'secret'; readonly name: string }
  | ToolCommand
  | ({ readonly kind: 'serve' | 'start'; readonly workspace: string } & RunOptions)
  | ({ readonly kind: 'demo'; readonly smoke: boolean } & RunOptions);

export interface RunOptions {
  /** 0 takes a free port. */
  readonly port: number;
  readonly open: boolean;
  readonly dataFolder: string | undefined;
}

export const DEFAULT_PORT = 7411;

export const HELP = `Midwatch: the incident commander's desktop.

  midwatch start [workspace]    the window over this workspace (a browser tab where the desktop runtime is not there)
  midwatch serve [workspace]    the same without opening a window, for a machine that does not sleep
  midwatch demo                 a simulated fleet to watch and to break; --smoke runs the loop unattended
  midwatch check [workspace]    validates the whole workspace and prints detection times; --json for programs; --ask asks
                                the sources for bucket bounds and usual traffic; exit status 1 on errors, under
                                --strict on warnings too
  midwatch export FORMAT [workspace]    as prometheus-rules, alertmanager or openslo, on stdout
  midwatch import FORMAT FILE   from prometheus-rules, alertmanager, openslo, sloth or ical (who is on call); --into DIR writes a workspace's
                                files, otherwise they are printed; what could not be carried over is named by line
  midwatch replay [workspace] --from TIME --to TIME    what would have alerted and whom that would have reached, from the
                                workspace's store; --from-source asks each Prometheus itself, --samples FILE reads a file;
                                --against DIR compares another workspace, --incidents FILE judges the pages; --step 1m,
                                --no-silences, --no-keep, --out FILE, --json
  midwatch replays [workspace]  the replays that were kept; --id ID prints one again
  midwatch report [workspace]   which objectives were kept over the last 28 days, by service; --format markdown or html,
                                --from TIME --to TIME, --out FILE, --samples FILE
  midwatch why ALERT [workspace]    what each stage said of an alert, by its id or by words of its title, rule or service;
                                --from TIME --to TIME, --json; exit status 1 where none or several fit
  midwatch secret NAME          keeps what comes on stdin in the system's keyring, as keychain:NAME
  midwatch help | version

  --port N      port on the loopback interface (default ${DEFAULT_PORT}; 0 takes a free one)
  --no-open     print the address instead of opening a browser
  --data DIR    where state is kept (default: $XDG_STATE_HOME/midwatch/<workspace>)

A workspace is a folder with a midwatch.yaml; without one given, it is the current folder.`;

export function parseCommand(args: readonly string[]): Result<Command, string> {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(args);
  } catch (thrown) {
    return err(
      `${thrown instanceof Error ? thrown.message : String(thrown)} Run "midwatch help" for what there is.`,
    );
  }
  const { values, positionals } = parsed;
  const tool = values.help || values.version ? null : parseTool(positionals, values);
  if (tool) return tool;
  const [name = 'help', workspace = '.', ...more] = positionals;
  if (values.help || name === 'help') return ok({ kind: 'help' });
  if (values.version || name === 'version') return ok({ kind: 'version' });
  if (more.length > 0) return err(`"${more[0]}" is one argument too many: a command takes one workspace.`);
  const port = Number(values.port ?? DEFAULT_PORT);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    return err(
      `--port ${values.port} is not a port: give a whole number from 0 to 65535 (0 takes a free one).`,
    );
  }
  const run = { port, open: !values['no-open'], dataFolder: values.data };
  switch (name) {
    case 'secret':
      return workspace === '.'
        ? err('Name the secret: midwatch secret NAME')
        : ok({ kind: 'secret', name: workspace });
    case 'serve':
      return ok({ kind: 'serve', workspace, ...run, open: false });
    case 'start':
      return ok({ kind: 'start', workspace, ...run });
    case 'demo':
      if (workspace !== '.') return err('The demo has a workspace of its own: give none.');
      return ok({ kind: 'demo', smoke: values.smoke ?? false, ...run });
    default:
      return err(`There is no command "${name}". Run "midwatch help" for what there is.`);
  }
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      port: { type: 'string' },
      'no-open': { type: 'boolean' },
      'no-electron': { type: 'boolean' },
      data: { type: 'string' },
      smoke: { type: 'boolean' },
      json: { type: 'boolean' },
      strict: { type: 'boolean' },
      ask: { type: 'boolean' },
      into: { type: 'string' },
      from: { type: 'string' },
      to: { type: 'string' },
      against: { type: 'string' },
      samples: { type: 'string' },
      incidents: { type: 'string' },
      out: { type: 'string' },
      format: { type: 'string' },
      step: { type: 'string' },
      id: { type: 'string' },
      'from-source': { type: 'boolean' },
      'no-silences': { type: 'boolean' },
      'no-keep': { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean', short: 'v' },
    },
  });
}

import { err, ok, type Result } from '../../../shared/error/result.ts';
import { MINUTE_MS, parseDuration, SECOND_MS } from '../../../shared/unit/time.ts';
import { EXPORT_FORMATS, type ExportFormat, IMPORT_FORMATS, type ImportFormat } from '../../app/index.ts';

/** The sub-commands that read, print and end. */
export type ToolCommand =
  | {
      readonly kind: 'check';
      readonly workspace: string;
      readonly json: boolean;
      readonly strict: boolean;
      /** Whether sources are asked what only data can say. */
      readonly ask: boolean;
      readonly dataFolder: string | undefined;
    }
  | { readonly kind: 'export'; readonly format: ExportFormat; readonly workspace: string }
  | {
      readonly kind: 'import';
      readonly format: ImportFormat;
      readonly file: string;
      readonly into: string | undefined;
    }
  | {
      readonly kind: 'report';
      readonly workspace: string;
      readonly format: 'markdown' | 'html';
      /** Without ends the last 28 d. */
      readonly fromAt: number | undefined;
      readonly toAt: number | undefined;
      readonly samples: string | undefined;
      readonly dataFolder: string | undefined;
      readonly out: string | undefined;
    }
  | {
      readonly kind: 'replay';
      readonly workspace: string;
      readonly fromAt: number;
      readonly toAt: number;
      readonly against: string | undefined;
      readonly samples: string | undefined;
      readonly incidents: string | undefined;
      readonly out: string | undefined;
      readonly dataFolder: string | undefined;
      readonly json: boolean;
      readonly stepMs: number;
      readonly fromSource: boolean;
      readonly ignoreSilences: boolean;
      /** Whether its result is kept in the workspace's log. */
      readonly keep: boolean;
    }
  | {
      readonly kind: 'replays';
      readonly workspace: string;
      /** One of them; undefined: the list. */
      readonly id: string | undefined;
      readonly dataFolder: string | undefined;
      readonly json: boolean;
    }
  | {
      readonly kind: 'why';
      readonly alert: string;
      readonly workspace: string;
      readonly fromAt: number;
      readonly toAt: number;
      readonly dataFolder: string | undefined;
      readonly json: boolean;
    };

/** Finer is what no source is scraped at; coarser misses the short window of every policy. */
const STEP_MIN_MS = 5 * SECOND_MS;
const STEP_MAX_MS = 5 * MINUTE_MS;

export interface ToolOptions {
  readonly json?: boolean;
  readonly strict?: boolean;
  readonly ask?: boolean;
  readonly into?: string;
  readonly from?: string;
  readonly to?: string;
  readonly against?: string;
  readonly samples?: string;
  readonly incidents?: string;
  readonly out?: string;
  readonly data?: string;
  readonly format?: string;
  readonly step?: string;
  readonly id?: string;
  readonly 'from-source'?: boolean;
  readonly 'no-silences'?: boolean;
  readonly 'no-keep'?: boolean;
}

/** Reads one of these sub-commands; null where it is another. */
export function parseTool(
  [name, ...rest]: readonly string[],
  options: ToolOptions,
): Result<ToolCommand, string> | null {
  const { json = false, strict = false, into } = options;
  switch (name) {
    case 'check': {
      const [workspace = '.', extra] = rest;
      const { ask = false, data } = options;
      return extra === undefined
        ? ok({ kind: 'check', workspace, json, strict, ask, dataFolder: data })
        : tooMany(extra);
    }
    case 'export': {
      const [format, workspace = '.', extra] = rest;
      const known = EXPORT_FORMATS.find((one) => one === format);
      if (!known) return unknownFormat('export', format, EXPORT_FORMATS);
      return extra === undefined ? ok({ kind: 'export', format: known, workspace }) : tooMany(extra);
    }
    case 'import': {
      const [format, file, extra] = rest;
      const known = IMPORT_FORMATS.find((one) => one === format);
      if (!known) return unknownFormat('import', format, IMPORT_FORMATS);
      if (file === undefined) return err(`Name the file: midwatch import ${known} FILE`);
      return extra === undefined ? ok({ kind: 'import', format: known, file, into }) : tooMany(extra);
    }
    case 'replay': {
      const [workspace = '.', extra] = rest;
      return extra === undefined ? parseReplay(workspace, options) : tooMany(extra);
    }
    case 'replays': {
      const [workspace = '.', extra] = rest;
      const { id, data } = options;
      return extra === undefined
        ? ok({ kind: 'replays', workspace, id, dataFolder: data, json })
        : tooMany(extra);
    }
    case 'report': {
      const [workspace = '.', extra] = rest;
      return extra === undefined ? parseReport(workspace, options) : tooMany(extra);
    }
    case 'why': {
      const [alert, workspace = '.', extra] = rest;
      if (alert === undefined || alert.trim() === '')
        return err(
          'Name the alert: midwatch why ALERT, by its id or by words of its title, rule or service.',
        );
      return extra === undefined ? parseWhy(alert, workspace, options) : tooMany(extra);
    }
    default:
      return null;
  }
}

function parseReport(workspace: string, options: ToolOptions): Result<ToolCommand, string> {
  const { from, to, samples, data, out, format = 'markdown' } = options;
  if (format !== 'markdown' && format !== 'html')
    return unknownFormat('report --format', format, ['markdown', 'html']);
  const [fromAt, toAt] = [from, to].map((text) => (text === undefined ? undefined : Date.parse(text)));
  if (Number.isNaN(fromAt) || Number.isNaN(toAt))
    return err('The ends of a report are times: --from 2026-01-01T00:00:00Z --to 2026-01-29T00:00:00Z');
  return ok({ kind: 'report', workspace, format, fromAt, toAt, samples, dataFolder: data, out });
}

function parseWhy(alert: string, workspace: string, options: ToolOptions): Result<ToolCommand, string> {
  const { from, to, data, json = false } = options;
  const fromAt = from === undefined ? 0 : Date.parse(from);
  const toAt = to === undefined ? Number.MAX_SAFE_INTEGER : Date.parse(to);
  if (!Number.isFinite(fromAt) || !Number.isFinite(toAt))
    return err('--from and --to are instants, such as --from 2026-01-01T00:00:00Z');
  if (toAt <= fromAt) return err('The time ends before it begins: swap --from and --to.');
  return ok({ kind: 'why', alert, workspace, fromAt, toAt, dataFolder: data, json });
}

function parseReplay(workspace: string, options: ToolOptions): Result<ToolCommand, string> {
  const { from, to, against, samples, incidents, out, data, json = false, step = '1m' } = options;
  const [fromAt, toAt] = [Date.parse(from ?? ''), Date.parse(to ?? '')];
  if (!Number.isFinite(fromAt) || !Number.isFinite(toAt))
    return err('A replay needs its ends: --from 2026-01-01T00:00:00Z --to 2026-01-31T00:00:00Z');
  if (toAt <= fromAt) return err('The replay ends before it begins: swap --from and --to.');
  const stepMs = parseDuration(step);
  if (stepMs === undefined || stepMs < STEP_MIN_MS || stepMs > STEP_MAX_MS)
    return err(`--step ${step} is no distance of evaluations: give one from 5s to 5m, such as --step 1m`);
  const fromSource = options['from-source'] ?? false;
  if (fromSource && samples !== undefined)
    return err('A replay has one history: give --from-source or --samples, not both.');
  return ok({
    kind: 'replay',
    workspace,
    fromAt,
    toAt,
    json,
    against,
    samples,
    incidents,
    out,
    dataFolder: data,
    stepMs,
    fromSource,
    ignoreSilences: options['no-silences'] ?? false,
    keep: !(options['no-keep'] ?? false),
  });
}

function unknownFormat(what: string, format: string | undefined, known: readonly string[]) {
  const got = format === undefined ? 'none was given' : `"${format}" is none`;
  return err(`midwatch ${what} takes a format, ${got}: there are ${known.join(', ')}.`);
}

function tooMany(extra: string) {
  return err(`"${extra}" is one argument too many: a command takes one workspace.`);
}

import { err, ok, type Result } from '../../../shared/error/result.ts';
import { EXPORT_FORMATS, type ExportFormat, IMPORT_FORMATS, type ImportFormat } from '../../app/index.ts';

/** The sub-commands that read, print and end. */
export type ToolCommand =
  | {
      readonly kind: 'check';
      readonly workspace: string;
      readonly json: boolean;
      readonly strict: boolean;
    }
  | { readonly kind: 'export'; readonly format: ExportFormat; readonly workspace: string }
  | {
      readonly kind: 'import';
      readonly format: ImportFormat;
      readonly file: string;
      readonly into: string | undefined;
    };

export interface ToolOptions {
  readonly json?: boolean;
  readonly strict?: boolean;
  readonly into?: string;
}

/** Reads one of these sub-commands; null where it is another. */
export function parseTool(
  [name, ...rest]: readonly string[],
  { json = false, strict = false, into }: ToolOptions,
): Result<ToolCommand, string> | null {
  switch (name) {
    case 'check': {
      const [workspace = '.', extra] = rest;
      return extra === undefined ? ok({ kind: 'check', workspace, json, strict }) : tooMany(extra);
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
    default:
      return null;
  }
}

function unknownFormat(what: string, format: string | undefined, known: readonly string[]) {
  const got = format === undefined ? 'none was given' : `"${format}" is none`;
  return err(`midwatch ${what} takes a format, ${got}: there are ${known.join(', ')}.`);
}

function tooMany(extra: string) {
  return err(`"${extra}" is one argument too many: a command takes one workspace.`);
}

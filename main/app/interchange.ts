import { lstatSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Workspace } from '../../shared/config/workspace.ts';
import { CodedError, messageOf } from '../../shared/error/coded.ts';
import { DAY_MS } from '../../shared/unit/time.ts';
import {
  exportAlertmanager,
  exportOpenSlo,
  exportRules,
  type Imported,
  importAlertmanager,
  importIcal,
  importOpenSlo,
  importRules,
  importSloth,
} from '../interop/index.ts';
import { systemClock } from '../platform/index.ts';
import { readPolicies } from './configuration.ts';

export const EXPORT_FORMATS = ['prometheus-rules', 'alertmanager', 'openslo'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];
export const IMPORT_FORMATS = ['prometheus-rules', 'alertmanager', 'openslo', 'sloth', 'ical'] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

/** So far ahead a calendar that repeats is carried over. */
const CALENDAR_MS = 400 * DAY_MS;

/** Text larger than this is no configuration. */
const BYTES_MAX = 8 * 1024 * 1024;

/** A workspace in another tool's words, and what that tool has no word for. */
export function exportWorkspace(
  workspace: Workspace,
  format: ExportFormat,
): { readonly text: string; readonly left: readonly string[] } {
  switch (format) {
    case 'prometheus-rules':
      return exportRules(workspace.objectives, readPolicies(), workspace.rules);
    case 'alertmanager':
      return exportAlertmanager({
        ...workspace,
        channelDefinedAt: (receiver, index) =>
          workspace.channelsDefinedAt?.[receiver]?.[index] ?? workspace.routingDefinedAt,
      });
    case 'openslo':
      return { text: exportOpenSlo(workspace.objectives), left: [] };
  }
}

/** Reads another tool's file; what could not be carried over is named by file and line, in their order. */
export function importFile(path: string, format: ImportFormat): Imported {
  const { files, left } = read(path, format);
  const lineOf = (text: string) => Number.parseInt(text.slice(path.length + 1), 10);
  return { files, left: left.toSorted((a, b) => lineOf(a) - lineOf(b)) };
}

function read(path: string, format: ImportFormat): Imported {
  const text = readText(path);
  switch (format) {
    case 'prometheus-rules':
      return importRules(text, path);
    case 'alertmanager':
      return importAlertmanager(text, path);
    case 'openslo':
      return importOpenSlo(text, path);
    case 'sloth':
      return importSloth(text, path);
    case 'ical': {
      const now = systemClock().now();
      return importIcal(text, path, { fromAt: now, toAt: now + CALENDAR_MS });
    }
  }
}

/** Writes imported files into a workspace's folder; none of them where one is there already. */
export function writeImported(folder: string, { files }: Imported): string[] {
  const paths = files.map((file) => ({ path: join(folder, file.name), text: file.text }));
  const taken = paths.filter(({ path }) => lstatSync(path, { throwIfNoEntry: false }) !== undefined);
  if (taken.length > 0)
    throw new CodedError(
      'import-exists',
      `Nothing was written: ${taken.map((one) => one.path).join(', ')} exist already. Move them away, or import into another folder.`,
    );
  for (const { path, text } of paths) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { flag: 'wx' });
  }
  return paths.map((one) => one.path);
}

function readText(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw new CodedError('import-unreadable', `There is no file ${path}, so nothing was imported.`);
  if (!found.isFile())
    throw new CodedError(
      'import-unreadable',
      `${path} is no file, so nothing was imported. Name the file itself.`,
    );
  if (found.size > BYTES_MAX)
    throw new CodedError('import-unreadable', `${path} is larger than 8 MiB, so it was not read.`);
  try {
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    throw new CodedError('import-unreadable', `${path} could not be read: ${messageOf(thrown)}`);
  }
}

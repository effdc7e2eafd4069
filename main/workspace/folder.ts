import { constants } from 'node:fs';
import { lstat, open, readdir, realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { CodedError, messageOf } from '../../shared/error/coded.ts';
import type { Problem } from './problem.ts';

/** What stands in the workspace that belongs to the configuration. */
export interface ReadFolder {
  readonly realPath: string;
  readonly files: readonly ReadFile[];
  readonly problems: readonly Problem[];
}

export interface ReadFile {
  /** Path inside the workspace, with `/`. */
  readonly name: string;
  readonly text: string;
}

/** A file larger than this is no configuration; it would stall everybody who waits for the reload. */
const FILE_MAX_BYTES = 1024 * 1024;
/** All files together. */
const TOTAL_MAX_BYTES = 16 * 1024 * 1024;
const FILES_MAX = 2_000;

const ROOT_FILES = ['midwatch.yaml', 'services.yaml'];
const FOLDERS = ['slos', 'alerts', 'detectors', 'playbooks', 'dashboards'];
/** Part of a workspace, but read by others or later. */
const LEFT_ALONE = ['schedules.yaml'];
const YAML = /\.ya?ml$/i;

/** Reads the workspace's files in order of name. Rejects with `workspace-unreadable` where the folder itself is not to be had. */
export async function readFolder(path: string): Promise<ReadFolder> {
  const realPath = await resolveFolder(path);
  const problems: Problem[] = [];
  const files: ReadFile[] = [];
  let total = 0;
  for (const name of await listFiles(realPath, problems)) {
    const read = await readOne(realPath, name);
    if (!read.ok) {
      problems.push(wholeFile(name, read.reason));
      continue;
    }
    total += read.bytes;
    if (total > TOTAL_MAX_BYTES) {
      problems.push(
        wholeFile(
          name,
          'expected at most 16 MiB of configuration in all; this file and those after it were not read',
        ),
      );
      break;
    }
    files.push({ name, text: read.text });
  }
  return complete({ realPath, files, problems });
}

/** The folder as it would be with these texts in it; null takes a file away. What was wrong with a file itself goes with it. */
export function overlay(folder: ReadFolder, texts: ReadonlyMap<string, string | null>): ReadFolder {
  const files = folder.files.filter((file) => !texts.has(file.name));
  const problems = folder.problems.filter((one) => !texts.has(one.file));
  for (const [name, text] of texts) {
    if (text === null) continue;
    if (Buffer.byteLength(text) > FILE_MAX_BYTES)
      problems.push(wholeFile(name, 'expected a file of at most 1 MiB'));
    else files.push({ name, text });
  }
  files.sort((left, right) => (left.name < right.name ? -1 : 1));
  return complete({ ...folder, files, problems });
}

/** Whether a name is that of a file of the configuration, which alone may be written. */
export function isConfigurationFile(name: string): boolean {
  const [folder = '', file = '', ...more] = name.split('/');
  if (file === '' && more.length === 0) return ROOT_FILES.includes(folder);
  // Without a dot or a slash at its beginning it cannot lead out of the folder, nor hide in it.
  return (
    more.length === 0 && FOLDERS.includes(folder) && /^[A-Za-z0-9_][A-Za-z0-9_. -]{0,120}\.ya?ml$/i.test(file)
  );
}

function complete(folder: ReadFolder): ReadFolder {
  const there =
    folder.files.some((file) => file.name === 'midwatch.yaml') ||
    folder.problems.some((one) => one.file === 'midwatch.yaml');
  if (there) return folder;
  const missing = wholeFile(
    'midwatch.yaml',
    'expected this file in the workspace; write at least "name:" and "sources:"',
  );
  return { ...folder, problems: [...folder.problems, missing] };
}

/** Names, sizes and times of the files: what can be compared without reading them. */
export async function stampFolder(path: string): Promise<string> {
  const realPath = await resolveFolder(path);
  const stamps: string[] = [];
  for (const name of await listFiles(realPath, [])) {
    const target = await realpath(join(realPath, name)).catch(() => null);
    const stat = target === null ? null : await lstat(target).catch(() => null);
    stamps.push(`${name} ${stat ? `${stat.size} ${stat.mtimeMs} ${stat.ino}` : 'gone'}`);
  }
  return stamps.join('\n');
}

export async function resolveFolder(path: string): Promise<string> {
  try {
    const realPath = await realpath(path);
    if ((await lstat(realPath)).isDirectory()) return realPath;
  } catch (thrown) {
    throw unreadable(path, messageOf(thrown), thrown);
  }
  throw unreadable(path, 'it is no folder', undefined);
}

function unreadable(path: string, why: string, cause: unknown): CodedError {
  return new CodedError(
    'workspace-unreadable',
    `The workspace ${path} cannot be read: ${why}. Name a folder that holds midwatch.yaml.`,
    { cause },
  );
}

async function listFiles(realPath: string, problems: Problem[]): Promise<string[]> {
  const names: string[] = [];
  for (const entry of await readdir(realPath, { withFileTypes: true })) {
    if (ROOT_FILES.includes(entry.name)) names.push(entry.name);
    else if (!entry.isDirectory() && YAML.test(entry.name) && !LEFT_ALONE.includes(entry.name))
      problems.push({
        ...wholeFile(
          entry.name,
          `expected one of ${ROOT_FILES.join(', ')}, or a file in ${FOLDERS.join('/, ')}/; this one is not read`,
        ),
        severity: 'warning',
      });
  }
  for (const folder of FOLDERS) names.push(...(await listYaml(realPath, folder, problems)));
  if (names.length > FILES_MAX) {
    problems.push(wholeFile('', `expected at most ${FILES_MAX} files, got ${names.length}`));
    return [];
  }
  return names.sort();
}

async function listYaml(realPath: string, folder: string, problems: Problem[]): Promise<string[]> {
  const path = await realpath(join(realPath, folder)).catch(() => null);
  if (path === null) return [];
  if (path !== join(realPath, folder)) {
    problems.push(wholeFile(folder, 'expected a folder and no link: links could lead out of the workspace'));
    return [];
  }
  if (!(await lstat(path)).isDirectory()) return [];
  const entries = await readdir(path);
  return entries.filter((name) => YAML.test(name)).map((name) => `${folder}/${name}`);
}

type ReadOne =
  | { readonly ok: true; readonly text: string; readonly bytes: number }
  | { readonly ok: false; readonly reason: string };

export async function readOne(realPath: string, name: string): Promise<ReadOne> {
  try {
    const path = await realpath(join(realPath, name));
    if (!path.startsWith(realPath + sep))
      return {
        ok: false,
        reason: 'expected a file of the workspace; this link leads out of it and is not read',
      };
    // Without O_NONBLOCK a pipe that nobody writes to would hold the reload for ever.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      if (!(await file.stat()).isFile()) return { ok: false, reason: 'expected a plain file' };
      // One byte more than allowed, so that a file that grows while it is read is seen too.
      const bytes = Buffer.alloc(FILE_MAX_BYTES + 1);
      let length = 0;
      for (;;) {
        const { bytesRead } = await file.read(bytes, length, bytes.length - length);
        if (bytesRead === 0) break;
        length += bytesRead;
        if (length > FILE_MAX_BYTES) return { ok: false, reason: 'expected a file of at most 1 MiB' };
      }
      const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length));
      return { ok: true, text, bytes: length };
    } finally {
      await file.close();
    }
  } catch (thrown) {
    const reason =
      thrown instanceof TypeError ? 'expected text in UTF-8' : `it cannot be read: ${messageOf(thrown)}`;
    return { ok: false, reason };
  }
}

function wholeFile(file: string, message: string): Problem {
  return { file, line: 1, column: 1, path: '', message, severity: 'error' };
}

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { begin } from './electron.ts';

/** Starts the application that the first plain argument names, as the runtime's own executable does. */
process.argv.splice(1, 1);
const root = process.argv.slice(1).find((arg) => !arg.startsWith('-'));
if (root === undefined) throw new Error('Give the folder of an application.');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  main: string;
  name: string;
  version: string;
};
begin({ name: manifest.name, version: manifest.version });
await import(pathToFileURL(resolve(root, manifest.main)).href);

import { serveWorker } from '../platform/index.ts';
import { changeFile } from './file-change.ts';
import { readYaml } from './yaml-reader.ts';

/** Reads and changes files that may be hostile, where a text made to take for ever holds up nobody. */
serveWorker(() => ({ read: readYaml, change: changeFile }));

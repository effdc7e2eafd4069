import { serveWorker } from '../platform/index.ts';
import { readYaml } from './yaml-reader.ts';

/** Reads files that may be hostile, where a text made to take for ever holds up nobody. */
serveWorker(() => ({ read: readYaml }));

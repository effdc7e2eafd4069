import { serveWorker, systemClock } from '../platform/index.ts';
import { createReceiveApi } from './receiver.ts';

serveWorker(() => createReceiveApi({ clock: systemClock() }));

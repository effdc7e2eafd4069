import { serveWorker } from '../platform/index.ts';
import { createDetectApi, type DetectApi } from './detect-api.ts';

serveWorker<undefined, DetectApi>(() => createDetectApi());

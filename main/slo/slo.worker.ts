import { serveWorker } from '../platform/index.ts';
import { type SloApi, sloApi } from './slo-api.ts';

serveWorker<undefined, SloApi>(() => sloApi);

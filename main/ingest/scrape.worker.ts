import { serveWorker } from '../platform/index.ts';
import { createScrapeApi } from './scrape.ts';

serveWorker(() => createScrapeApi());

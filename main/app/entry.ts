/** The threads and processes that are started by file. */
const sources = {
  'log.worker': '../store/log.worker.ts',
  'metric.worker': '../store/metric.worker.ts',
  'query.worker': '../query/query.worker.ts',
  'scrape.worker': '../ingest/scrape.worker.ts',
  'slo.worker': '../slo/slo.worker.ts',
  'detect.worker': '../detect/detect.worker.ts',
  fleet: '../demo/fleet.main.ts',
} as const;

export type EntryName = keyof typeof sources;

/** Where an entry is: beside this file once bundled, in its own folder while the sources run as they are. */
export function entryUrl(name: EntryName): URL {
  return import.meta.url.endsWith('.ts')
    ? new URL(sources[name], import.meta.url)
    : new URL(`./${name}.js`, import.meta.url);
}

/** The folder of assets and, for the browser window, of the built files. */
export function assetsUrl(): URL {
  return import.meta.url.endsWith('.ts')
    ? new URL('../../assets/', import.meta.url)
    : new URL('../../assets/', import.meta.url);
}

export function windowFolderUrl(): URL {
  return import.meta.url.endsWith('.ts')
    ? new URL('../../out/renderer/', import.meta.url)
    : new URL('../renderer/', import.meta.url);
}

/** The threads and processes that are started by file. */
const sources = {
  'log.worker': '../store/log.worker.ts',
  'metric.worker': '../store/metric.worker.ts',
  'query.worker': '../query/query.worker.ts',
  'scrape.worker': '../ingest/scrape.worker.ts',
  'receive.worker': '../receive/receive.worker.ts',
  'slo.worker': '../slo/slo.worker.ts',
  'detect.worker': '../detect/detect.worker.ts',
  'yaml.worker': '../workspace/yaml.worker.ts',
  fleet: '../demo/fleet.main.ts',
} as const;

export type EntryName = keyof typeof sources;

const fromSource = import.meta.url.endsWith('.ts');

/** Where an entry is: beside this file once bundled, in its own folder while the sources run as they are. */
export function entryUrl(name: EntryName): URL {
  return new URL(fromSource ? sources[name] : `./${name}.js`, import.meta.url);
}

/** Policies, the demo's workspace, schemas: beside the bundles' folder as beside the sources'. */
export function assetUrl(path: string): URL {
  return new URL(`../../assets/${path}`, import.meta.url);
}

/** The built window. */
export function windowFolderUrl(): URL {
  return new URL(fromSource ? '../../out/renderer/' : '../renderer/', import.meta.url);
}

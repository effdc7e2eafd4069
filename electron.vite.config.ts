import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import manifest from './package.json' with { type: 'json' };

const at = (path: string) => resolve(import.meta.dirname, path);

/** Names the chunk of all that the window's entry imports without waiting; what comes later is left to the bundler. */
function firstScreen(
  id: string,
  graph: { getModuleInfo(id: string): { importers: readonly string[] } | null },
) {
  const entry = at('renderer/boot/main.tsx');
  const seen = new Set([id]);
  for (const one of seen) {
    if (one === entry) return 'first';
    for (const importer of graph.getModuleInfo(one)?.importers ?? []) seen.add(importer);
  }
  return null;
}

// What holds a binary or starts a thread from a file of its own stays outside of the core's bundles.
const OUTSIDE = ['better-sqlite3', '@napi-rs/keyring', 'pino'];
const BUNDLED = Object.keys(manifest.dependencies).filter((name) => !OUTSIDE.includes(name));

/**
 * Three bundles: the core with each of its threads and processes as a flat file of its own
 * (so that an entry finds its neighbours beside itself), the preload as one CommonJS file, the window.
 */
export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      target: 'node22',
      minify: false,
      sourcemap: false,
      // Read as a few files, not as hundreds of small ones: half of a start went there.
      externalizeDeps: { exclude: BUNDLED },
      rollupOptions: {
        input: {
          cli: at('main/host/cli/cli.main.ts'),
          electron: at('main/host/electron/electron.main.ts'),
          'log.worker': at('main/store/log.worker.ts'),
          'metric.worker': at('main/store/metric.worker.ts'),
          'query.worker': at('main/query/query.worker.ts'),
          'scrape.worker': at('main/ingest/scrape.worker.ts'),
          'receive.worker': at('main/receive/receive.worker.ts'),
          'slo.worker': at('main/slo/slo.worker.ts'),
          'detect.worker': at('main/detect/detect.worker.ts'),
          'yaml.worker': at('main/workspace/yaml.worker.ts'),
          fleet: at('main/demo/fleet.main.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunk-[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      sourcemap: false,
      rollupOptions: {
        input: { preload: at('preload/preload.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'renderer',
    plugins: [react()],
    build: {
      outDir: at('out/renderer'),
      sourcemap: false,
      // The page's start is mostly its reading: a third of the bytes, and only those of the first screen.
      minify: true,
      modulePreload: { polyfill: false },
      rollupOptions: {
        input: { index: at('renderer/index.html') },
        // What the first screen needs comes in one file, not in the many that its neighbours share with it.
        output: { codeSplitting: { groups: [{ name: firstScreen }] } },
      },
    },
  },
});

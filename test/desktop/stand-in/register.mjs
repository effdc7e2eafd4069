/** Makes `electron` mean the stand-in, for import and require alike, and says the versions that the runtime would say. */
import { registerHooks } from 'node:module';

const standIn = new URL('./electron.ts', import.meta.url).href;
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron' || specifier === 'electron/main'
      ? { url: standIn, format: 'module-typescript', shortCircuit: true }
      : next(specifier, context),
});
Object.defineProperty(process, 'versions', { value: { ...process.versions, electron: '45.4.1' } });

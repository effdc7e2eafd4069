/**
 * Preloaded into dependency-cruiser: it has @swc/core read every file as plain TypeScript, which fails on JSX.
 * This gives the parser its `tsx` switch by the file's ending. Where the tool's text changes, this refuses loudly,
 * as a rule that reads nothing would pass for ever.
 */
import { registerHooks } from 'node:module';

const CALL = 'swc.parseFileSync(pFileName, SWC_PARSE_OPTIONS)';
const WITH_TSX = "swc.parseFileSync(pFileName, { ...SWC_PARSE_OPTIONS, tsx: pFileName.endsWith('x') })";

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    if (!url.endsWith('/dependency-cruiser/src/extract/swc/parse.mjs')) return loaded;
    const source = String(loaded.source);
    if (!source.includes(CALL))
      throw new Error('dependency-cruiser reads files in another way now: look at read-tsx.mjs again.');
    return { ...loaded, source: source.replace(CALL, WITH_TSX) };
  },
});

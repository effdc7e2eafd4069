import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

const slow = process.env.MIDWATCH_SLOW === '1';

/** Many tests start processes and threads from the sources: what one has compiled, the next need not. */
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, 'node_modules', '.cache', 'compile');

/** Tests run the TypeScript sources as they are; only the end-to-end folder needs the build. */
export default defineConfig({
  test: {
    include: slow ? ['test/**/*.slow.test.ts'] : ['test/**/*.test.ts'],
    // The desktop's specs start a whole runtime each and have a command of their own.
    exclude: ['**/node_modules/**', 'test/desktop/**', ...(slow ? [] : ['test/**/*.slow.test.ts'])],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: slow ? 1_800_000 : 60_000,
    hookTimeout: 60_000,
    // A busy machine answers late; what never comes still fails.
    expect: { poll: { timeout: 20_000 } },
    reporters: ['default'],
  },
});

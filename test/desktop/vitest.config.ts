import { defineConfig } from 'vitest/config';

/** The specs of the desktop: one file at a time, as each starts whole applications. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['**/*.desktop.test.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 90_000,
    hookTimeout: 90_000,
    reporters: ['default'],
  },
});

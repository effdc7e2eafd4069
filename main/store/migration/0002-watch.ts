import type { Migration } from './migration.ts';

/** The watch ledger: when each source was really evaluated. What is no interval here was not watched. */
export const watch: Migration = {
  version: 2,
  name: 'watch',
  sql: `
CREATE TABLE watch (
  source_id TEXT NOT NULL,
  from_at INTEGER NOT NULL,
  to_at INTEGER NOT NULL CHECK (to_at >= from_at),
  body TEXT NOT NULL,
  PRIMARY KEY (source_id, from_at)
) STRICT, WITHOUT ROWID;
`,
};

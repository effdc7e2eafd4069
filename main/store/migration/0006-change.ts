import type { Migration } from './migration.ts';

/** Deployments and other changes that were seen or reported: "what changed?" is asked after a restart too. */
export const change: Migration = {
  version: 6,
  name: 'change',
  sql: `
CREATE TABLE change (
  id TEXT PRIMARY KEY,
  at INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX change_at ON change (at);
`,
};

import type { Migration } from './migration.ts';

/** What replays of history found, so that two of them can be compared later. */
export const replay: Migration = {
  version: 5,
  name: 'replay',
  sql: `
CREATE TABLE replay (
  id TEXT PRIMARY KEY,
  made_at INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX replay_made ON replay (made_at);
`,
};

import type { Migration } from './migration.ts';

/** Silences, and what makes the verdicts of thirteen months searchable by time and bounded. */
export const silence: Migration = {
  version: 4,
  name: 'silence',
  sql: `
CREATE TABLE silence (
  id TEXT PRIMARY KEY,
  revision INTEGER NOT NULL,
  ended_at INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX silence_ended ON silence (ended_at);

CREATE INDEX verdict_at ON verdict (at);
`,
};

import type { Migration } from './migration.ts';

/** Corrections of error budgets: time that was planned and does not count, with who said so and why. */
export const correction: Migration = {
  version: 3,
  name: 'correction',
  sql: `
CREATE TABLE correction (
  id TEXT PRIMARY KEY,
  objective_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX correction_objective ON correction (objective_id, created_at);
`,
};

import type { Migration } from './migration.ts';

/** The first format. Where a column is not searched, it lives in `body` as JSON and is parsed on the way out. */
export const first: Migration = {
  version: 1,
  name: 'first',
  sql: `
CREATE TABLE setting (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

CREATE TABLE incident (
  id TEXT PRIMARY KEY,
  number INTEGER NOT NULL UNIQUE,
  phase TEXT NOT NULL,
  group_key TEXT,
  revision INTEGER NOT NULL,
  opened_at INTEGER NOT NULL,
  timeline_seq INTEGER NOT NULL,
  timeline_hash TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;

-- A crash between opening an incident and saving its alert must not open a second one for the same group.
CREATE UNIQUE INDEX incident_open_group ON incident (group_key)
  WHERE group_key IS NOT NULL AND phase NOT IN ('closed', 'merged', 'cancelled');

CREATE TRIGGER incident_no_delete BEFORE DELETE ON incident
BEGIN SELECT RAISE(ABORT, 'an incident is never deleted'); END;

CREATE TABLE timeline (
  incident_id TEXT NOT NULL REFERENCES incident (id),
  seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  actor TEXT NOT NULL,
  title TEXT NOT NULL,
  detail TEXT NOT NULL,
  previous_hash TEXT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (incident_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER timeline_no_update BEFORE UPDATE ON timeline
BEGIN SELECT RAISE(ABORT, 'the timeline is append-only'); END;
CREATE TRIGGER timeline_no_delete BEFORE DELETE ON timeline
BEGIN SELECT RAISE(ABORT, 'the timeline is append-only'); END;
-- INSERT OR REPLACE deletes without the trigger above: an entry may only come after the last one.
CREATE TRIGGER timeline_in_order BEFORE INSERT ON timeline
WHEN NEW.seq <> (SELECT COALESCE(MAX(seq), 0) + 1 FROM timeline WHERE incident_id = NEW.incident_id)
BEGIN SELECT RAISE(ABORT, 'the timeline is append-only'); END;

CREATE TABLE evidence (
  id TEXT PRIMARY KEY,
  incident_id TEXT NOT NULL REFERENCES incident (id),
  position INTEGER NOT NULL,
  to_at INTEGER NOT NULL,
  missing TEXT,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX evidence_incident ON evidence (incident_id, position);

CREATE TABLE evidence_series (
  id INTEGER PRIMARY KEY,
  evidence_id TEXT NOT NULL REFERENCES evidence (id),
  labels TEXT NOT NULL,
  UNIQUE (evidence_id, labels)
) STRICT;

CREATE TABLE evidence_chunk (
  series_id INTEGER NOT NULL REFERENCES evidence_series (id),
  from_at INTEGER NOT NULL,
  to_at INTEGER NOT NULL,
  samples BLOB NOT NULL,
  PRIMARY KEY (series_id, from_at)
) STRICT, WITHOUT ROWID;

CREATE TABLE alert (
  id TEXT PRIMARY KEY,
  phase TEXT NOT NULL,
  resolved_at INTEGER,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX alert_phase ON alert (phase, resolved_at);

CREATE TABLE verdict (
  id INTEGER PRIMARY KEY,
  alert_id TEXT NOT NULL,
  at INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX verdict_alert ON verdict (alert_id, id);

CREATE TABLE run (
  id TEXT PRIMARY KEY,
  incident_id TEXT NOT NULL,
  revision INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;

CREATE TABLE journal (
  id TEXT PRIMARY KEY,
  run_id TEXT NOT NULL REFERENCES run (id),
  step_id TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  idempotency_key TEXT NOT NULL,
  intent TEXT NOT NULL,
  intended_at INTEGER NOT NULL,
  outcome TEXT,
  ended_at INTEGER
) STRICT;
CREATE INDEX journal_open ON journal (intended_at) WHERE outcome IS NULL;

CREATE TABLE delivery (
  id TEXT PRIMARY KEY,
  state TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX delivery_state ON delivery (state, created_at);
CREATE INDEX delivery_created ON delivery (created_at);

CREATE TABLE postmortem (
  incident_id TEXT PRIMARY KEY REFERENCES incident (id),
  revision INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;
`,
};

import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CHAIN_START, chain, firstBroken } from '../../../main/store/table/timeline.ts';
import type { NewTimelineEntry } from '../../../shared/model/incident.ts';
import { entry, incidentDraft } from '../../support/incident.ts';
import { openTestLog, type TestLog } from '../../support/log.ts';

const START = { seq: 0, hash: CHAIN_START };
const text = fc.string({ unit: 'binary', maxLength: 20 });
const anyEntry: fc.Arbitrary<NewTimelineEntry> = fc.record({
  at: fc.integer({ min: 0, max: 2 ** 45 }),
  kind: fc.constantFrom('note', 'phase', 'alert'),
  actor: text,
  title: text,
  detail: text,
});

describe('the hash chain of a timeline', () => {
  it('fits itself', () => {
    fc.assert(
      fc.property(fc.array(anyEntry, { maxLength: 8 }), (entries) => {
        const chained = chain('i', START, entries);
        expect(firstBroken('i', chained, chained.at(-1) ?? START)).toBeNull();
      }),
    );
  });

  it('shows any change of any field of any entry, at that entry', () => {
    const field = fc.constantFrom('at', 'actor', 'title', 'detail', 'kind', 'hash', 'previousHash', 'seq');
    fc.assert(
      fc.property(
        fc.array(anyEntry, { minLength: 1, maxLength: 8 }),
        fc.nat(),
        field,
        (entries, pick, name) => {
          const chained = chain('i', START, entries);
          const at = pick % chained.length;
          const forged = chained.map((one, i) =>
            i === at
              ? { ...one, [name]: typeof one[name] === 'number' ? one[name] + 1 : `${one[name]}x` }
              : one,
          );
          expect(firstBroken('i', forged, chained.at(-1) ?? START)).toBe(at + 1);
        },
      ),
    );
  });

  it('shows an entry taken out, wherever it was, and two that changed places', () => {
    fc.assert(
      fc.property(fc.array(anyEntry, { minLength: 2, maxLength: 8 }), fc.nat(), (entries, pick) => {
        const chained = chain('i', START, entries);
        const head = chained.at(-1) ?? START;
        const at = pick % chained.length;
        expect(
          firstBroken(
            'i',
            chained.filter((_, i) => i !== at),
            head,
          ),
        ).toBe(at + 1);
        expect(firstBroken('i', [...chained].reverse(), head)).toBe(1);
      }),
    );
  });

  it('does not fit another incident', () => {
    const chained = chain('i', START, [entry()]);
    expect(firstBroken('j', chained, chained[0] ?? START)).toBe(1);
  });
});

describe('the timeline in the database', () => {
  let test: TestLog;
  let raw: Database.Database;
  beforeEach(async () => {
    test = openTestLog();
    await test.log.call.openIncident(incidentDraft(), [entry(), entry(), entry()], []);
    raw = new Database(test.path);
  });
  afterEach(() => {
    raw.close();
    test.remove();
  });

  it('refuses to be changed, deleted, replaced or filled out of order', () => {
    const refused = /append-only/;
    expect(() => raw.exec("UPDATE timeline SET title = 'x' WHERE seq = 1")).toThrow(refused);
    expect(() => raw.exec('DELETE FROM timeline WHERE seq = 3')).toThrow(refused);
    expect(() => raw.exec('INSERT OR REPLACE INTO timeline SELECT * FROM timeline WHERE seq = 3')).toThrow(
      refused,
    );
    expect(() =>
      raw.exec(
        'INSERT INTO timeline SELECT incident_id, 9, at, kind, actor, title, detail, previous_hash, hash FROM timeline WHERE seq = 3',
      ),
    ).toThrow(refused);
    expect(() => raw.exec('DELETE FROM incident')).toThrow(/never deleted/);
  });

  it('names the entry that somebody forged with the triggers taken away', async () => {
    raw.exec("DROP TRIGGER timeline_no_update; UPDATE timeline SET detail = 'nothing failed' WHERE seq = 2");
    expect(await test.log.call.verifyTimeline('incident-1')).toBe(2);
  });

  it('names the end that somebody cut off', async () => {
    raw.exec('DROP TRIGGER timeline_no_delete; DELETE FROM timeline WHERE seq = 3');
    expect(await test.log.call.verifyTimeline('incident-1')).toBe(3);
  });
});

import type Database from 'better-sqlite3';

export function settingTable(db: Database.Database) {
  const get = db.prepare('SELECT value FROM setting WHERE key = ?').pluck();
  const put = db.prepare(
    'INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  );
  return {
    get: (key: string) => (get.get(key) as string | undefined) ?? null,
    put: (key: string, value: string): void => void put.run(key, value),
  };
}

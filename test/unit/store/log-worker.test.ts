import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger, startWorker, systemClock, type WorkerHandle } from '../../../main/platform/index.ts';
import { type LogApi, openLog } from '../../../main/store/index.ts';
import { LOG_MIGRATIONS } from '../../../main/store/migration/log-migrations.ts';
import { entry, evidenceWrite, incidentDraft } from '../../support/incident.ts';

let folder: string;
let handle: WorkerHandle<LogApi>;
const start = () =>
  startWorker<LogApi>({
    name: 'log',
    entry: new URL('../../../main/store/log.worker.ts', import.meta.url),
    init: { path: join(folder, 'midwatch.db') },
    clock: systemClock(),
    log: silentLogger(),
  });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'midwatch-worker-'));
});
afterEach(async () => {
  await handle.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('the log in a thread of its own', () => {
  it('answers over the wire, typed arrays and coded errors included, and backs itself up', async () => {
    handle = start();
    const { incident } = await handle.call.openIncident(incidentDraft(), [entry()], [evidenceWrite('e1')]);
    expect((await handle.call.evidenceSeries('e1'))[0]?.values).toBeInstanceOf(Float64Array);
    await expect(handle.call.updateIncident(incident, [])).rejects.toMatchObject({ code: 'stale-revision' });
    expect((await handle.call.backup()).bytes).toBeGreaterThan(4096);
  });

  it('keeps what was acked when the thread is killed, and comes back by itself', async () => {
    handle = start();
    await handle.call.putSetting('a', 'b');
    const back = new Promise<void>((resolve) => {
      handle.onChange(({ condition }) => condition === 'ok' && resolve());
    });
    await handle.kill();
    await back;
    expect(await handle.call.getSetting('a')).toBe('b');
    expect(handle.health().restarts).toBe(1);
  });

  it('says why where it cannot start', async () => {
    const later = {
      version: LOG_MIGRATIONS.length + 1,
      name: 'later',
      sql: 'CREATE TABLE more (id TEXT) STRICT',
    };
    openLog(join(folder, 'midwatch.db'), {
      clock: systemClock(),
      migrations: [...LOG_MIGRATIONS, later],
    }).close();
    handle = start();
    await expect(handle.call.loadIncidents()).rejects.toMatchObject({ code: expect.any(String) });
  });
});

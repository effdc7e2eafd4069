import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createIncidents } from '../../../main/incident/index.ts';
import { countingIds, silentLogger, VirtualClock } from '../../../main/platform/index.ts';
import { type LogApi, openLog } from '../../../main/store/index.ts';
import { backups } from '../../../main/store/log-backup.ts';
import { entry, incidentDraft, NOW } from '../../support/incident.ts';
import { fired } from '../../support/incidents.ts';
import { openTestLog } from '../../support/log.ts';
import { type SmallDisk, smallDisk } from '../../support/small-disk.ts';

let disk: SmallDisk | null;
let folder: string;
beforeEach((context) => {
  disk = smallDisk(4);
  if (!disk) return context.skip('a small disk needs the right to mount one');
  folder = join(disk.path, 'data');
});
afterEach(() => disk?.[Symbol.dispose]());

const pathOf = () => join(folder, 'midwatch.db');
const open = (now = NOW) => openLog(pathOf(), { clock: { now: () => now } });
const note = (title: string) => entry({ kind: 'note', title, detail: 'x'.repeat(3_000) });
const fillDisk = (blocksMax?: number) => {
  if (!disk) throw new Error('there is no disk');
  return disk.fill(blocksMax);
};

/** Writes until the disk refuses; answers the titles that were acked. */
function writeUntilFull(log: LogApi): string[] {
  const acked: string[] = [];
  const { incident } = log.openIncident(incidentDraft(), [], []);
  let { revision } = incident;
  for (let i = 0; i < 2_000; i += 1) {
    try {
      revision += 1;
      log.updateIncident({ ...incident, revision }, [note(`n${i}`)]);
      acked.push(`n${i}`);
    } catch (thrown) {
      expect(thrown).toMatchObject({ code: 'store-failed', retryable: true });
      return acked;
    }
  }
  throw new Error('the disk never became full');
}

describe('a disk that is full', () => {
  it('refuses with store-failed, keeps all that was acked, and goes on once there is space', () => {
    const free = fillDisk(16);
    const log = open();
    const acked = writeUntilFull(log);
    expect(acked.length).toBeGreaterThan(5);
    const titles = () => log.timeline('incident-1', 0).map((one) => one.title);
    expect(titles()).toEqual(acked);
    expect(log.verifyTimeline('incident-1')).toBeNull();
    free();
    // The very same log goes on, and so does the next start.
    log.putSetting('again', 'yes');
    log.close();
    const again = open();
    expect(again.timeline('incident-1', 0).map((one) => one.title)).toEqual(acked);
    expect(again.verifyTimeline('incident-1')).toBeNull();
    expect(again.getSetting('again')).toBe('yes');
    again.close();
  });

  it('keeps neither a piece of an incident nor of its evidence', () => {
    const log = open();
    log.putSetting('a', 'b');
    const free = fillDisk();
    const big = Float64Array.from({ length: 60_000 }, (_, i) => Math.sin(i * i) * i);
    const times = Float64Array.from(big, (_, i) => NOW + i * 1_000);
    const chart = {
      id: 'e1',
      incidentId: 'incident-1',
      title: 'Burn rate',
      unit: '×',
      expression: 'up',
      source: 'prom',
      threshold: null,
      fromAt: NOW,
      toAt: NOW + 1,
      missing: null,
    };
    const opening = () =>
      log.openIncident(incidentDraft(), [entry()], [{ chart, series: [{ labels: {}, times, values: big }] }]);
    expect(opening).toThrow(expect.objectContaining({ code: 'store-failed' }));
    expect(log.loadIncidents()).toEqual([]);
    expect(log.evidenceCharts('incident-1')).toEqual([]);
    free();
    expect(opening().incident.name).toBe('INC-0001');
    expect(log.evidenceSeries('e1')[0]?.values).toEqual(big);
    log.close();
  });

  it('does not keep a backup that came half-way, leaves the earlier ones whole, and makes the next', async () => {
    const log = open();
    log.putSetting('a', 'b'.repeat(300_000));
    const first = await log.backup();
    const free = fillDisk();
    await expect(log.backup()).rejects.toMatchObject({ code: 'backup-failed', retryable: true });
    expect(readdirSync(join(folder, 'backup'))).toEqual([first.path.split('/').at(-1)]);
    free();
    log.close();
    const later = open(NOW + 60_000);
    const second = await later.backup();
    expect(backups(pathOf())).toEqual([second.path, first.path]);
    later.close();
  });

  it('is said by reading functions too where they must write, and never loses the file', () => {
    const log = open();
    log.putSetting('a', 'b');
    log.close();
    const free = fillDisk();
    let refused: unknown = null;
    try {
      open().close();
    } catch (thrown) {
      refused = thrown;
    }
    if (refused !== null) expect(refused).toMatchObject({ code: 'store-failed' });
    free();
    expect(existsSync(pathOf())).toBe(true);
    const again = open();
    expect(again.getSetting('a')).toBe('b');
    expect(again.notices()).toEqual([]);
    again.close();
  });

  it('opens the incident once, when there is space and the same alerts are told again', async () => {
    const test = openTestLog({}, folder);
    const incidents = createIncidents({
      clock: new VirtualClock(NOW),
      ids: countingIds('id'),
      log: test.log,
      logger: silentLogger(),
      services: () => [],
      objective: () => undefined,
      target: () => undefined,
      playbookFor: () => null,
      onChange: () => undefined,
    });
    await incidents.load();
    await test.log.call.putSetting('a', 'b');
    const free = fillDisk();
    // Small changes may still find room in the file; enough of them do not.
    let refusals = 0;
    for (let i = 0; i < 40; i += 1)
      await incidents
        .openByHand({ title: 'x'.repeat(190), service: 's'.repeat(2_000), severity: 'SEV-3', by: 'you' })
        .catch((thrown: unknown) => {
          expect(thrown).toMatchObject({ code: 'store-failed' });
          refusals += 1;
        });
    expect(refusals).toBeGreaterThan(0);
    await expect(incidents.handleAlerts([fired()])).rejects.toMatchObject({ code: 'store-failed' });
    free();
    const before = incidents.list().length;
    const [placement] = await incidents.handleAlerts([fired()]);
    expect(placement?.opened).toBe(true);
    expect((await incidents.handleAlerts([fired()]))[0]?.opened).toBe(false);
    expect(incidents.list()).toHaveLength(before + 1);
    expect((await test.log.call.loadIncidents()).map((one) => one.id).sort()).toEqual(
      incidents
        .list()
        .map((one) => one.id)
        .sort(),
    );
    test.remove();
  });
});

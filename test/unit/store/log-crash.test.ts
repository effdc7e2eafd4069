import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestLog } from '../../support/log.ts';

const ENTRY = fileURLToPath(new URL('../../support/log-crash.main.ts', import.meta.url));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'midwatch-crash-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the process until it has said the given line or number of lines, then ends it as a power cut would. */
async function killAfter(mode: string, enough: (lines: readonly string[]) => boolean): Promise<string[]> {
  const child = spawn(process.execPath, [ENTRY, join(folder, 'midwatch.db'), mode], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    if (enough(lines)) child.kill('SIGKILL');
  });
  await once(child, 'close');
  return lines;
}

describe('an incident whose process is killed', () => {
  it('in the middle of its opening is not there at all, nor a piece of its evidence', async () => {
    await killAfter('stuck', (lines) => lines.includes('stuck'));
    const test = openTestLog({}, folder);
    expect((await test.log.call.loadIncidents()).map((incident) => incident.id)).toEqual(['whole']);
    expect(await test.log.call.evidenceCharts('half')).toEqual([]);
    expect(await test.log.call.evidenceSeries('half-1')).toEqual([]);
    expect(await test.log.call.evidenceSeries('whole-1')).toHaveLength(1);
    expect(await test.log.call.notices()).toEqual([]);
    test.remove();
  });

  it('at any other moment is there whole, with entries and evidence, if it was acked', async () => {
    const acked = await killAfter('many', (lines) => lines.length >= 40);
    const test = openTestLog({}, folder);
    const incidents = await test.log.call.loadIncidents();
    expect(incidents.map((incident) => incident.id)).toEqual(expect.arrayContaining(acked));
    expect(incidents.length - acked.length).toBeLessThanOrEqual(1);
    for (const { id, evidenceCount, timelineSeq } of incidents) {
      expect({ id, evidenceCount, timelineSeq }).toEqual({ id, evidenceCount: 2, timelineSeq: 2 });
      expect(await test.log.call.verifyTimeline(id)).toBeNull();
      expect(await test.log.call.evidenceSeries(`${id}-b`)).toHaveLength(1);
    }
    test.remove();
  });
});

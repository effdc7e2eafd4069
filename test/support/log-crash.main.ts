import { openLog } from '../../main/store/index.ts';
import { entry, evidenceWrite, incidentDraft } from './incident.ts';

/**
 * A process to be killed. `stuck`: opens an incident and stops in the middle of its transaction, evidence half written.
 * `many`: opens one after the other and says each once it is acked.
 */
const [path = '', mode = ''] = process.argv.slice(2);
const log = openLog(path, { clock: { now: () => Date.now() } });
const say = (line: string) => process.stdout.write(`${line}\n`);

if (mode === 'stuck') {
  log.openIncident(
    incidentDraft({ id: 'whole', groupKey: null }),
    [entry()],
    [evidenceWrite('whole-1', 'whole')],
  );
  const stuck = {
    ...evidenceWrite('half-2', 'half'),
    get series(): never {
      say('stuck');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30_000);
      throw new Error('woken');
    },
  };
  log.openIncident(
    incidentDraft({ id: 'half', groupKey: null }),
    [entry()],
    [evidenceWrite('half-1', 'half'), stuck],
  );
}
// An end of its own: a test that fails to kill it must not leave a writer behind that fills the disk.
for (let n = 1; mode === 'many' && n <= 2_000; n += 1) {
  const id = `i${n}`;
  log.openIncident(
    incidentDraft({ id, groupKey: null }),
    [entry(), entry({ kind: 'alert' })],
    [evidenceWrite(`${id}-a`, id), evidenceWrite(`${id}-b`, id)],
  );
  say(id);
}

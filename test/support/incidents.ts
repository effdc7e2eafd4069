import { createIncidents, type IncidentDeps, type Incidents } from '../../main/incident/index.ts';
import { countingIds, silentLogger, VirtualClock } from '../../main/platform/index.ts';
import type { AlertChange } from '../../shared/model/alert-change.ts';
import type { Incident } from '../../shared/model/incident.ts';
import type { ObjectiveStatus } from '../../shared/model/objective.ts';
import type { Service } from '../../shared/model/service.ts';
import { alertOf, NOW, objectiveStatus } from './incident.ts';
import { openTestLog, type TestLog } from './log.ts';
import { type ScriptedTarget, scriptedTarget } from './query-target.ts';

const service = (id: string, dependsOn: string[] = []): Service => ({
  id,
  title: id,
  owner: 'o',
  tier: 2,
  dependsOn,
  links: {},
});

/** Incidents over a real log, a virtual clock and a source whose answers the test decides. */
export interface IncidentBench {
  incidents: Incidents;
  test: TestLog;
  readonly clock: VirtualClock;
  readonly target: ScriptedTarget;
  readonly heard: Incident[];
  readonly objectives: Map<string, ObjectiveStatus>;
  /** As after a crash: the log is opened again and read. */
  restart(): Promise<void>;
  remove(): void;
}

export async function incidentBench(change: Partial<IncidentDeps> = {}): Promise<IncidentBench> {
  const clock = new VirtualClock(NOW);
  const target = scriptedTarget();
  const heard: Incident[] = [];
  const objectives = new Map([['gateway-availability', objectiveStatus()]]);
  const services = [
    service('gateway', ['ranking']),
    service('ranking', ['features']),
    service('features'),
    service('batch'),
  ];
  const ids = countingIds('id');
  const create = (test: TestLog) =>
    createIncidents({
      clock,
      ids,
      log: test.log,
      logger: silentLogger(),
      services: () => services,
      objective: (id) => objectives.get(id),
      target: (id) => (id === target.id ? target : undefined),
      playbookFor: () => 'model-degraded',
      onChange: (incident) => heard.push(incident),
      ...change,
    });
  const test = openTestLog();
  const bench: IncidentBench = {
    incidents: create(test),
    test,
    clock,
    target,
    heard,
    objectives,
    async restart() {
      bench.test = bench.test.reopen();
      bench.incidents = create(bench.test);
      await bench.incidents.load();
    },
    remove: () => bench.test.remove(),
  };
  await bench.incidents.load();
  return bench;
}

export function fired(
  alert: Parameters<typeof alertOf>[0] = {},
  change: Partial<AlertChange> = {},
): AlertChange {
  return {
    alert: alertOf(alert),
    previous: 'inactive',
    change: 'fired',
    at: NOW,
    failingShare: 0.033,
    objectiveId: 'gateway-availability',
    ...change,
  };
}

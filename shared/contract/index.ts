import { alertContract } from './alert.ts';
import { discoverContract } from './discover.ts';
import { healthContract } from './health.ts';
import { incidentContract } from './incident.ts';
import { objectiveContract } from './objective.ts';
import { playbookContract } from './playbook.ts';
import { postmortemContract } from './postmortem.ts';
import { queryContract } from './query.ts';
import { secretContract } from './secret.ts';
import { seriesContract } from './series.ts';
import { silenceContract } from './silence.ts';
import { stateContract } from './state.ts';
import { demoContract, sourceContract, systemContract } from './system.ts';
import { traceContract } from './trace.ts';
import { workspaceContract } from './workspace.ts';

/** All that a window may ask, by domain. Inputs and outputs are checked at the boundary on both transports. */
export const contract = {
  system: systemContract,
  state: stateContract,
  health: healthContract,
  source: sourceContract,
  alert: alertContract,
  incident: incidentContract,
  objective: objectiveContract,
  playbook: playbookContract,
  postmortem: postmortemContract,
  secret: secretContract,
  query: queryContract,
  series: seriesContract,
  workspace: workspaceContract,
  discover: discoverContract,
  silence: silenceContract,
  trace: traceContract,
  demo: demoContract,
};
export type Contract = typeof contract;

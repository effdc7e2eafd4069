import type { Vault } from '../platform/index.ts';
import type { Playbooks } from '../playbook/index.ts';
import type { WorkspaceWriter } from '../workspace/index.ts';
import { type AlertPart, alertRouter } from './alert.ts';
import { procedures } from './context.ts';
import { type DemoPart, demoRouter } from './demo.ts';
import { type DiscoverPart, discoverRouter } from './discover.ts';
import { type HealthPart, healthRouter } from './health.ts';
import { type IncidentPart, incidentRouter } from './incident.ts';
import { type ObjectivePart, objectiveRouter } from './objective.ts';
import { playbookRouter } from './playbook.ts';
import { type PostmortemPart, postmortemRouter } from './postmortem.ts';
import { type QueryPart, queryRouter } from './query.ts';
import { secretRouter } from './secret.ts';
import { type SeriesPart, seriesRouter } from './series.ts';
import { type SilencePart, silenceRouter } from './silence.ts';
import { type SourcePart, sourceRouter } from './source.ts';
import type { StateHub } from './state-hub.ts';
import { type SystemPart, systemRouter } from './system.ts';
import { type TracePart, traceRouter } from './trace.ts';
import { workspaceRouter } from './workspace.ts';

/** What the requests need of the stages, by domain. */
export interface ApiParts {
  readonly system: SystemPart;
  readonly hub: StateHub;
  readonly health: HealthPart;
  readonly source: SourcePart;
  readonly alert: AlertPart;
  readonly incident: IncidentPart;
  readonly objective: ObjectivePart;
  readonly playbooks: Playbooks;
  readonly postmortem: PostmortemPart;
  readonly secrets: Pick<Vault, 'keep' | 'problem'>;
  readonly query: QueryPart;
  readonly workspace: WorkspaceWriter;
  readonly discover: DiscoverPart;
  readonly series: SeriesPart;
  readonly silence: SilencePart;
  readonly trace: TracePart;
  readonly demo: DemoPart;
}

/** One router for both transports. */
export function createRouter(parts: ApiParts) {
  return procedures.router({
    system: systemRouter(parts.system),
    state: procedures.state.router({
      watch: procedures.state.watch.handler(({ signal }) => parts.hub.watch(signal)),
    }),
    health: healthRouter(parts.health),
    source: sourceRouter(parts.source),
    alert: alertRouter(parts.alert),
    incident: incidentRouter(parts.incident),
    objective: objectiveRouter(parts.objective),
    playbook: playbookRouter(parts.playbooks),
    postmortem: postmortemRouter(parts.postmortem),
    secret: secretRouter(parts.secrets),
    query: queryRouter(parts.query),
    workspace: workspaceRouter(parts.workspace),
    discover: discoverRouter(parts.discover),
    series: seriesRouter(parts.series),
    silence: silenceRouter(parts.silence),
    trace: traceRouter(parts.trace),
    demo: demoRouter(parts.demo),
  });
}

export type ApiRouter = ReturnType<typeof createRouter>;

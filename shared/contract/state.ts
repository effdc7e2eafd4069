import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { ShownAlert } from '../model/alert.ts';
import { Board } from '../model/board.ts';
import { DetectorStatus } from '../model/detector.ts';
import { Health } from '../model/health.ts';
import { Incident } from '../model/incident.ts';
import { MaintenanceState } from '../model/maintenance.ts';
import { Delivery, Receiver } from '../model/notification.ts';
import { ObjectiveStatus } from '../model/objective.ts';
import { Playbook, PlaybookRun } from '../model/playbook.ts';
import { ChangeEvent, Service } from '../model/service.ts';
import { Silence } from '../model/silence.ts';
import { SourceStatus } from '../model/source.ts';

/** All that a window mirrors, as collections of things with an identity. Objectives and detectors use their own id. */
export const collectionSchemas = {
  health: Health,
  sources: SourceStatus,
  services: Service,
  objectives: ObjectiveStatus,
  detectors: DetectorStatus,
  alerts: ShownAlert,
  incidents: Incident,
  playbooks: Playbook,
  runs: PlaybookRun,
  receivers: Receiver,
  deliveries: Delivery,
  changes: ChangeEvent,
  boards: Board,
  silences: Silence,
  maintenance: MaintenanceState,
} as const;

export type CollectionName = keyof typeof collectionSchemas;
export type Collections = { [Name in CollectionName]: z.infer<(typeof collectionSchemas)[Name]> };
export const collectionNames = Object.keys(collectionSchemas) as readonly CollectionName[];

/** The identity of a thing in its collection. */
export function identityOf<Name extends CollectionName>(name: Name, thing: Collections[Name]): string {
  const value: Collections[CollectionName] = thing;
  if (name === 'objectives') return (value as Collections['objectives']).objective.id;
  if (name === 'detectors') return (value as Collections['detectors']).detector.id;
  return (value as { id: string }).id;
}

const Change = z.discriminatedUnion('collection', [
  change('health', Health),
  change('sources', SourceStatus),
  change('services', Service),
  change('objectives', ObjectiveStatus),
  change('detectors', DetectorStatus),
  change('alerts', ShownAlert),
  change('incidents', Incident),
  change('playbooks', Playbook),
  change('runs', PlaybookRun),
  change('receivers', Receiver),
  change('deliveries', Delivery),
  change('changes', ChangeEvent),
  change('boards', Board),
  change('silences', Silence),
  change('maintenance', MaintenanceState),
]);
export type StateChange = z.infer<typeof Change>;

function change<Name extends CollectionName, Schema extends z.ZodType>(name: Name, schema: Schema) {
  return z.object({ collection: z.literal(name), upsert: z.array(schema), remove: z.array(z.string()) });
}

const stamp = { epoch: z.string(), seq: z.number().int(), at: z.number() };

/**
 * A snapshot, then patches numbered one by one. `epoch` is drawn at each start of the core. A hole in the numbers or
 * another epoch means: forget all, and ask again. `at` is the core's clock, for skew. A large collection does not fit
 * into one frame: what is most urgent comes with the snapshot, and `rest` things follow in parts, under the number that
 * the core stands at.
 */
export const StateFrame = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('snapshot'), ...stamp, changes: z.array(Change), rest: z.number().int() }),
  z.object({ kind: z.literal('part'), ...stamp, changes: z.array(Change), rest: z.number().int() }),
  z.object({ kind: z.literal('patch'), ...stamp, changes: z.array(Change) }),
  /** Nothing changed, but the core lives; at least every 2 s. */
  z.object({ kind: z.literal('beat'), ...stamp }),
]);
export type StateFrame = z.infer<typeof StateFrame>;

export const stateContract = {
  watch: oc.output(eventIterator(StateFrame)),
};

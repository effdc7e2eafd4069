import { messageOf } from '../../shared/error/coded.ts';
import type { Alerts } from '../alert/index.ts';
import type { Incidents } from '../incident/index.ts';
import type { Logger } from '../platform/index.ts';

/** Who is asked and told; the parts come later than this. */
export interface PersonNewsParts {
  readonly incidents?: Pick<Incidents, 'get' | 'timeline'>;
  readonly alerts?: Pick<Alerts, 'personActed'>;
}

/** Tells the alerts when a person wrote on their incident's timeline, by whatever way: a note, a phase, a run. */
export interface PersonNews {
  changed(incidentId: string): void;
  idle(): Promise<void>;
}

/** Whoever else writes there: Midwatch itself, and services whose change was seen. */
const NO_PERSON = { actors: new Set(['midwatch']), kinds: new Set(['change']) };

export function createPersonNews(parts: PersonNewsParts, logger: Logger): PersonNews {
  const seen = new Map<string, number>();
  let last: Promise<void> = Promise.resolve();

  const look = async (id: string): Promise<void> => {
    const incident = parts.incidents?.get(id);
    const before = seen.get(id);
    if (!incident || before === incident.timelineSeq) return;
    seen.set(id, incident.timelineSeq);
    // What stood there at the start was heard by an earlier run, or was said by the opening.
    if (before === undefined) return;
    const entries = (await parts.incidents?.timeline(id, before)) ?? [];
    const word = entries.findLast(
      (one) => !NO_PERSON.actors.has(one.actor) && !NO_PERSON.kinds.has(one.kind),
    );
    if (word) await parts.alerts?.personActed(id, word.actor, word.at);
  };
  return {
    changed(id) {
      last = last
        .then(() => look(id))
        .catch((thrown: unknown) => {
          logger.warn({ incident: id, problem: messageOf(thrown) }, 'a timeline could not be followed');
        });
    },
    idle: () => last,
  };
}

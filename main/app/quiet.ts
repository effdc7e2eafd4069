import type { Workspace } from '../../shared/config/workspace.ts';
import { messageOf } from '../../shared/error/coded.ts';
import type { Silence } from '../../shared/model/silence.ts';
import { DAY_MS } from '../../shared/unit/time.ts';
import {
  type Alerts,
  createMaintenance,
  createSilences,
  describeSilence,
  isAlerting,
  type Maintenance,
  type Silences,
} from '../alert/index.ts';
import type { SilencePart, StateHub } from '../api/index.ts';
import type { Incidents } from '../incident/index.ts';
import type { Pipeline } from '../pipeline/index.ts';
import type { Clock, Ids, Logger } from '../platform/index.ts';
import { createSilenceSharing, type SilenceRound } from './silence-sharing.ts';
import type { Threads } from './threads.ts';

export interface QuietDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly threads: Pick<Threads, 'log'>;
  readonly hub: StateHub;
  readonly log: Logger;
  readonly running: { workspace(): Pick<Workspace, 'maintenance'> };
}

/** What keeps alerts quiet on purpose: people's silences and planned maintenance. */
export interface Quiet {
  readonly silences: Silences;
  readonly maintenance: Maintenance;
  /** Takes over what an Alertmanager silences, and tells it what is silenced here. */
  readonly exchange: (round: SilenceRound) => Promise<void>;
  /** Before the first decision: what people have silenced must not page at a start. */
  load(): Promise<void>;
  /** What runs and what comes next moves with time alone. */
  publish(): void;
}

export function quietOf({ clock, ids, threads, hub, running, log }: QuietDeps): Quiet {
  const maintenance = createMaintenance(() => running.workspace().maintenance);
  const silences = createSilences({
    clock,
    ids,
    log: threads.log.call,
    onChange: (all) => hub.replace('silences', [...all]),
  });
  const publish = () => publishMaintenance(hub, maintenance, clock.now());
  const load = async () => {
    await silences.load();
    publish();
  };
  const exchange = createSilenceSharing({ silences, clock, log });
  return { silences, maintenance, exchange, load, publish };
}

function publishMaintenance(hub: StateHub, maintenance: Maintenance, now: number): void {
  const states = maintenance.states(now);
  if (JSON.stringify(states) === JSON.stringify(hub.get('maintenance'))) return;
  hub.replace('maintenance', states);
}

interface SilenceTies {
  readonly alerts: Alerts;
  readonly incidents: Incidents;
  readonly pipeline: Pipeline;
  readonly silences: Silences;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** After a silence was stored: it is applied at once, and stands on the timelines of the incidents that it touches. */
export function silenceChanged(ties: SilenceTies) {
  return async (silence: Silence, what: string, by: string): Promise<void> => {
    const touched = ties.silences
      .preview(silence.matchers, ties.alerts.list().filter(isAlerting))
      .flatMap((alert) => alert.incidentId ?? []);
    for (const id of new Set(touched)) {
      try {
        await ties.incidents.append(id, {
          at: ties.clock.now(),
          kind: 'alert',
          actor: by,
          title: what,
          detail: describeSilence(silence),
        });
      } catch (thrown) {
        // The silence is kept and in force; a line that is missing on a timeline must not make it look refused.
        ties.logger.warn({ incident: id, problem: messageOf(thrown) }, 'a silence is not on its timeline');
      }
    }
    await ties.pipeline.tick();
  };
}

/** What the requests about silences need. */
export function silencePart(
  stages: Pick<SilenceTies, 'alerts' | 'incidents' | 'pipeline'> & { readonly quiet: Quiet },
  clock: Clock,
  logger: Logger,
): SilencePart {
  const { silences } = stages.quiet;
  return {
    silences,
    alerts: () => stages.alerts.list(),
    now: () => clock.now(),
    changed: silenceChanged({ ...stages, silences, logger, clock }),
  };
}

/** Verdicts are kept thirteen months. */
const VERDICTS_KEPT_MS = 396 * DAY_MS;

/** Takes away what is older, a bounded number at a time, until nothing is. */
export async function pruneVerdicts({ threads, clock }: Pick<QuietDeps, 'threads' | 'clock'>): Promise<void> {
  for (let more = true; more; ) more = await threads.log.call.pruneVerdicts(clock.now() - VERDICTS_KEPT_MS);
}

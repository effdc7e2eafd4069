import { messageOf } from '../../shared/error/coded.ts';
import type { Result } from '../../shared/error/result.ts';
import type { ReportedSilence, SilenceOrder } from '../../shared/model/reported-silence.ts';
import { planSilences, type Silences } from '../alert/index.ts';
import type { Clock, Logger } from '../platform/index.ts';

export interface SharingDeps {
  readonly silences: Silences;
  readonly clock: Clock;
  readonly log: Logger;
}

/** One look at the silences of an Alertmanager: what it has, and how it is told what it lacks. */
export interface SilenceRound {
  readonly sourceId: string;
  readonly found: readonly ReportedSilence[];
  readonly isShared: boolean;
  readonly order: (order: SilenceOrder) => Promise<Result<null, string>>;
}

const SAID_MAX = 1_000;

/** Brings silences here and in an Alertmanager to the same; what fails is said with the silence and tried at the next poll. */
export function createSilenceSharing({ silences, clock, log }: SharingDeps) {
  // Each poll tries again: what fails the same way is said once.
  const said = new Set<string>();
  const complain = (facts: Readonly<Record<string, string>>, what: string) => {
    const line = `${what}: ${JSON.stringify(facts)}`;
    if (said.has(line)) return;
    if (said.size >= SAID_MAX) said.clear();
    said.add(line);
    log.warn(facts, `${what}; it is tried again at the next poll`);
  };
  const attempt = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (thrown) {
      complain({ problem: messageOf(thrown) }, what);
    }
  };
  return async ({ sourceId, found, isShared, order }: SilenceRound): Promise<void> => {
    const plan = planSilences(silences.list(), found, { sourceId, now: clock.now(), isShared });
    for (const one of plan.mirror)
      await attempt('a silence of an Alertmanager was not taken over', () => silences.mirror(one));
    for (const { id, by } of plan.end)
      await attempt('a silence was not ended as in its Alertmanager', () => silences.expire(id, by));
    for (const { id, endsAt, by } of plan.renew)
      await attempt('a silence was not renewed as in its Alertmanager', () => silences.renew(id, endsAt, by));
    for (const id of plan.there)
      await attempt('a silence was not noted', () => silences.noteShared(id, sourceId, null));
    for (const { silenceId, order: one } of plan.orders) {
      const done = await order(one);
      if (!done.ok)
        complain({ silence: silenceId, source: sourceId, problem: done.error }, 'a silence was not shared');
      await attempt('a silence was not noted', () =>
        silences.noteShared(silenceId, sourceId, done.ok ? null : done.error),
      );
    }
  };
}

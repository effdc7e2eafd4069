import type { RoutingConfig } from '../../shared/config/routing.ts';
import type { Alert, StageVerdict } from '../../shared/model/alert.ts';
import type { Observation } from '../../shared/model/observation.ts';
import type { Service } from '../../shared/model/service.ts';
import type { SourceStatus } from '../../shared/model/source.ts';
import { fingerprint, type Logger } from '../platform/index.ts';
import type { AlertBook } from './book.ts';
import { type Effect, unsettled } from './news.ts';
import { groupKeyOf } from './rule/group.ts';
import { blankAlert, isAlerting, memoryOf } from './rule/memory.ts';
import { INTAKE } from './rule/order.ts';
import type { Draft, IntakeContext } from './rule/stage.ts';
import { step } from './rule/state.ts';
import { blindedBy } from './source-watch.ts';

/** Refusals of what is no alert are kept once, not each poll; bounded, because labels come from outside. */
const MAX_REFUSED = 1_000;

interface Traveller {
  readonly draft: Draft;
  readonly verdicts: readonly StageVerdict[];
}

export interface IntakeDeps {
  readonly logger: Logger;
  readonly sources: () => readonly SourceStatus[];
  readonly pollEveryMs: (ruleId: string) => number;
  readonly routing: () => RoutingConfig;
}

export interface Intake {
  /** Takes a round of observations through the stages and the state machine. */
  take(observations: readonly Observation[], services: ReadonlyMap<string, Service>, now: number): Effect[];
}

export function createIntake(deps: IntakeDeps, book: AlertBook): Intake {
  const refused = new Map<string, StageVerdict>();

  const refuse = ({ draft }: Traveller, verdict: StageVerdict) => {
    if (draft.existing) return book.put(draft.existing, [verdict]);
    const before = refused.get(draft.id);
    if (before?.reason === verdict.reason) return;
    if (refused.size >= MAX_REFUSED) refused.clear();
    refused.set(draft.id, verdict);
    book.note(draft.id, verdict);
    deps.logger.warn(
      { alert: draft.id, definedAt: draft.observation.definedAt, reason: verdict.reason },
      'an observation was not taken',
    );
  };

  /** Stage by stage over all, so that each stage sees what the one before has left of the whole round. */
  const passAll = (drafts: readonly Draft[], context: Omit<IntakeContext, 'rivals'>): Traveller[] => {
    let travellers: Traveller[] = drafts.map((draft) => ({ draft, verdicts: [] }));
    for (const stage of INTAKE) {
      const byId = Map.groupBy(travellers, (one) => one.draft.id);
      const rivals = (id: string) => (byId.get(id) ?? []).map((one) => one.draft.observation);
      travellers = travellers.flatMap((traveller) => {
        const answer = stage.decide(traveller.draft, { ...context, rivals });
        if (answer.kind === 'pass')
          return [{ draft: answer.draft, verdicts: [...traveller.verdicts, answer.verdict] }];
        if (stage.name !== 'deduplicate') refuse(traveller, answer.verdict);
        return [];
      });
    }
    return travellers;
  };

  const decide = ({ draft, verdicts }: Traveller, now: number): Effect[] => {
    const { observation, existing, service, id } = draft;
    const groupKey = groupKeyOf(observation, deps.routing().group_by);
    const before: Alert = existing ?? blankAlert(id, observation, groupKey);
    const context = {
      now,
      pollEveryMs: deps.pollEveryMs(observation.ruleId),
      tier1: service?.tier === 1,
    };
    const after = step(before, observation, context);
    // What is quiet and was never anything else is no alert: a fleet has thousands of those.
    if (existing === null && after.alert.phase === 'inactive') return [];
    // The group that heard of it also hears of its end, or that it fires again.
    const isOwed = memoryOf(after.alert).resolutionOwed;
    const moved = isAlerting(before) || isOwed ? after.alert : { ...after.alert, groupKey };
    book.put(unsettled(moved, after.effects, now), [...verdicts, ...after.verdicts]);
    return after.effects.map((effect) => ({ ...effect, alertId: id }));
  };

  return {
    take(observations, services, now) {
      const drafts = observations.map((observation): Draft => {
        const id = fingerprint(observation.labels);
        return {
          observation,
          id,
          existing: book.get(id),
          service: services.get(observation.service) ?? null,
        };
      });
      // Asked only of what knows nothing, which is seldom: a status of every source is too dear for each round.
      let blinding: ((ruleId: string) => string | null) | undefined;
      const context = {
        now,
        services,
        blindedBy(ruleId: string) {
          blinding ??= blindedBy(deps.sources());
          return blinding(ruleId);
        },
      };
      return passAll(drafts, context).flatMap((traveller) => decide(traveller, now));
    },
  };
}

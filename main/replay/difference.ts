import type { AlertEpisode } from '../../shared/model/objective-history.ts';
import { compareEpisodes } from '../slo/index.ts';
import type { Replay } from './replay.ts';

/** What another configuration would have done over the same history, objective by objective. */
export interface ReplayDifference {
  readonly objectiveId: string;
  readonly came: readonly AlertEpisode[];
  readonly gone: readonly AlertEpisode[];
  readonly kept: number;
  /** Set where only one of the two configurations has the objective. */
  readonly onlyIn: 'before' | 'after' | null;
}

export function compareReplays(before: Replay, after: Replay): ReplayDifference[] {
  const ids = [...new Set([...before.objectives, ...after.objectives].map((one) => one.objectiveId))];
  return ids.map((objectiveId) => {
    const of = (replay: Replay) => replay.objectives.find((one) => one.objectiveId === objectiveId);
    const [was, is] = [of(before), of(after)];
    const onlyIn = was && is ? null : was ? 'before' : 'after';
    return { objectiveId, ...compareEpisodes(was?.episodes ?? [], is?.episodes ?? []), onlyIn };
  });
}

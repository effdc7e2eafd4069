import type { SourceCondition } from '../../shared/model/source.ts';
import type { StateName } from './badge.tsx';

/** How the condition of a source is drawn and said. */
export const SOURCE_LOOK: Readonly<Record<SourceCondition, readonly [StateName, string]>> = {
  starting: ['starting', 'not tried yet'],
  ok: ['ok', 'answers'],
  slow: ['burning', 'answers slowly'],
  unauthorised: ['unwatched', 'refuses the credentials'],
  unreachable: ['unwatched', 'cannot be reached'],
  'wrong-answer': ['unwatched', 'gives a wrong answer'],
  stale: ['unwatched', 'gives old samples'],
};

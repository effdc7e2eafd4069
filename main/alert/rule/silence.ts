import { formatMatchers, matchedLabels } from '../../../shared/model/matcher.ts';
import type { Silence } from '../../../shared/model/silence.ts';
import { formatInstant } from '../../../shared/unit/time.ts';
import type { HoldStage } from './hold-stage.ts';

/** A person's silence tells nobody. Of several that match, the one that lasts longest is named. */
export const silence: HoldStage = {
  name: 'silence',
  decide(alert, { silences }) {
    const labels = matchedLabels(alert);
    let longest: Silence | null = null;
    for (const one of silences)
      if ((longest === null || one.silence.endsAt > longest.endsAt) && one.matches(labels))
        longest = one.silence;
    if (longest === null) {
      const reason =
        silences.length === 0 ? 'No silence is active.' : `None of the ${silences.length} silences matches.`;
      return { hold: null, reason, definedAt: null };
    }
    const { id, author, endsAt, comment, matchers } = longest;
    const reason = `Silenced by ${author} until ${formatInstant(endsAt)}: ${comment} (${formatMatchers(matchers)}, silence ${id}).`;
    return { hold: { by: id, reason, causeId: null, covers: false }, reason, definedAt: null };
  },
};

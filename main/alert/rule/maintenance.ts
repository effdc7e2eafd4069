import { matchedLabels } from '../../../shared/model/matcher.ts';
import { formatInstant } from '../../../shared/unit/time.ts';
import type { HoldStage } from './hold-stage.ts';

/** Planned work tells nobody. What it does to dependent services is the suppression's to say, where the window includes them. */
export const maintenance: HoldStage = {
  name: 'maintenance',
  decide(alert, { windows }) {
    const labels = matchedLabels(alert);
    const window = windows.find(
      (one) => (one.services.length === 0 || one.services.includes(alert.service)) && one.matches(labels),
    );
    if (!window) {
      const reason =
        windows.length === 0
          ? 'No maintenance window is open.'
          : `None of the ${windows.length} open maintenance windows covers it.`;
      return { hold: null, reason, definedAt: null };
    }
    const { id, title, endsAt, includeDependents, definedAt } = window;
    const reason = `In maintenance until ${formatInstant(endsAt)}: ${title}.`;
    return {
      hold: { by: id, reason, causeId: null, covers: includeDependents },
      reason,
      definedAt,
    };
  },
};

import { PREVIEWED_MAX, type SilencePreview } from '../../shared/contract/silence.ts';
import { CodedError } from '../../shared/error/coded.ts';
import type { Alert } from '../../shared/model/alert.ts';
import { formatMatchers, type Matcher, parseMatchers } from '../../shared/model/matcher.ts';
import type { Silence } from '../../shared/model/silence.ts';
import { planMaintenance, type Silences } from '../alert/index.ts';
import { answering, procedures } from './context.ts';

export interface SilencePart {
  readonly silences: Silences;
  readonly alerts: () => readonly Alert[];
  readonly now: () => number;
  /** Applies it at once, and tells the timelines of incidents that it touches. */
  readonly changed: (silence: Silence, what: string, by: string) => Promise<void>;
}

/** Requests about silences. */
export function silenceRouter({ silences, alerts, now, changed }: SilencePart) {
  const at = procedures.silence;
  return at.router({
    list: at.list.handler(() => silences.list()),
    preview: at.preview.handler(({ input }) => previewSilence(input.matchers, alerts(), silences)),
    create: at.create.handler(({ input, context, errors }) =>
      answering(errors, async () => {
        const silence = await silences.create({
          matchers: read(input.matchers),
          comment: input.comment,
          author: context.actor,
          startsAt: null,
          endsAt: now() + input.durationMs,
          origin: null,
        });
        await changed(silence, 'Silenced', context.actor);
        return silence;
      }),
    ),
    planMaintenance: at.planMaintenance.handler(({ input }) => planMaintenance(input.config, now())),
    renew: at.renew.handler(({ input, context, errors }) =>
      answering(errors, async () => {
        const silence = await silences.renew(input.id, now() + input.durationMs, context.actor);
        await changed(silence, 'Silence renewed', context.actor);
        return silence;
      }),
    ),
    expire: at.expire.handler(({ input, context, errors }) =>
      answering(errors, async () => {
        const silence = await silences.expire(input.id, context.actor);
        await changed(silence, 'Silence ended', context.actor);
        return silence;
      }),
    ),
  });
}

function read(text: string): Matcher[] {
  const parsed = parseMatchers(text);
  if (parsed.ok) return parsed.value;
  throw new CodedError('silence-refused', `The matchers cannot be read: ${parsed.error}.`);
}

/**
 * What a silence would hold of the alerts that are active. What cannot be used is an answer here, not a failure: the person
 * is still writing.
 */
export function previewSilence(
  text: string,
  alerts: readonly Alert[],
  silences: Pick<Silences, 'preview'>,
): SilencePreview {
  const active = alerts.filter((one) => one.phase !== 'inactive' && one.phase !== 'resolved');
  try {
    const matchers = read(text);
    const found = silences.preview(matchers, active);
    return {
      matchers: formatMatchers(matchers),
      problem: null,
      total: found.length,
      alerts: found
        .slice(0, PREVIEWED_MAX)
        .map(({ id, title, service, priority, phase }) => ({ id, title, service, priority, phase })),
    };
  } catch (thrown) {
    if (!(thrown instanceof CodedError) || thrown.code !== 'silence-refused') throw thrown;
    return { matchers: '', problem: thrown.message, total: 0, alerts: [] };
  }
}

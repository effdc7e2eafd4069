import { z } from 'zod';
import { err, ok, type Result } from '../../../shared/error/result.ts';
import type { ReportedAlert } from '../../../shared/model/reported-alert.ts';

/** More than any team can look at, and little enough to keep. */
export const ALERTS_MAX = 10_000;
const LABELS_MAX = 64;
const TEXT_MAX = 4_096;

/** Go's zero time stands for *never*. */
const Time = z.string().transform((text, context) => {
  const at = Date.parse(text);
  if (Number.isFinite(at)) return at;
  context.addIssue({ code: 'custom', message: 'is not a time' });
  return z.NEVER;
});

const Texts = z
  .record(z.string().max(512), z.string())
  .refine((texts) => Object.keys(texts).length <= LABELS_MAX, { message: `has over ${LABELS_MAX} entries` });

/** An alert of the API v2, as far as it is used. Source: Alertmanager's api/v2/openapi.yaml, `gettableAlert`. */
const Gettable = z.object({
  labels: Texts.refine((labels) => Object.values(labels).every((value) => value.length <= TEXT_MAX), {
    message: `has a label of over ${TEXT_MAX} characters`,
  }),
  annotations: Texts.default({}),
  startsAt: Time,
  endsAt: Time.optional(),
  generatorURL: z.string().optional(),
  status: z.object({
    state: z.enum(['active', 'suppressed', 'unprocessed']),
    silencedBy: z.array(z.string()).default([]),
    inhibitedBy: z.array(z.string()).default([]),
  }),
});

/** Reads the whole list; one alert that is none makes the answer wrong, as a list with a hole would resolve it. */
export function readAlerts(body: Uint8Array): Result<readonly ReportedAlert[], string> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return err('it answered with something that is no JSON');
  }
  if (!Array.isArray(parsed)) return err('it answered with something that is no list of alerts');
  if (parsed.length > ALERTS_MAX)
    return err(`it has ${parsed.length} alerts, over the limit of ${ALERTS_MAX}`);
  const read = z.array(Gettable).safeParse(parsed);
  if (!read.success) {
    const [issue] = read.error.issues;
    return err(
      `an alert of its answer is none: ${issue?.path.map(String).join('.').slice(0, 80)} ${issue?.message}`,
    );
  }
  return ok(read.data.map(alertOf));
}

function alertOf(one: z.output<typeof Gettable>): ReportedAlert {
  const { silencedBy, inhibitedBy, state } = one.status;
  const how = silencedBy.length > 0 ? 'silenced' : inhibitedBy.length > 0 ? 'inhibited' : 'not active yet';
  return {
    labels: one.labels,
    annotations: Object.fromEntries(
      Object.entries(one.annotations).map(([name, value]) => [name, value.slice(0, TEXT_MAX)]),
    ),
    status: 'firing',
    startsAt: one.startsAt,
    // A firing alert's end is only when Alertmanager would forget it.
    endsAt: null,
    generatorUrl: one.generatorURL?.slice(0, TEXT_MAX) ?? null,
    suppressedBy: state === 'active' ? null : how,
  };
}

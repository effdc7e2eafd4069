import { z } from 'zod';
import { messageOf } from '../../../shared/error/coded.ts';
import { err, ok, type Result } from '../../../shared/error/result.ts';
import { MATCHERS_MAX, Matcher } from '../../../shared/model/matcher.ts';
import type { ReportedSilence, SilenceOrder } from '../../../shared/model/reported-silence.ts';

/** Ended ones are kept by an Alertmanager for five days, so there are more of them than of alerts anybody reads. */
export const SILENCES_MAX = 10_000;
const TEXT_MAX = 4_096;

const Time = z.string().transform((text, context) => {
  const at = Date.parse(text);
  if (Number.isFinite(at)) return at;
  context.addIssue({ code: 'custom', message: 'is not a time' });
  return z.NEVER;
});

const Condition = z.object({
  name: z.string(),
  value: z.string(),
  isRegex: z.boolean(),
  isEqual: z.boolean().default(true),
});

/** A silence of the API v2, as far as it is used. Source: Alertmanager's api/v2/openapi.yaml, `gettableSilence`. */
const Gettable = z.object({
  id: z.string().min(1).max(200),
  matchers: z.array(Condition).min(1).max(MATCHERS_MAX),
  startsAt: Time,
  endsAt: Time,
  updatedAt: Time,
  createdBy: z.string().default(''),
  comment: z.string().default(''),
  status: z.object({ state: z.enum(['expired', 'active', 'pending']) }),
});

/** Reads the whole list; a list with a hole would end what is silenced. */
export function readSilences(body: Uint8Array): Result<readonly ReportedSilence[], string> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (thrown) {
    return err(`its silences are no JSON: ${messageOf(thrown).slice(0, 100)}`);
  }
  const read = z.array(Gettable).max(SILENCES_MAX).safeParse(parsed);
  if (!read.success) {
    const [issue] = read.error.issues;
    return err(
      `its silences cannot be read: ${issue?.path.map(String).join('.').slice(0, 80)} ${issue?.message}`,
    );
  }
  return ok(read.data.flatMap((one) => silenceOf(one) ?? []));
}

/** Null where its matchers are none that can be used here: a name or a value over the length. */
function silenceOf(one: z.output<typeof Gettable>): ReportedSilence | null {
  const matchers = z.array(Matcher).safeParse(
    one.matchers.map(({ name, value, isRegex, isEqual }) => ({
      name,
      value,
      op: isRegex ? (isEqual ? '=~' : '!~') : isEqual ? '=' : '!=',
    })),
  );
  if (!matchers.success) return null;
  const { id, startsAt, endsAt, updatedAt } = one;
  return {
    ...{ id, startsAt, endsAt, updatedAt },
    matchers: matchers.data,
    author: one.createdBy.slice(0, TEXT_MAX),
    comment: one.comment.slice(0, TEXT_MAX),
    isOver: one.status.state === 'expired',
  };
}

/** The body that makes or changes a silence there. Source: Alertmanager's api/v2/openapi.yaml, `postableSilence`. */
export function postable({ id, silence }: Extract<SilenceOrder, { kind: 'put' }>): string {
  return JSON.stringify({
    ...(id === null ? {} : { id }),
    matchers: silence.matchers.map(({ name, op, value }) => ({
      name,
      value,
      isRegex: op === '=~' || op === '!~',
      isEqual: op === '=' || op === '=~',
    })),
    startsAt: new Date(silence.startsAt).toISOString(),
    endsAt: new Date(silence.endsAt).toISOString(),
    createdBy: silence.author,
    comment: silence.comment,
  });
}

import type { Matcher } from '../../shared/model/matcher.ts';
import type { ReportedSilence, SilenceOrder } from '../../shared/model/reported-silence.ts';
import { type Silence, silenceState } from '../../shared/model/silence.ts';

/** What must be done so that silences here and in one Alertmanager say the same. */
export interface SilencePlan {
  /** Silences from there, as they are to be here; new or changed. */
  readonly mirror: readonly Silence[];
  /** Running here, over there. */
  readonly end: readonly { readonly id: string; readonly by: string }[];
  /** Made here, given another end there. */
  readonly renew: readonly { readonly id: string; readonly endsAt: number; readonly by: string }[];
  /** What is to be done there, with the silence here that asks for it. */
  readonly orders: readonly { readonly silenceId: string; readonly order: SilenceOrder }[];
  /** Silences made here that stand there already. */
  readonly there: readonly string[];
}

export interface SharingFacts {
  readonly sourceId: string;
  readonly now: number;
  /** False: what is made here is not put there. */
  readonly isShared: boolean;
}

/** Ties a silence there to the one here that it was made from; it survives restarts on both sides. */
const MARK = / ?\[midwatch:([\w-]{1,64})\]$/;
/** Both sides keep milliseconds, and an Alertmanager moves a start that is past to its own now. */
const SAME_MS = 1_000;

/**
 * Compares both sides whole, at each poll: what is missing or was missed is made good by the next. Where both changed the
 * same silence, the later change stands.
 */
export function planSilences(
  local: readonly Silence[],
  remote: readonly ReportedSilence[],
  facts: SharingFacts,
): SilencePlan {
  const plan = { mirror: [], end: [], renew: [], orders: [], there: [] } as Mutable;
  const own = new Map(local.filter((one) => one.origin === null).map((one) => [one.id, one]));
  const counterparts = new Map<string, ReportedSilence[]>();
  const present = new Set<string>();
  for (const one of remote) {
    const mark = MARK.exec(one.comment)?.[1];
    if (mark !== undefined && own.has(mark)) counterparts.set(mark, [...(counterparts.get(mark) ?? []), one]);
    else present.add(mirrorId(facts.sourceId, one.id));
  }
  const known = new Map(local.map((one) => [one.id, one]));
  for (const one of remote) {
    const id = mirrorId(facts.sourceId, one.id);
    if (present.has(id)) mirrorOne(plan, one, known.get(id), facts);
  }
  for (const one of local) {
    const isGone = one.origin === facts.sourceId && !present.has(one.id);
    if (isGone && silenceState(one, facts.now) !== 'expired')
      plan.end.push({ id: one.id, by: facts.sourceId });
  }
  if (facts.isShared)
    for (const one of own.values()) shareOne(plan, one, counterparts.get(one.id) ?? [], facts);
  return plan;
}

type Mutable = { -readonly [Key in keyof SilencePlan]: SilencePlan[Key][number][] };

function mirrorId(sourceId: string, id: string): string {
  return `${sourceId}:${id}`;
}

function mirrorOne(
  plan: Mutable,
  remote: ReportedSilence,
  known: Silence | undefined,
  { sourceId, now }: SharingFacts,
): void {
  const isRunning = known !== undefined && silenceState(known, now) !== 'expired';
  if (remote.isOver) {
    if (isRunning) plan.end.push({ id: known.id, by: sourceId });
    return;
  }
  const { matchers, comment, author, startsAt, endsAt } = remote;
  if (isRunning && known.endsAt === endsAt && known.comment === comment && isSame(known.matchers, matchers))
    return;
  if (known?.expiredAt != null && known.expiredAt >= remote.updatedAt) return;
  plan.mirror.push({
    ...{ id: mirrorId(sourceId, remote.id), matchers: [...matchers], comment, author, startsAt, endsAt },
    createdAt: known?.createdAt ?? now,
    expiredAt: null,
    expiredBy: null,
    renewals: known?.renewals ?? [],
    origin: sourceId,
    sharing: [],
    revision: (known?.revision ?? 0) + 1,
  });
}

function shareOne(
  plan: Mutable,
  silence: Silence,
  counterparts: readonly ReportedSilence[],
  { sourceId, now }: SharingFacts,
): void {
  const [last] = [...counterparts].sort((a, b) => b.updatedAt - a.updatedAt);
  const running = counterparts.filter((one) => !one.isOver);
  if (silenceState(silence, now) === 'expired') {
    for (const { id } of running) plan.orders.push({ silenceId: silence.id, order: { kind: 'end', id } });
    return;
  }
  const changedAt = Math.max(silence.createdAt, ...silence.renewals.map((one) => one.at));
  const [there] = running;
  if (!there) {
    if (last && last.updatedAt >= changedAt) plan.end.push({ id: silence.id, by: sourceId });
    else plan.orders.push({ silenceId: silence.id, order: putOf(silence, null) });
    return;
  }
  if (Math.abs(there.endsAt - silence.endsAt) <= SAME_MS) plan.there.push(silence.id);
  else if (there.updatedAt >= changedAt && there.endsAt > now)
    plan.renew.push({ id: silence.id, endsAt: there.endsAt, by: sourceId });
  else plan.orders.push({ silenceId: silence.id, order: putOf(silence, there.id) });
}

function putOf(silence: Silence, id: string | null): SilenceOrder {
  const { matchers, author, startsAt, endsAt } = silence;
  const comment = `${silence.comment} [midwatch:${silence.id}]`;
  return { kind: 'put', id, silence: { matchers, author, startsAt, endsAt, comment } };
}

function isSame(a: readonly Matcher[], b: readonly Matcher[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

import { CodedError } from '../../shared/error/coded.ts';
import type { Alert } from '../../shared/model/alert.ts';
import { formatMatchers, type Matcher, matchedLabels } from '../../shared/model/matcher.ts';
import { SILENCE_MAX_DAYS, type Silence, silenceState } from '../../shared/model/silence.ts';
import { DAY_MS, formatInstant } from '../../shared/unit/time.ts';
import { type Clock, createTurns, type Ids, type Remote } from '../platform/index.ts';
import type { LogApi } from '../store/index.ts';
import { compileMatchers, type LabelTest } from './matcher.ts';
import type { ActiveSilence } from './rule/hold-stage.ts';

export interface SilenceWish {
  readonly matchers: readonly Matcher[];
  readonly comment: string;
  readonly author: string;
  /** Null: now. */
  readonly startsAt: number | null;
  readonly endsAt: number;
  /** The source it came from; null where a person made it here. */
  readonly origin: string | null;
}

export interface SilencesDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Pick<Remote<LogApi>, 'saveSilence' | 'loadSilences'>;
  /** Heard after each commit, and after the load. */
  readonly onChange: (silences: readonly Silence[]) => void;
}

/**
 * Silences from creation to end. Each change answers after its commit, and rejects with a coded error:
 * `silence-refused`, `silence-not-found`, `silence-over`, `store-failed`.
 */
export interface Silences {
  load(): Promise<void>;
  /** Those that have not ended, and those that ended within the last day; the first to end first. */
  list(): Silence[];
  get(id: string): Silence | undefined;
  active(at: number): readonly ActiveSilence[];
  /** Which of these alerts it would hold now. Rejects nothing: throws `silence-refused` where the matchers cannot be used. */
  preview(matchers: readonly Matcher[], alerts: readonly Alert[]): Alert[];
  create(wish: SilenceWish): Promise<Silence>;
  renew(id: string, endsAt: number, by: string): Promise<Silence>;
  expire(id: string, by: string): Promise<Silence>;
  /** Takes over a silence of an Alertmanager as it is there now. */
  mirror(silence: Silence): Promise<Silence>;
  /** Whether a silence of ours stands in that Alertmanager; null: it does. Written only where it is news. */
  noteShared(id: string, source: string, problem: string | null): Promise<void>;
}

/** What has ended stays in sight this long: whoever comes to the shift sees what was quiet. */
const ENDED_KEPT_MS = DAY_MS;

export function createSilences({ clock, ids, log, onChange }: SilencesDeps): Silences {
  const silences = new Map<string, Silence>();
  const tests = new Map<string, LabelTest>();
  const turns = createTurns();

  const take = (silence: Silence): boolean => {
    const compiled = compileMatchers(silence.matchers);
    if (!compiled.ok) return false;
    silences.set(silence.id, silence);
    tests.set(silence.id, compiled.value);
    return true;
  };
  const forgetOld = () => {
    const old = [...silences.values()].filter((one) => isLongOver(one, clock.now()));
    for (const { id } of old) {
      silences.delete(id);
      tests.delete(id);
    }
  };
  const keep = async (silence: Silence): Promise<Silence> => {
    await log.saveSilence(silence);
    take(silence);
    forgetOld();
    onChange(list());
    return silence;
  };
  const list = () => [...silences.values()].sort((a, b) => a.endsAt - b.endsAt || (a.id < b.id ? -1 : 1));
  const running = (id: string) => stillRunning(id, silences.get(id), clock.now());

  return {
    load: () =>
      turns.take(async () => {
        for (const silence of await log.loadSilences(clock.now() - ENDED_KEPT_MS)) take(silence);
        onChange(list());
      }),
    list,
    get: (id) => silences.get(id),
    active: (at) =>
      [...silences.values()].flatMap((silence) => {
        const matches = tests.get(silence.id);
        return matches && silenceState(silence, at) === 'active' ? [{ silence, matches }] : [];
      }),
    preview(matchers, alerts) {
      const matches = testOf(matchers);
      return alerts.filter((one) => matches(matchedLabels(one)));
    },
    create: (wish) => turns.take(async () => keep(silenceOf(wish, ids.fresh(), clock.now()))),
    renew: (id, endsAt, by) =>
      turns.take(() => {
        const silence = running(id);
        const now = clock.now();
        refuseEnd(endsAt, now, now);
        const renewals = [...silence.renewals, { at: now, by, endsAt }];
        return keep({ ...silence, endsAt, renewals, revision: silence.revision + 1 });
      }),
    expire: (id, by) =>
      turns.take(() => {
        const silence = running(id);
        return keep({ ...silence, expiredAt: clock.now(), expiredBy: by, revision: silence.revision + 1 });
      }),
    mirror: (silence) =>
      turns.take(() => {
        testOf(silence.matchers);
        return keep(silence);
      }),
    noteShared: (id, source, problem) =>
      turns.take(async () => {
        const noted = withSharing(silences.get(id), source, problem);
        if (noted) await keep(noted);
      }),
  };
}

function isLongOver({ expiredAt, endsAt }: Silence, now: number): boolean {
  return (expiredAt ?? endsAt) < now - ENDED_KEPT_MS;
}

/** Null where nothing is new. */
function withSharing(silence: Silence | undefined, source: string, problem: string | null): Silence | null {
  const before = silence?.sharing.find((one) => one.source === source);
  if (!silence || before?.problem === problem) return null;
  const others = silence.sharing.filter((one) => one.source !== source);
  return { ...silence, sharing: [...others, { source, problem }] };
}

function stillRunning(id: string, silence: Silence | undefined, now: number): Silence {
  if (!silence) throw new CodedError('silence-not-found', `There is no silence ${id} any more.`);
  if (silenceState(silence, now) !== 'expired') return silence;
  throw new CodedError(
    'silence-over',
    `The silence ${id} ended ${formatInstant(silence.expiredAt ?? silence.endsAt)}. Create a new one with the same matchers.`,
  );
}

/** A silence as a person wishes it, or the refusal. */
function silenceOf(wish: SilenceWish, id: string, now: number): Silence {
  testOf(wish.matchers);
  const startsAt = wish.startsAt ?? now;
  refuseEnd(wish.endsAt, Math.max(startsAt, now), now);
  if (wish.comment.trim() === '')
    throw refusal('It has no reason. Say why, for whoever wonders at night why nothing pages.');
  const { author, comment, origin, endsAt, matchers } = wish;
  return {
    id,
    matchers: [...matchers],
    comment: comment.trim(),
    author,
    createdAt: now,
    startsAt,
    endsAt,
    expiredAt: null,
    expiredBy: null,
    renewals: [],
    origin,
    sharing: [],
    revision: 1,
  };
}

function testOf(matchers: readonly Matcher[]): LabelTest {
  const compiled = compileMatchers(matchers);
  if (!compiled.ok) throw refusal(compiled.error);
  return compiled.value;
}

function refuseEnd(endsAt: number, afterAt: number, now: number): void {
  if (endsAt <= afterAt) throw refusal('It would end before it begins; choose a later end.');
  if (endsAt - now > SILENCE_MAX_DAYS * DAY_MS)
    throw refusal(
      `It would last over ${SILENCE_MAX_DAYS} days. Change the rule or its threshold instead; a silence is for a while.`,
    );
}

function refusal(why: string): CodedError<'silence-refused'> {
  return new CodedError('silence-refused', `This silence was not created: ${why}`);
}

/** One line for timelines: what is quiet, until when, and why. */
export function describeSilence(silence: Silence): string {
  const { matchers, endsAt, comment } = silence;
  return `${formatMatchers(matchers)} until ${formatInstant(endsAt)}: ${comment}`;
}

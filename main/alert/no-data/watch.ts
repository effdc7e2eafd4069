import type { QueryTarget } from '../../../shared/model/metric.ts';
import type { Observation } from '../../../shared/model/observation.ts';
import { SECOND_MS } from '../../../shared/unit/time.ts';
import { type Ask, askOf } from './ask.ts';
import { changeBefore, type Gone, goneReason, likelyName, lookGone } from './gone.ts';
import { type Outage, observeOutages } from './outage.ts';
import type { NoDataDeps, Round, Subject } from './round.ts';
import { type SelectorText, selectorsOf } from './selector.ts';
import {
  downTargets,
  isFrozen,
  isLate,
  isUp,
  type Target,
  targetKey,
  targetsIn,
  targetsOf,
} from './target.ts';

/** Why a subject has no data. `blind`: an outage, which is one alert of its own; `gone`: the reason to add to its own. */
export interface Diagnosis {
  readonly kind: 'blind' | 'gone';
  readonly reason: string;
}

/** Finds out why there is no data before that alerts: target down, scrape stale, series gone after a change. */
export interface NoDataWatch {
  /** Asks for what `look` needs of every source, so that the answer is there when the rest is. */
  ask(target: QueryTarget, at: number): Promise<readonly Target[] | null>;
  look(round: Round): Promise<{
    readonly diagnoses: ReadonlyMap<string, Diagnosis>;
    readonly outages: readonly Observation[];
  }>;
}

/** Looking into one subject takes about ten questions; more subjects without data wait for the next evaluations. */
const LOOKED_MAX = 10;
const AGAIN_MS = 30 * SECOND_MS;

interface Remembered {
  /** Where its series came from when they were last seen. */
  targets: readonly Target[];
  targetsAt: number;
  diagnosis: Diagnosis | null;
  outage: Outage['kind'] | null;
  lookedAt: number;
}

export function createNoDataWatch(deps: NoDataDeps): NoDataWatch {
  const selectors = new Map<string, { readonly of: string; readonly found: readonly SelectorText[] }>();
  const memory = new Map<string, Remembered>();
  const selectorsFor = ({ ruleId, expressions }: Subject) => {
    const of = expressions.join('\n');
    const known = selectors.get(ruleId);
    if (known?.of === of) return known.found;
    const found = selectorsOf(expressions);
    selectors.set(ruleId, { of, found });
    return found;
  };
  const remembered = (ruleId: string): Remembered => {
    const never = Number.NEGATIVE_INFINITY;
    const known = memory.get(ruleId) ?? {
      targets: [],
      targetsAt: never,
      diagnosis: null,
      outage: null,
      lookedAt: never,
    };
    memory.set(ruleId, known);
    return known;
  };

  return {
    ask: (target, at) => downTargets(askOf(target), at),
    async look(round) {
      const ask = askOf(round.target);
      const { down } = round;
      const diagnoses = new Map<string, Diagnosis>();
      // Nothing is known of the targets: what fires goes on, and nobody is called blind.
      if (down === null) return { diagnoses, outages: [] };
      const downKeys = new Set(down.map(targetKey));
      const blinded = new Map<string, Outage>();
      let looked = 0;
      for (const subject of round.subjects) {
        const own = remembered(subject.ruleId);
        if (!subject.noData)
          Object.assign(own, { diagnosis: null, outage: null, lookedAt: Number.NEGATIVE_INFINITY });
        if (!subject.noData && down.length === 0) continue;
        const found = selectorsFor(subject);
        await learnTargets(ask, own, found, round.at);
        const isDown = own.targets.length > 0 && own.targets.every((one) => downKeys.has(targetKey(one)));
        if (isDown) {
          for (const target of own.targets) blind(blinded, 'down', target, subject);
          if (subject.noData) diagnoses.set(subject.ruleId, blindBy('down', own.targets));
          continue;
        }
        if (!subject.noData) continue;
        if (Math.abs(round.at - own.lookedAt) >= AGAIN_MS && looked < LOOKED_MAX) {
          looked += 1;
          own.lookedAt = round.at;
          const verdict = await lookInto({ ask, at: round.at, downKeys, deps }, subject, found, own.targets);
          own.targets = verdict.targets;
          own.diagnosis = verdict.diagnosis;
          own.outage = verdict.outage;
        }
        if (own.outage) for (const target of own.targets) blind(blinded, own.outage, target, subject);
        if (own.diagnosis) diagnoses.set(subject.ruleId, own.diagnosis);
      }
      const outages = observeOutages(round, [...blinded.values()], deps);
      return { diagnoses, outages };
    },
  };
}

async function learnTargets(
  ask: Ask,
  own: Remembered,
  selectors: readonly SelectorText[],
  at: number,
): Promise<void> {
  if (Math.abs(at - own.targetsAt) < AGAIN_MS) return;
  own.targetsAt = at;
  const found = await targetsOf(ask, selectors, at);
  // Long gone series name no target any more; where they came from has been seen before.
  if (found.length > 0) own.targets = found;
}

/** One outage for all targets of a job that share it: ten processes on a host that is off are one thing to mend. */
function blind(blinded: Map<string, Outage>, kind: Outage['kind'], target: Target, subject: Subject): void {
  const key = `${kind}/${target.job}`;
  const known = blinded.get(key) ?? { kind, job: target.job, instances: new Set(), subjects: new Map() };
  known.instances.add(target.instance);
  known.subjects.set(subject.ruleId, subject.service);
  blinded.set(key, known);
}

function blindBy(kind: Outage['kind'], targets: readonly Target[]): Diagnosis {
  const named = targets.slice(0, 3).map((one) => `${one.instance} (job ${one.job})`);
  const more = targets.length > 3 ? ` and ${targets.length - 3} more` : '';
  const who = `${targets.length === 1 ? 'the target' : 'the targets'} ${named.join(', ')}${more}`;
  const what =
    kind === 'down'
      ? `${who} cannot be scraped (up is 0)`
      : `${who} can be scraped, but what comes is old: its samples do not move`;
  return { kind: 'blind', reason: `Blind because ${what}. That outage is one alert of its own.` };
}

interface Verdict {
  readonly diagnosis: Diagnosis | null;
  readonly outage: Outage['kind'] | null;
  /** Where the series came from, as far as that is known now. */
  readonly targets: readonly Target[];
}

interface Looking {
  readonly ask: Ask;
  readonly at: number;
  readonly downKeys: ReadonlySet<string>;
  readonly deps: NoDataDeps;
}

async function lookInto(
  looking: Looking,
  subject: Subject,
  selectors: readonly SelectorText[],
  targets: readonly Target[],
): Promise<Verdict> {
  const { ask, at } = looking;
  const nothing: Verdict = { diagnosis: null, outage: null, targets };
  for (const selector of selectors) {
    const present = await ask.instant(`count(${selector.text})`, at);
    if (present === null) return nothing;
    if (present.length > 0) {
      // The series are there and do not move: a quiet service, or an answer that is repeated.
      const late = await everyTarget(targets, (one) => isLate(ask, one, selector.text, at));
      if (late || (await everyTarget(targets, (one) => isFrozen(ask, one, at))))
        return blinded('stale', targets);
      continue;
    }
    const gone = await lookGone(ask, selector, targets, at);
    if (typeof gone === 'string') return { ...nothing, diagnosis: { kind: 'gone', reason: gone } };
    if (gone !== null) return judgeGone(looking, subject, selector, gone, targets);
  }
  return nothing;
}

async function judgeGone(
  { ask, at, downKeys, deps }: Looking,
  subject: Subject,
  selector: SelectorText,
  gone: Gone,
  known: readonly Target[],
): Promise<Verdict> {
  // Nobody looked while they went, so where they came from is learnt only now.
  const targets = known.length > 0 ? known : targetsIn(gone.series);
  if (targets.length > 0 && targets.every((one) => downKeys.has(targetKey(one))))
    return blinded('down', targets);
  const answering = await everyTarget(targets, (one) => isUp(ask, one, at));
  if (gone.faded && gone.seenAgainAt === null && answering) return blinded('stale', targets);
  const likely = await likelyName(ask, selector, gone, at);
  const change = changeBefore(deps.changes(), subject.service, gone);
  return { diagnosis: { kind: 'gone', reason: goneReason(gone, likely, change) }, outage: null, targets };
}

function blinded(kind: Outage['kind'], targets: readonly Target[]): Verdict {
  return { diagnosis: blindBy(kind, targets), outage: kind, targets };
}

async function everyTarget(
  targets: readonly Target[],
  test: (target: Target) => Promise<boolean>,
): Promise<boolean> {
  for (const target of targets.slice(0, LOOKED_MAX)) if (!(await test(target))) return false;
  return targets.length > 0;
}

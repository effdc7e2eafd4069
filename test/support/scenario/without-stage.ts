import type { acknowledge, breakAcknowledgement } from '../../../main/alert/rule/acknowledge.ts';
import { correct } from '../../../main/alert/rule/correct.ts';
import { deduplicate } from '../../../main/alert/rule/deduplicate.ts';
import type { DispatchStage } from '../../../main/alert/rule/dispatch-stage.ts';
import { enrich } from '../../../main/alert/rule/enrich.ts';
import { flapping } from '../../../main/alert/rule/flapping.ts';
import type { HoldStage } from '../../../main/alert/rule/hold-stage.ts';
import { maintenance } from '../../../main/alert/rule/maintenance.ts';
import { rateLimit } from '../../../main/alert/rule/rate-limit.ts';
import { route } from '../../../main/alert/rule/route.ts';
import { silence } from '../../../main/alert/rule/silence.ts';
import { type IntakeStage, type StageName, verdictOf } from '../../../main/alert/rule/stage.ts';
import type { step } from '../../../main/alert/rule/state.ts';
import { suppress } from '../../../main/alert/rule/suppress.ts';
import { validate } from '../../../main/alert/rule/validate.ts';
import { wake } from '../../../main/alert/rule/wake.ts';
import type { Finding } from '../../../shared/model/observation.ts';
import type { Setup } from './language.ts';

/** Takes away what a stage does; answers what gives it back. */
export type Variant = (setup: Setup) => () => void;

const none = { P0: [], P1: [], P2: [], P3: [] };
const state: { step: 'at-once' | 'never-over' | null; word: 'not-taken' | 'not-broken' | null } = {
  step: null,
  word: null,
};

/** Functions of the product with a switch in them, for a test that puts them in their place. */
export const lamed = {
  step:
    (real: typeof step): typeof step =>
    (before, seen, context) => {
      if (state.step === 'never-over' && seen.finding.kind === 'clear')
        return real(before, { ...seen, finding: { ...seen.finding, kind: 'between' } as Finding }, context);
      return state.step === 'at-once'
        ? real(before, { ...seen, forMs: 0, keepFiringForMs: 0, onNoData: 'ok' }, context)
        : real(before, seen, context);
    },
  acknowledge:
    (real: typeof acknowledge): typeof acknowledge =>
    (alert, by, now, services) =>
      state.word === 'not-taken'
        ? { alert, verdict: verdictOf('notify', 'held', 'Not taken.', now) }
        : real(alert, by, now, services),
  breakAcknowledgement:
    (real: typeof breakAcknowledgement): typeof breakAcknowledgement =>
    (alert, now, hit) =>
      state.word === 'not-broken' ? null : real(alert, now, hit),
};

/** What can be missing of each stage; a script that tells of the stage fails with at least one of them. */
export const VARIANTS: Readonly<Record<StageName, readonly Variant[]>> = {
  validate: [passing(validate)],
  deduplicate: [passing(deduplicate)],
  enrich: [passing(enrich)],
  state: [
    switched(() => {
      state.step = 'never-over';
    }),
    switched(() => {
      state.step = 'at-once';
    }),
  ],
  maintenance: [open(maintenance)],
  silence: [open(silence)],
  suppress: [open(suppress), put(correct, 'decide', (outgoing) => ({ outgoing, reason: null }))],
  wake: [open(wake)],
  flapping: [open(flapping)],
  storm: [routing({ storm_limit: 100_000 })],
  group: [routing({ group_wait: '0s', group_interval: '0s' })],
  'rate-limit': [put(rateLimit, 'decide', (outgoing) => ({ outgoing, reason: null }))],
  route: [put(route, 'decide', byPriorityAlone(route.decide))],
  notify: [
    routing({ escalation: none }),
    routing({ repeat_interval: '300d' }),
    switched(() => {
      state.word = 'not-taken';
    }),
    switched(() => {
      state.word = 'not-broken';
    }),
  ],
};

/** In business hours always, with the names of the file, and without a word for those who heard that it fired. */
function byPriorityAlone(real: DispatchStage['decide']): DispatchStage['decide'] {
  return (outgoing, context) => {
    const { dispatch } = outgoing;
    const over = dispatch.over.map((one) => ({ ...one, receivers: [] }));
    const named = { ...context, inBusinessHours: true, onCall: () => null };
    const answer = real({ ...outgoing, dispatch: { ...dispatch, over } }, named);
    return { ...answer, outgoing: answer.outgoing && { ...answer.outgoing, dispatch } };
  };
}

function passing(stage: IntakeStage): Variant {
  return put(stage, 'decide', (draft, { now }) => ({
    kind: 'pass',
    draft: stage === enrich ? { ...draft, service: null } : draft,
    verdict: verdictOf(stage.name, 'pass', 'Missing.', now),
  }));
}

function open(stage: HoldStage): Variant {
  return put(stage, 'decide', () => ({ hold: null, reason: 'Missing.', definedAt: null }));
}

function routing(change: Setup['routing']): Variant {
  return (setup) => {
    Object.assign(setup.routing, change);
    return () => undefined;
  };
}

function switched(on: () => void): Variant {
  return () => {
    on();
    return () => {
      state.step = null;
      state.word = null;
    };
  };
}

function put<Stage, Key extends keyof Stage>(stage: Stage, key: Key, instead: Stage[Key]): Variant {
  return () => {
    const before = stage[key];
    stage[key] = instead;
    return () => {
      stage[key] = before;
    };
  };
}

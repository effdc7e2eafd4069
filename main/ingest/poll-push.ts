import type { PushSourceConfig } from '../../shared/config/source.ts';
import { messageOf } from '../../shared/error/coded.ts';
import type { QueryTarget } from '../../shared/model/metric.ts';
import type { SourceCondition } from '../../shared/model/source.ts';
import { formatDuration, MINUTE_MS } from '../../shared/unit/time.ts';
import type { Clock, Logger } from '../platform/index.ts';
import type { SenderStatus } from '../receive/index.ts';
import { createPace } from './pace.ts';
import type { BarePoll, BareReport, OnPolled } from './poll.ts';
import type { Arrival } from './push-keeper.ts';
import { type Instant, STALE_INTERVALS, silentMs } from './staleness.ts';

/** Where senders of a source push to, and why they cannot where they cannot. */
export interface Listening {
  readonly address: string;
  readonly problem: string | null;
}

export interface PushPollDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly onPolled: OnPolled;
  /** Pushed samples are asked here. */
  readonly localTarget: QueryTarget;
  readonly listening: () => Listening;
  readonly sender: () => SenderStatus | undefined;
  readonly refused: () => { readonly count: number; readonly names: readonly string[] };
  readonly seriesCount: () => number;
  /** Told for each request whose samples a decision rests on now. */
  readonly onDecided: (delayMs: number) => void;
}

/** A push source as the schedule drives it: its tick looks whether somebody is silent, arrivals are decided on at once. */
export interface PushPoll extends BarePoll {
  arrived(arrival: Arrival): void;
  unkept(problem: string): void;
  /** How the source is evaluated between ticks; given once the schedule is there. */
  evaluateBy(evaluate: () => Promise<void>): void;
}

/** Requests whose decision is measured one by one; more that wait for the same decision are as late as these. */
const WAITING_MAX = 1_000;

export function createPushPoll(config: PushSourceConfig, deps: PushPollDeps): PushPoll {
  const { clock } = deps;
  const listeners = new Set<() => void>();
  const tell = () => {
    for (const listener of listeners) listener();
  };
  let evaluate: () => Promise<void> = async () => undefined;
  let waiting: number[] = [];
  let samples = 0;
  let last: Instant | null = null;
  let unkept: string | null = null;
  const reporter = createReporter(config, deps);

  const pace = createPace(clock, config.evaluateEveryMs, async () => {
    try {
      await evaluate();
    } catch (thrown) {
      deps.log.error({ source: config.id, problem: messageOf(thrown) }, 'what arrived was not decided on');
    }
    // The evaluation that ran had begun before these came.
    if (waiting.length > 0) pace.nudge();
  });
  const report = () => reporter({ last, unkept });

  return {
    kind: 'push',
    target: deps.localTarget,
    async run(at) {
      const [arrivals, received] = [waiting, samples];
      waiting = [];
      samples = 0;
      await deps.onPolled({ sourceId: config.id, at, outcome: { kind: 'received', samples: received } });
      for (const receivedAt of arrivals) deps.onDecided(clock.now() - receivedAt);
      return arrivals.length > 0;
    },
    report,
    tryNow: () => undefined,
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      pace.stop();
    },
    // The sender may live on: its series end when it is silent, not because nobody listens here.
    end: async () => undefined,
    arrived(arrival) {
      const before = report().condition;
      unkept = null;
      last = { at: clock.now(), monotonicMs: clock.monotonic() };
      samples += arrival.samples;
      if (waiting.length < WAITING_MAX) waiting.push(arrival.receivedAt);
      if (report().condition !== before) tell();
      pace.nudge();
    },
    unkept(problem) {
      unkept = problem;
      tell();
    },
    evaluateBy(given) {
      evaluate = given;
    },
  };
}

/** Says what is to be thought of the source, and since when. */
function createReporter(config: PushSourceConfig, deps: PushPollDeps) {
  const { clock } = deps;
  let known: { condition: SourceCondition; sinceAt: number } = {
    condition: 'starting',
    sinceAt: clock.now(),
  };
  return ({ last, unkept }: { last: Instant | null; unkept: string | null }): BareReport => {
    const { address, problem: closed } = deps.listening();
    const silent = last ? silentMs(last, { at: clock.now(), monotonicMs: clock.monotonic() }) : null;
    const verdict = verdictOf(config, { closed, unkept, silent, ...deps });
    if (verdict.condition !== known.condition)
      known = { condition: verdict.condition, sinceAt: sinceOf(verdict.condition, last, config, clock) };
    return {
      ...verdict,
      address,
      sinceAt: known.sinceAt,
      lastOkAt: last?.at ?? null,
      lastTryAt: last?.at ?? null,
      nextTryAt: null,
      latencyMs: null,
      seriesCount: last ? deps.seriesCount() : null,
      targets: [],
    };
  };
}

interface Facts extends Pick<PushPollDeps, 'sender' | 'refused' | 'clock'> {
  readonly closed: string | null;
  readonly unkept: string | null;
  readonly silent: number | null;
}

function verdictOf(
  config: PushSourceConfig,
  facts: Facts,
): { readonly condition: SourceCondition; readonly problem: string | null } {
  if (facts.closed !== null) return { condition: 'unreachable', problem: facts.closed };
  if (facts.unkept !== null)
    return {
      condition: 'stale',
      problem: `Samples arrive, but could not be stored: ${facts.unkept}. Nothing that rests on ${config.id} is watched; the sender was told to send again. Look at Health.`,
    };
  const limitMs = STALE_INTERVALS * config.pollEveryMs;
  if (facts.silent === null) return { condition: 'starting', problem: refusedProblem(config, facts) };
  if (facts.silent < limitMs) return { condition: 'ok', problem: refusedProblem(config, facts) };
  const said = facts.sender()?.lastProblem?.message;
  return {
    condition: 'stale',
    problem: `Nothing has arrived from ${config.id} for ${formatDuration(limitMs)} or longer, though something is due each ${formatDuration(config.pollEveryMs)} (expect_every). Nothing that rests on it is watched. Look at the sender${agentOf(facts)}.${said === undefined ? '' : ` What it sent last was refused: ${said}`}`,
  };
}

function agentOf({ sender }: Facts): string {
  const agent = sender()?.agent;
  return agent ? ` (${agent})` : '';
}

/** A series that has not been sent for so long made room for another. */
const OVER_FOR_MS = 15 * MINUTE_MS;

function refusedProblem(config: PushSourceConfig, { refused, sender, clock }: Facts): string | null {
  const todo = `Raise series_limit (${config.seriesLimit}), or look for a label that has too many values.`;
  const { count, names } = refused();
  if (count > 0)
    return `${count} series of ${config.id} were refused, the latest ${names.join(', ')}: what they say is not watched. ${todo}`;
  const over = sender()?.overLimit;
  if (!over || clock.now() - over.at > OVER_FOR_MS) return null;
  return `${config.id} sends more than its ${config.seriesLimit} series; those over it were refused, the latest ${over.names.join(', ')}: what they say is not watched, the rest is. ${todo}`;
}

/** Silence begins to count as such at its limit, not when somebody looks. */
function sinceOf(
  condition: SourceCondition,
  last: Instant | null,
  config: PushSourceConfig,
  clock: Clock,
): number {
  const limitMs = STALE_INTERVALS * config.pollEveryMs;
  return condition === 'stale' && last ? Math.min(clock.now(), last.at + limitMs) : clock.now();
}

import { createRouterClient } from '@orpc/server';
import { type ApiParts, createRouter, createStateHub } from '../../main/api/index.ts';
import { VirtualClock } from '../../main/platform/index.ts';

/** One call of a stage, as the router made it. */
export interface StageCall {
  readonly name: string;
  readonly args: readonly unknown[];
}

/** What the stages answer: by name, a value or a function of the arguments. What is not listed answers undefined. */
export type Answers = Readonly<Record<string, unknown>>;

/**
 * The real router over stages that a test decides: every function of every stage answers from one table, and each call is
 * kept. `fail` makes all of them reject with it.
 */
export function apiBench(answers: Answers = {}, actor = 'ada') {
  const calls: StageCall[] = [];
  const state: { fail: unknown } = { fail: undefined };
  const stage =
    (prefix: string) =>
    (name: string) =>
    (...args: unknown[]): unknown => {
      const full = `${prefix}.${name}`;
      calls.push({ name: full, args });
      if (state.fail !== undefined) throw state.fail;
      const answer = answers[full];
      return typeof answer === 'function' ? answer(...args) : answer;
    };
  const proxied = (prefix: string) => new Proxy({}, { get: (_target, name) => stage(prefix)(String(name)) });
  const clock = new VirtualClock(1_700_000_000_000);
  const hub = createStateHub({ clock, epoch: 'e' });
  const parts = {
    system: {
      hello: stage('system')('hello'),
      notifications: proxied('notifications'),
      sendTest: stage('system')('sendTest'),
      sendTestPage: stage('system')('sendTestPage'),
    },
    secrets: proxied('secrets'),
    hub,
    health: proxied('health'),
    source: proxied('source'),
    alert: {
      log: proxied('log'),
      people: {
        acknowledgeAlert: stage('alert')('acknowledge'),
        rearm: stage('alert')('rearm'),
        escalate: stage('alert')('escalate'),
        escalation: stage('alert')('escalation'),
      },
      fired: stage('alert')('fired'),
      onCall: stage('alert')('onCall'),
    },
    incident: {
      incidents: proxied('incidents'),
      log: proxied('log'),
      acknowledge: stage('incident')('acknowledge'),
    },
    playbooks: proxied('playbooks'),
    postmortem: { postmortems: proxied('postmortems'), exportFolder: '/exports' },
    query: {
      clock,
      target: stage('query')('target'),
      check: stage('query')('check'),
      unwatched: stage('series')('unwatched'),
      past: stage('query')('past'),
    },
    series: {
      clock,
      target: stage('series')('target'),
      burn: stage('series')('burn'),
      budget: stage('series')('budget'),
      unwatched: stage('series')('unwatched'),
    },
    discover: {
      catalogue: [],
      probe: stage('discover')('probe'),
      look: stage('discover')('look'),
    },
    silence: {
      silences: proxied('silences'),
      alerts: () => [],
      now: () => clock.now(),
      changed: async () => undefined,
    },
    trace: {
      search: stage('trace')('search'),
      spans: stage('trace')('spans'),
      facets: stage('trace')('facets'),
    },
    demo: { fleet: 'demo' in answers && answers.demo === null ? undefined : proxied('fleet') },
  } as unknown as ApiParts;
  const call = createRouterClient(createRouter(parts), { context: { actor } });
  return { call, calls, clock, hub, state };
}

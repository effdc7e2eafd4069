import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AlertOutcome, isAlerting } from '../../../main/alert/index.ts';
import { serviceGraph } from '../../../main/alert/rule/service-graph.ts';
import { causeIndex } from '../../../main/alert/rule/suppress.ts';
import type { Alert } from '../../../shared/model/alert.ts';
import type { Priority } from '../../../shared/model/priority.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../shared/unit/time.ts';
import {
  FINDING,
  serviceOf,
  silenceOf,
  type Watch,
  WORKDAY_AT,
  watch,
  windowOf,
} from '../../support/alerting.ts';
import { alertOf } from '../../support/incident.ts';

const SERVICES = ['a', 'b', 'c', 'd'] as const;
type Name = (typeof SERVICES)[number];

/** Any graph, with cycles and with services that depend on themselves by way of others. */
const graphs = fc.record({
  a: fc.subarray([...SERVICES]),
  b: fc.subarray([...SERVICES]),
  c: fc.subarray([...SERVICES]),
  d: fc.subarray([...SERVICES]),
});

type Move =
  | { readonly kind: 'fire' | 'clear'; readonly service: Name; readonly priority: Priority }
  | {
      readonly kind: 'silence' | 'maintenance';
      readonly service: Name;
      readonly minutes: number;
      readonly wide: boolean;
    }
  | { readonly kind: 'restart' }
  | { readonly kind: 'wait'; readonly seconds: number };

const service = fc.constantFrom(...SERVICES);
const moves = fc.oneof(
  fc.record({
    kind: fc.constantFrom('fire' as const, 'fire' as const, 'clear' as const),
    service,
    priority: fc.constantFrom<Priority>('P0', 'P1'),
  }),
  fc.record({
    kind: fc.constantFrom('silence' as const, 'maintenance' as const),
    service,
    minutes: fc.integer({ min: 1, max: 12 }),
    wide: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('restart' as const) }),
  fc.record({ kind: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 400 }) }),
);

interface Story {
  readonly it: Watch;
  /** What is firing, as its rule sees it. */
  readonly firing: Map<Name, Priority>;
  /** Alerts of episodes that somebody was told of, by id. */
  readonly told: Set<string>;
  readonly hear?: (outcome: AlertOutcome) => void;
}

const ended = (service: Name): Move => ({ kind: 'clear', service, priority: 'P1' });

async function play(story: Story, move: Move): Promise<void> {
  const { it, firing, told, hear } = story;
  const take = (outcome: AlertOutcome) => {
    hear?.(outcome);
    for (const request of outcome.notifications) for (const id of request.alertIds) told.add(id);
  };
  const now = it.clock.now();
  if (move.kind === 'fire' || move.kind === 'clear') {
    if (move.kind === 'fire') firing.set(move.service, firing.get(move.service) ?? move.priority);
    else firing.delete(move.service);
    take(await it.see(...SERVICES.map((one) => seen(one, firing.get(one)))));
  } else if (move.kind === 'silence') {
    it.silences.push(silenceOf(move.service, now, now + move.minutes * MINUTE_MS));
  } else if (move.kind === 'maintenance') {
    it.windows.push(windowOf(move.service, now, now + move.minutes * MINUTE_MS, move.wide));
  } else if (move.kind === 'restart') {
    take(await it.restart());
  } else if (move.kind === 'wait')
    for (const outcome of await it.wait(move.seconds * SECOND_MS, 20 * SECOND_MS)) take(outcome);
}

function seen(name: Name, priority: Priority | undefined) {
  const rule = { ruleId: `rule-${name}`, labels: { alertname: name }, service: name, kind: 'rule' as const };
  return priority
    ? { ...rule, priority, finding: FINDING.holds() }
    : { ...rule, priority: 'P1' as const, finding: FINDING.clear() };
}

describe('whatever happens to alerts', () => {
  it('none is lost: whoever fires is told, held with a reason, or follows from one that was told', async () => {
    await fc.assert(
      fc.asyncProperty(graphs, fc.array(moves, { minLength: 1, maxLength: 14 }), async (graph, story) => {
        const it_ = watch();
        it_.services = SERVICES.map((name) =>
          serviceOf(
            name,
            2,
            graph[name].filter((one) => one !== name),
          ),
        );
        const firing = new Map<Name, Priority>();
        const told = new Set<string>();
        for (const move of story) {
          await play({ it: it_, firing, told }, move);
          for (const alert of it_.alerts.list()) expectAccounted(alert, it_);
        }
        // All silences and windows end, and nothing else happens: all that still fires is told, but for what follows.
        for (const outcome of await it_.wait(HOUR_MS, 30 * SECOND_MS))
          for (const request of outcome.notifications) for (const id of request.alertIds) told.add(id);
        const alerting = it_.alerts.list().filter(isAlerting);
        expect(alerting.map((one) => one.labels.alertname).sort()).toEqual([...firing.keys()].sort());
        for (const alert of alerting) {
          const hold = alert.memory?.hold ?? null;
          if (hold === null) expect(told).toContain(alert.id);
          else {
            expect(hold.stage).toBe('suppress');
            expect(told).toContain(hold.causeId);
          }
        }
      }),
      { numRuns: 120 },
    );
  }, 60_000);

  it('whoever was told that it fires is told that it is over, by the last word that names it', async () => {
    await fc.assert(
      fc.asyncProperty(graphs, fc.array(moves, { minLength: 1, maxLength: 12 }), async (graph, story) => {
        const it_ = watch({ routing: { flapping: { firings: 2, within: '30m', steady: '5m' } } });
        it_.services = SERVICES.map((name) =>
          serviceOf(
            name,
            2,
            graph[name].filter((one) => one !== name),
          ),
        );
        /** By alert and receiver: whether it fired still when it was named last. */
        const last = new Map<string, boolean>();
        const hear = ({ notifications }: AlertOutcome) => {
          const alerting = new Set(it_.alerts.list().flatMap((one) => (isAlerting(one) ? one.id : [])));
          // A correction names the cause to those who heard of the effect.
          for (const { alertIds, receivers, page } of notifications)
            if (!page.title.startsWith('Corrected:'))
              for (const id of alertIds)
                for (const receiver of receivers) last.set(`${id} ${receiver}`, alerting.has(id));
        };
        const firing = new Map<Name, Priority>();
        for (const move of story) await play({ it: it_, firing, told: new Set(), hear }, move);
        for (const name of SERVICES) await play({ it: it_, firing, told: new Set(), hear }, ended(name));
        for (const outcome of await it_.wait(HOUR_MS, 30 * SECOND_MS)) hear(outcome);
        expect([...last].filter(([, fires]) => fires)).toEqual([]);
      }),
      { numRuns: 80 },
    );
  }, 60_000);

  it('two alerts never explain each other, in any graph, at any times', () => {
    const made = fc.record({
      service,
      startAt: fc.integer({ min: 0, max: 20 }).map((minutes) => WORKDAY_AT + minutes * MINUTE_MS),
      priority: fc.constantFrom<Priority>('P0', 'P1'),
      id: fc.stringMatching(/^[0-9a-f]{4}$/),
    });
    fc.assert(
      fc.property(graphs, made, made, (edges, one, other) => {
        const graph = serviceGraph(SERVICES.map((name) => serviceOf(name, 2, edges[name])));
        const index = causeIndex(graph, 15 * MINUTE_MS);
        const [a, b] = [one, other].map(
          ({ service: name, startAt, priority, id }): Alert => ({
            ...alertOf(),
            id,
            service: name,
            priority,
            phase: 'firing',
            activeSinceAt: startAt,
          }),
        );
        if (!a || !b || a.id === b.id) return;
        expect(index.wouldExplain(a, b) && index.wouldExplain(b, a)).toBe(false);
      }),
      { numRuns: 2_000 },
    );
  });

  it('height is of the graph: what is depended on is never higher than what depends on it', () => {
    fc.assert(
      fc.property(graphs, (edges) => {
        const graph = serviceGraph(SERVICES.map((name) => serviceOf(name, 2, edges[name])));
        for (const name of SERVICES)
          for (const below of graph.dependencies(name)) {
            const isCycle = graph.dependencies(below).has(name);
            if (isCycle) expect(graph.height(below)).toBe(graph.height(name));
            else expect(graph.height(below)).toBeLessThan(graph.height(name));
          }
      }),
    );
  });
});

/** At every moment: an alert that fires passed all stages, or says what holds it, and that is really there. */
function expectAccounted(alert: Alert, it_: Watch): void {
  const hold = alert.memory?.hold ?? null;
  if (!isAlerting(alert) || hold === null) return;
  expect(alert.verdicts.find((one) => one.stage === hold.stage)).toMatchObject({
    outcome: 'suppressed',
    reason: hold.reason,
  });
  if (hold.causeId === null) return;
  const cause = it_.alerts.list().find((one) => one.id === hold.causeId);
  expect(cause?.memory?.hold?.causeId ?? null).not.toBe(alert.id);
}

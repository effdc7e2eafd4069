import { describe, expect, it } from 'vitest';
import type { AlertOutcome } from '../../../main/alert/index.ts';
import { createTakeOver } from '../../../main/pipeline/take-over.ts';
import { silentLogger } from '../../../main/platform/index.ts';
import type { Alert } from '../../../shared/model/alert.ts';
import type { AlertChange } from '../../../shared/model/alert-change.ts';
import { alertOf, incidentOf } from '../../support/incident.ts';
import { requestOf } from '../../support/notifying.ts';

const STEPS = ['handleAlerts', 'linkIncidents', 'enqueue', 'settle'] as const;
type Step = (typeof STEPS)[number];

function changeOf(alert: Alert): AlertChange {
  return { alert, previous: 'inactive', change: 'fired', at: 1, failingShare: null, objectiveId: null };
}

function bench() {
  const done: string[] = [];
  const failing = new Set<Step>();
  const pages: { incidentId: string | null; groupKey: string }[] = [];
  const published: string[][] = [];
  let alerts: Alert[] = ['a', 'b'].map((id) => alertOf({ id, groupKey: id }));
  const step = async (name: Step, detail: string) => {
    // Whatever overtakes would be seen, as each step takes its time.
    await new Promise<void>((resolve) => setImmediate(resolve));
    if (failing.has(name)) throw new Error(`${name} failed`);
    done.push(`${name} ${detail}`);
  };
  const takeOver = createTakeOver({
    logger: silentLogger(),
    alerts: {
      list: () => alerts,
      linkIncidents: async (links) => {
        await step('linkIncidents', links.map((one) => one.alertId).join());
        const linked = new Map(links.map((one) => [one.alertId, one.incidentId]));
        alerts = alerts.map((one) => ({ ...one, incidentId: linked.get(one.id) ?? one.incidentId }));
      },
      settle: (outcome) => step('settle', outcome.changes.map((one) => one.alert.id).join()),
    },
    outlook: () => 'Budget gone in 2 h at this rate.',
    incidents: {
      get: (id) => incidentOf({ id, severity: 'SEV-2' }),
      handleAlerts: async (changes) => {
        await step('handleAlerts', changes.map((one) => one.alert.id).join());
        return changes.map(({ alert }) => ({
          alertId: alert.id,
          incidentId: `inc-${alert.id}`,
          opened: true,
          reason: '',
        }));
      },
    },
    notifier: {
      enqueue: async (requests) => {
        await step('enqueue', requests.map((one) => one.groupKey).join());
        pages.push(...requests.map((one) => ({ incidentId: one.page.incidentId, groupKey: one.groupKey })));
        return [];
      },
    },
    publish: (shown) => published.push(shown.map((one) => one.id)),
  });
  const outcome = (id: string): AlertOutcome => {
    const alert = alertOf({ id, groupKey: id });
    return {
      changes: [changeOf(alert)],
      notifications: [requestOf({ groupKey: id, alertIds: [id] })],
      updated: [alert],
    };
  };
  const quiet = (id: string): AlertOutcome => ({
    changes: [],
    notifications: [],
    updated: [alertOf({ id })],
  });
  return { takeOver, done, failing, pages, published, outcome, quiet };
}

const WHOLE = (id: string) => [`handleAlerts ${id}`, `linkIncidents ${id}`, `enqueue ${id}`, `settle ${id}`];

describe('taking a decision over', () => {
  it('stores the incident, links it, queues the page with its incident, and only then settles', async () => {
    const { takeOver, done, pages, outcome, published } = bench();
    await takeOver.add(outcome('a'));
    expect(done).toEqual(WHOLE('a'));
    expect(pages).toEqual([{ incidentId: 'inc-a', groupKey: 'a' }]);
    expect(published.at(-1)).toEqual(['a']);
  });

  it('does one after the other, however they are told', async () => {
    const { takeOver, done, outcome } = bench();
    await Promise.all([takeOver.add(outcome('a')), takeOver.add(outcome('b')), takeOver.retry()]);
    expect(done).toEqual([...WHOLE('a'), ...WHOLE('b')]);
  });

  it('asks nobody where there is nothing to say', async () => {
    const { takeOver, done, quiet, published } = bench();
    await takeOver.add(quiet('a'));
    expect(done).toEqual([]);
    expect(published).toEqual([['a']]);
  });

  it.each(STEPS)('that fails at %s is told whole again, before what was decided later', async (step) => {
    const { takeOver, done, failing, outcome, pages } = bench();
    failing.add(step);
    await takeOver.add(outcome('a'));
    await takeOver.add(outcome('b'));
    expect(done.join()).not.toContain('b');
    expect(takeOver.problem()).toContain(`${step} failed`);
    failing.clear();
    done.length = 0;
    await takeOver.retry();
    expect(done).toEqual([...WHOLE('a'), ...WHOLE('b')]);
    expect(pages.at(-1)).toEqual({ incidentId: 'inc-b', groupKey: 'b' });
    expect(takeOver.problem()).toBeNull();
  });

  it.each(STEPS)('that fails at %s never rejects, as the poll behind it must go on', async (step) => {
    const { takeOver, failing, outcome } = bench();
    failing.add(step);
    await expect(takeOver.add(outcome('a'))).resolves.toBeUndefined();
    await expect(takeOver.retry()).resolves.toBeUndefined();
  });

  it('that waits does not keep windows from seeing how alerts move', async () => {
    const { takeOver, failing, outcome, quiet, published, done } = bench();
    failing.add('handleAlerts');
    await takeOver.add(outcome('a'));
    published.length = 0;
    for (let i = 0; i < 50; i += 1) await takeOver.add(quiet('b'));
    expect(published).toHaveLength(50);
    failing.clear();
    await takeOver.retry();
    // What had nothing to say was not kept for later either.
    expect(published).toHaveLength(51);
    expect(done).toEqual(WHOLE('a'));
  });

  it('has nothing to retry where nothing waits', async () => {
    const { takeOver, done } = bench();
    await takeOver.retry();
    expect(done).toEqual([]);
    expect(takeOver.problem()).toBeNull();
  });

  it('names the severity and how long the budget lasts on the page', async () => {
    const said: { title: string; body: string }[] = [];
    const takeOver = createTakeOver({
      logger: silentLogger(),
      alerts: {
        list: () => [alertOf({ id: 'a' })],
        linkIncidents: async () => undefined,
        settle: async () => undefined,
      },
      incidents: { get: (id) => incidentOf({ id, severity: 'SEV-1' }), handleAlerts: async () => [] },
      outlook: () => 'Budget gone in 2 h at this rate.',
      notifier: {
        enqueue: async (requests) => {
          said.push(...requests.map((one) => one.page));
          return [];
        },
      },
      publish: () => undefined,
    });
    const request = requestOf({ alertIds: ['a'] });
    const page = {
      ...request.page,
      incidentId: 'inc-a',
      title: 'P0 gateway: it burns',
      body: '4 of 120 failed',
    };
    await takeOver.add({ changes: [], updated: [], notifications: [{ ...request, page }] });
    const over = { ...page, resolved: true };
    await takeOver.add({ changes: [], updated: [], notifications: [{ ...request, page: over }] });
    expect(said).toMatchObject([
      { title: 'SEV-1 P0 gateway: it burns', body: '4 of 120 failed\nBudget gone in 2 h at this rate.' },
      { title: 'P0 gateway: it burns', body: '4 of 120 failed' },
    ]);
  });
});

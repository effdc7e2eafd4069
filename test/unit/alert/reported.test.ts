import { afterEach, describe, expect, it } from 'vitest';
import { createReported, reportedRuleId } from '../../../main/alert/index.ts';
import { priorityOf } from '../../../main/alert/reported.ts';
import type { ReportedAlert } from '../../../shared/model/reported-alert.ts';
import { observationOf, sourceOf, WORKDAY_AT } from '../../support/alerting.ts';
import { pipelineBench } from '../../support/pipeline-bench.ts';

const at = WORKDAY_AT;

function reported(change: Partial<ReportedAlert> = {}): ReportedAlert {
  return {
    labels: { alertname: 'DiskFull', severity: 'critical', service: 'gateway' },
    annotations: { summary: 'the disk is full', description: '99 % used' },
    status: 'firing',
    startsAt: at - 60_000,
    endsAt: null,
    generatorUrl: null,
    ...change,
  };
}

function alone() {
  return createReported({
    known: () => [],
    services: () => [{ id: 'gateway' }],
    priorities: () => undefined,
  });
}

const open: { remove(): void }[] = [];
afterEach(() => {
  for (const bench of open.splice(0)) bench.remove();
});

async function bench() {
  const it = await pipelineBench({});
  open.push(it);
  it.findings = [];
  it.workspace = { sources: ['am', 'hook', 'other'].map((id) => ({ id })) as never };
  it.sources = [sourceOf('am'), sourceOf('hook')];
  const say = async (sourceId: string, whole: boolean, ...alerts: ReportedAlert[]) => {
    await it.clock.advance(1_000);
    await it.pipeline.reported({ sourceId, alerts, whole });
  };
  return {
    it,
    listed: (...alerts: ReportedAlert[]) => say('am', true, ...alerts),
    told: (...alerts: ReportedAlert[]) => say('hook', false, ...alerts),
    say,
    phases: () => it.alerts.list().map((one) => one.phase),
    pages: () => it.desktop.shown.length,
  };
}

describe('a severity of another system', () => {
  it.each([
    ['critical', 'P0'],
    ['Critical', 'P0'],
    ['warning', 'P2'],
    ['none', 'P3'],
    ['weird', 'P1'],
    [undefined, 'P1'],
    ['__proto__', 'P1'],
    ['constructor', 'P1'],
  ] as const)('%s is %s', (severity, priority) => {
    expect(priorityOf(severity === undefined ? {} : { severity })).toBe(priority);
  });

  it('means what the source’s own table says', () => {
    expect(priorityOf({ severity: 'warning' }, { warning: 'P0', '*': 'P3' })).toBe('P0');
    expect(priorityOf({ severity: 'else' }, { warning: 'P0', '*': 'P3' })).toBe('P3');
  });
});

describe('a reported alert', () => {
  it('names its source, its service, since when it fires and what is said of it', () => {
    const [one] = alone().take({ sourceId: 'am', alerts: [reported()], whole: true, at });
    expect(one).toMatchObject({
      ruleId: reportedRuleId('am'),
      kind: 'reported',
      service: 'gateway',
      priority: 'P0',
      title: 'the disk is full',
      definedAt: 'source am',
      finding: {
        kind: 'holds',
        reason: expect.stringMatching(/^Fires in am since .*Z, severity critical\. 99 % used$/),
      },
    });
  });

  it('takes its service from the first label that names one of the workspace', () => {
    const labels = { alertname: 'X', service: 'unknown', job: 'gateway' };
    const [one] = alone().take({ sourceId: 'am', alerts: [reported({ labels })], whole: true, at });
    expect(one?.service).toBe('gateway');
    const [other] = alone().take({
      sourceId: 'am',
      alerts: [reported({ labels: { alertname: 'X' } })],
      whole: true,
      at,
    });
    expect(other?.service).toBe('am');
  });

  it('can never be taken for one of our own alerts', () => {
    const own = observationOf();
    const [one] = alone().take({
      sourceId: 'am',
      alerts: [reported({ labels: { ...own.labels, reported_by: 'x' } })],
      whole: true,
      at,
    });
    expect(one?.labels).toEqual({ ...own.labels, reported_by: 'alertmanager' });
  });

  it('that is silenced there is held back with its reason, and says nothing to anybody', async () => {
    const { it: chain, listed, phases, pages } = await bench();
    await listed(reported({ suppressedBy: 'silenced' }));
    expect(phases()).toEqual(['pending']);
    expect(
      chain.alerts
        .list()[0]
        ?.verdicts.map((one) => one.reason)
        .join(),
    ).toContain('silenced in am');
    expect(pages()).toBe(0);
  });

  it('of a storm is taken by urgency, and says how many there are', () => {
    const alerts = Array.from({ length: 1_200 }, (_, i) =>
      reported({ labels: { alertname: `A${i}`, severity: i === 1_199 ? 'critical' : 'info' } }),
    );
    const taken = alone().take({ sourceId: 'am', alerts, whole: true, at });
    expect(taken).toHaveLength(1_000);
    expect(taken[0]?.priority).toBe('P0');
    expect(taken[0]?.finding.reason).toContain('One of 1200');
  });
});

describe('the same alert by poll and by webhook', () => {
  it('is one alert, one incident and one page, whichever comes first', async () => {
    const { it: chain, listed, told, phases, pages } = await bench();
    await listed(reported());
    await told(reported());
    await listed(reported());
    expect(phases()).toEqual(['firing']);
    expect(chain.incidents.list()).toHaveLength(1);
    expect(pages()).toBe(1);
  });

  it('is over when the list no longer has it, whatever the webhook told', async () => {
    const { listed, told, phases } = await bench();
    await told(reported());
    await listed(reported());
    expect(phases()).toEqual(['firing']);
    await listed();
    expect(phases()).toEqual(['resolved']);
  });

  it('stays while the list still has it, though the webhook says that it is over', async () => {
    const { listed, told, phases } = await bench();
    await told(reported());
    await listed(reported());
    await told(reported({ status: 'resolved' }));
    expect(phases()).toEqual(['firing']);
    await listed();
    expect(phases()).toEqual(['resolved']);
  });

  it('is not ended by the list of an Alertmanager that never had it', async () => {
    const { told, listed, phases } = await bench();
    await told(reported());
    await listed();
    expect(phases()).toEqual(['firing']);
    await told(reported({ status: 'resolved' }));
    expect(phases()).toEqual(['resolved']);
  });

  it('fires again as a new episode', async () => {
    const { listed, phases, it: chain } = await bench();
    await listed(reported());
    await listed();
    await listed(reported());
    expect(phases()).toEqual(['firing']);
    expect(chain.alerts.list()).toHaveLength(1);
  });
});

describe('after a restart', () => {
  it('what the list does not have any more is over', async () => {
    const { it: chain, listed, phases } = await bench();
    await listed(reported());
    const again = createReported({
      known: () => chain.alerts.list(),
      services: () => [],
      priorities: () => undefined,
    });
    const [ended] = again.take({ sourceId: 'am', alerts: [], whole: true, at: chain.clock.now() });
    expect(ended?.finding.kind).toBe('clear');
    expect(phases()).toEqual(['firing']);
    expect(again.take({ sourceId: 'other', alerts: [], whole: true, at: chain.clock.now() })).toEqual([]);
  });

  it('a reload that takes the source away closes its alerts as removed', async () => {
    const { it: chain, listed } = await bench();
    await listed(reported());
    await chain.pipeline.retain();
    expect(chain.alerts.list()[0]?.phase).toBe('firing');
    chain.workspace = { sources: [] };
    await chain.pipeline.retain();
    expect(chain.alerts.list()[0]?.phase).toBe('resolved');
  });
});

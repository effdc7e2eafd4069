import { describe, expect, it } from 'vitest';
import { answering } from '../../../main/api/context.ts';
import { decodeSeries } from '../../../shared/contract/series-file.ts';
import { CodedError } from '../../../shared/error/coded.ts';
import { apiBench } from '../../support/api-bench.ts';
import { incidentOf } from '../../support/incident.ts';

interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly data: unknown;
}

async function refusal(call: Promise<unknown>): Promise<Refusal> {
  const thrown = await call.then(
    () => undefined,
    (error: Refusal) => error,
  );
  if (!thrown) throw new Error('The call was expected to be refused, and was answered.');
  return thrown;
}

const incident = incidentOf();
type Bench = ReturnType<typeof apiBench>;
const found = () => apiBench({ 'incidents.get': () => incident });

/** Every request that asks a stage, with an input that fits. */
const REQUESTS: readonly (readonly [string, (call: Bench['call']) => Promise<unknown>])[] = [
  [
    'system.notificationShown',
    (call) => call.system.notificationShown({ deliveryId: 'd', outcome: 'shown', problem: '' }),
  ],
  ['system.sendTest', (call) => call.system.sendTest({ receiver: 'r' })],
  ['system.sendTestPage', (call) => call.system.sendTestPage({ priority: 'P1' })],
  ['secret.place', (call) => call.secret.place()],
  ['secret.keep', (call) => call.secret.keep({ name: 'pager', secret: 'canary' })],
  ['source.tryNow', (call) => call.source.tryNow({ sourceId: 's' })],
  ['source.watched', (call) => call.source.watched({ fromAt: 0, toAt: 1 })],
  ['alert.acknowledge', (call) => call.alert.acknowledge({ alertId: 'a' })],
  ['alert.rearm', (call) => call.alert.rearm({ alertId: 'a', reason: 'r' })],
  ['alert.escalate', (call) => call.alert.escalate({ alertId: 'a', reason: 'r' })],
  ['alert.fired', (call) => call.alert.fired({ objectiveId: 'o', fromAt: 0, toAt: 1 })],
  ['alert.why', (call) => call.alert.why({ alertId: 'a', limit: 10 })],
  ['alert.search', (call) => call.alert.search({ text: 'a', fromAt: 0, toAt: 1 })],
  ['silence.renew', (call) => call.silence.renew({ id: 's', durationMs: 60_000 })],
  ['silence.expire', (call) => call.silence.expire({ id: 's' })],
  [
    'silence.create',
    (call) => call.silence.create({ matchers: 'service="a"', comment: 'c', durationMs: 60_000 }),
  ],
  ['incident.timeline', (call) => call.incident.timeline({ id: 'i', afterSeq: 0 })],
  ['incident.evidence', (call) => call.incident.evidence({ id: 'i' })],
  ['incident.evidenceSamples', (call) => call.incident.evidenceSamples({ evidenceId: 'e' })],
  ['incident.acknowledge', (call) => call.incident.acknowledge({ id: 'i' })],
  [
    'incident.changePhase',
    (call) => call.incident.changePhase({ id: 'i', to: 'responding', reason: 'r', revision: 1 }),
  ],
  [
    'incident.changeSeverity',
    (call) => call.incident.changeSeverity({ id: 'i', severity: 'SEV-1', reason: 'r', revision: 1 }),
  ],
  ['incident.addNote', (call) => call.incident.addNote({ id: 'i', text: 't' })],
  [
    'incident.openByHand',
    (call) => call.incident.openByHand({ title: 't', service: 's', severity: 'SEV-3' }),
  ],
  ['playbook.start', (call) => call.playbook.start({ incidentId: 'i', playbookId: 'p' })],
  ['playbook.runNext', (call) => call.playbook.runNext({ runId: 'r' })],
  ['playbook.dryRun', (call) => call.playbook.dryRun({ runId: 'r', stepId: 's' })],
  ['playbook.retry', (call) => call.playbook.retry({ runId: 'r', stepId: 's' })],
  ['playbook.decide', (call) => call.playbook.decide({ runId: 'r', stepId: 's', decision: 'skip' })],
  ['playbook.stop', (call) => call.playbook.stop({ runId: 'r' })],
  ['postmortem.get', (call) => call.postmortem.get({ incidentId: 'i' })],
  [
    'postmortem.save',
    (call) => call.postmortem.save({ incidentId: 'i', revision: 1, title: 't', sections: [] }),
  ],
  ['postmortem.exportMarkdown', (call) => call.postmortem.exportMarkdown({ incidentId: 'i' })],
  [
    'series.range',
    (call) => call.series.range({ source: 's', expression: 'up', fromAt: 0, toAt: 1_000, stepMs: 1_000 }),
  ],
  ['series.instant', (call) => call.series.instant({ source: 's', expression: 'up' })],
  ['series.burn', (call) => call.series.burn({ objectiveId: 'o', fromAt: 0, toAt: 1_000, stepMs: 1_000 })],
  ['series.budget', (call) => call.series.budget({ objectiveId: 'o' })],
  ['demo.state', (call) => call.demo.state()],
  ['demo.inject', (call) => call.demo.inject({ kind: 'crash' })],
  ['demo.clear', (call) => call.demo.clear({ id: 'f' })],
];

const ERRORS: readonly (readonly [string, CodedError, string, unknown])[] = [
  [
    'something that is not there',
    new CodedError('run-not-found', 'No such run.'),
    'NOT_FOUND',
    { what: 'run-not-found' },
  ],
  [
    'something unknown',
    new CodedError('unknown-fault', 'No such fault.'),
    'NOT_FOUND',
    { what: 'unknown-fault' },
  ],
  [
    'an outdated change',
    new CodedError('stale-revision', 'Stale.', { details: { revision: 7 } }),
    'STALE',
    { revision: 7 },
  ],
  [
    'an outdated change of nobody knows what',
    new CodedError('stale-revision', 'Stale.'),
    'STALE',
    { revision: null },
  ],
  [
    'a name to type',
    new CodedError('confirmation-needed', 'Type it.', { details: { type: 'ranking', stepId: 's1' } }),
    'CONFIRMATION_NEEDED',
    { type: 'ranking', stepId: 's1' },
  ],
  [
    'a full disk',
    new CodedError('store-failed', 'Full.', { retryable: true }),
    'UNAVAILABLE',
    { code: 'store-failed' },
  ],
  [
    'a dead worker',
    new CodedError('worker-died', 'Dead.', { retryable: true }),
    'UNAVAILABLE',
    { code: 'worker-died' },
  ],
  [
    'a state that does not allow it',
    new CodedError('transition-refused', 'No.'),
    'REFUSED',
    { code: 'transition-refused' },
  ],
];

describe.each(REQUESTS)('the request %s', (_name, ask) => {
  it.each(ERRORS)(
    'answers %s in the contract’s terms, with the message for people',
    async (_what, error, code, data) => {
      const { call, state } = found();
      state.fail = error;
      expect(await refusal(ask(call))).toMatchObject({ code, data, message: error.message });
    },
  );

  it('keeps the words of a bug to itself', async () => {
    const { call, state } = found();
    state.fail = new TypeError('cannot read properties of undefined');
    const thrown = await ask(call).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(TypeError);
    expect(thrown).not.toHaveProperty('data');
  });
});

describe('answering()', () => {
  const errors = new Proxy({} as never, {
    get: (_target, name) => (options: object) => Object.assign(new Error(String(name)), options),
  });

  it('gives on what was answered, at once or later', async () => {
    expect(await answering(errors, () => 5)).toBe(5);
    expect(await answering(errors, async () => 6)).toBe(6);
  });

  it('leaves a coded bug a bug', async () => {
    const bug = new CodedError('bug', 'This is one.');
    await expect(answering(errors, () => Promise.reject(bug))).rejects.toBe(bug);
  });

  it('takes not-found before retryable: asking again would find nothing either', async () => {
    const gone = new CodedError('incident-not-found', 'Gone.', { retryable: true });
    await expect(answering(errors, () => Promise.reject(gone))).rejects.toMatchObject({
      message: 'Gone.',
      data: { what: 'incident-not-found' },
    });
  });

  it('does not trust the details of an error to be what the contract says', async () => {
    const odd = new CodedError('stale-revision', 'Stale.', { details: { revision: '7' } });
    await expect(answering(errors, () => Promise.reject(odd))).rejects.toMatchObject({
      data: { revision: null },
    });
    const empty = new CodedError('confirmation-needed', 'Type.', { details: { type: 7 } });
    await expect(answering(errors, () => Promise.reject(empty))).rejects.toMatchObject({
      data: { type: '', stepId: '' },
    });
  });
});

describe('requests about incidents', () => {
  it.each([
    ['timeline', (call: Bench['call']) => call.incident.timeline({ id: 'x', afterSeq: 0 })],
    ['evidence', (call: Bench['call']) => call.incident.evidence({ id: 'x' })],
    ['acknowledge', (call: Bench['call']) => call.incident.acknowledge({ id: 'x' })],
    [
      'changePhase',
      (call: Bench['call']) =>
        call.incident.changePhase({ id: 'x', to: 'responding', reason: '', revision: 1 }),
    ],
    [
      'changeSeverity',
      (call: Bench['call']) =>
        call.incident.changeSeverity({ id: 'x', severity: 'SEV-1', reason: '', revision: 1 }),
    ],
    ['addNote', (call: Bench['call']) => call.incident.addNote({ id: 'x', text: 't' })],
  ] as const)('%s of an incident that is not there ask no stage', async (_name, ask) => {
    const { call, calls } = apiBench();
    expect(await refusal(ask(call))).toMatchObject({
      code: 'NOT_FOUND',
      data: { what: 'incident-not-found' },
    });
    expect(calls.map((one) => one.name)).toEqual(['incidents.get']);
  });

  it('act in the name of the window’s person, never of one that the request names', async () => {
    const { call, calls } = apiBench({
      'incidents.get': incident,
      'incidents.addNote': incident,
      'incidents.changeSeverity': incident,
      'incidents.openByHand': incident,
    });
    await call.incident.addNote({ id: 'i', text: 'hello' });
    await call.incident.changeSeverity({ id: 'i', severity: 'SEV-1', reason: 'worse', revision: 3 });
    await call.incident.openByHand({ title: 't', service: 's', severity: 'SEV-2', by: 'mallory' } as never);
    expect(calls.filter((one) => one.name !== 'incidents.get')).toEqual([
      { name: 'incidents.addNote', args: [incident.id, 'ada', 'hello'] },
      { name: 'incidents.changeSeverity', args: [incident.id, 'SEV-1', 'ada', 'worse', 3] },
      { name: 'incidents.openByHand', args: [{ title: 't', service: 's', severity: 'SEV-2', by: 'ada' }] },
    ]);
  });

  it('acknowledge the alerts first and answer the incident as it is after that', async () => {
    const after = { ...incident, acknowledgedBy: 'ada' };
    let acknowledged = false;
    const { call, calls } = apiBench({
      'incidents.get': () => (acknowledged ? after : incident),
      'incident.acknowledge': () => {
        acknowledged = true;
      },
    });
    expect(await call.incident.acknowledge({ id: incident.id })).toMatchObject({ acknowledgedBy: 'ada' });
    expect(calls.find((one) => one.name === 'incident.acknowledge')?.args).toEqual([incident.id, 'ada']);
  });

  it('answer evidence as bytes that decode to the samples, gaps as they are', async () => {
    const series = [
      {
        labels: { service: 'gäteway' },
        times: Float64Array.of(1, 2),
        values: Float64Array.of(0.5, Number.NaN),
      },
      { labels: {}, times: new Float64Array(0), values: new Float64Array(0) },
    ];
    const unwatched = [{ fromAt: 1, toAt: 2, causes: ['asleep'], filledAt: 3 }];
    const { call } = apiBench({ 'log.evidenceSeries': series, 'log.evidenceChart': { unwatched } });
    const file = await call.incident.evidenceSamples({ evidenceId: 'e' });
    expect(decodeSeries(await file.arrayBuffer())).toEqual({ series, unwatched });
  });

  it.each([
    ['an empty note', (call: Bench['call']) => call.incident.addNote({ id: 'i', text: '' })],
    [
      'a note without end',
      (call: Bench['call']) => call.incident.addNote({ id: 'i', text: 'x'.repeat(10_001) }),
    ],
    ['an id without end', (call: Bench['call']) => call.incident.evidence({ id: 'x'.repeat(201) })],
    [
      'a severity that is none',
      (call: Bench['call']) =>
        call.incident.changeSeverity({ id: 'i', severity: 'SEV-9' as never, reason: '', revision: 1 }),
    ],
    [
      'a phase that is none',
      (call: Bench['call']) =>
        call.incident.changePhase({ id: 'i', to: 'gone' as never, reason: '', revision: 1 }),
    ],
    [
      'half a revision',
      (call: Bench['call']) =>
        call.incident.changePhase({ id: 'i', to: 'closed', reason: '', revision: 1.5 }),
    ],
    [
      'a timeline from before its start',
      (call: Bench['call']) => call.incident.timeline({ id: 'i', afterSeq: -1 }),
    ],
  ] as const)('refuse %s before any stage sees it', async (_name, ask) => {
    const { call, calls } = found();
    expect((await refusal(ask(call))).code).toBe('BAD_REQUEST');
    expect(calls).toEqual([]);
  });

  it('answer no more than the contract has, and fail where a stage answers something else', async () => {
    const { call } = apiBench({
      'incidents.get': { ...incident, secret: 'x' },
      'incidents.addNote': { ...incident, secret: 'x' },
    });
    expect(await call.incident.addNote({ id: 'i', text: 't' })).not.toHaveProperty('secret');
    const wrong = apiBench({
      'incidents.get': incident,
      'incidents.addNote': { ...incident, severity: 'SEV-9' },
    });
    expect((await refusal(wrong.call.incident.addNote({ id: 'i', text: 't' }))).code).toBe(
      'INTERNAL_SERVER_ERROR',
    );
  });
});

describe('requests to the demo’s fleet', () => {
  it('are refused outside the demo, where nothing is to be broken', async () => {
    const { call } = apiBench({ demo: null });
    expect(await call.demo.state()).toEqual({ available: false, faults: [] });
    expect(await refusal(call.demo.inject({ kind: 'crash' }))).toMatchObject({
      code: 'REFUSED',
      data: { code: 'no-demo' },
    });
    expect(await refusal(call.demo.clear({ id: 'x' }))).toMatchObject({ code: 'REFUSED' });
  });

  it('know the faults of the contract only', async () => {
    const { call, calls } = apiBench();
    expect((await refusal(call.demo.inject({ kind: '__proto__' as never }))).code).toBe('BAD_REQUEST');
    expect(calls).toEqual([]);
  });
});

describe('requests about playbooks and postmortems', () => {
  it('give on who acts', async () => {
    const { call, calls } = apiBench();
    await call.playbook.stop({ runId: 'r' }).catch(() => undefined);
    await call.playbook.decide({ runId: 'r', stepId: 's', decision: 'done' }).catch(() => undefined);
    await call.playbook.start({ incidentId: 'i', playbookId: 'p' }).catch(() => undefined);
    await call.playbook.runNext({ runId: 'r', observed: 'it is green' }).catch(() => undefined);
    expect(calls.map((one) => one.args)).toEqual([
      ['r', 'ada'],
      ['r', 's', 'done', 'ada'],
      ['i', 'p', 'ada'],
      ['r', { by: 'ada', observed: 'it is green' }],
    ]);
  });

  it('export to the data folder alone: the window names no path', async () => {
    const { call, calls } = apiBench({
      'postmortems.exportMarkdown': { path: '/exports/x.md', files: [], markdown: '# x' },
    });
    await call.postmortem.exportMarkdown({ incidentId: 'i', folder: '/etc' } as never);
    expect(calls[0]?.args).toEqual(['i', '/exports']);
  });

  it('refuse more text than a postmortem has', async () => {
    const { call, calls } = apiBench();
    const save = (text: string, title = 't') =>
      call.postmortem.save({ incidentId: 'i', revision: 1, title, sections: [{ id: 'summary', text }] });
    expect((await refusal(save('x'.repeat(100_001)))).code).toBe('BAD_REQUEST');
    expect((await refusal(save('x', ''))).code).toBe('BAD_REQUEST');
    expect(calls).toEqual([]);
  });
});

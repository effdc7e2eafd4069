import { MessageChannel } from 'node:worker_threads';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import type { ContractRouterClient } from '@orpc/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveMessagePort } from '../../main/api/index.ts';
import { createWindowClient } from '../../main/host/node/index.ts';
import { silentLogger } from '../../main/platform/index.ts';
import type { Contract } from '../../shared/contract/index.ts';
import { decodeSeries } from '../../shared/contract/series-file.ts';
import { collectionNames, type StateFrame } from '../../shared/contract/state.ts';
import { startTestCore, type TestCore } from '../support/core.ts';

type Client = ContractRouterClient<Contract>;
let core: TestCore;
beforeAll(async () => {
  core = await startTestCore();
}, 60_000);
afterAll(() => core.stop());

interface Transport {
  readonly call: Client;
  close(): Promise<void> | void;
}

async function overWebSocket(): Promise<Transport> {
  return createWindowClient(core.server, silentLogger(), () => undefined);
}

async function overMessagePort(): Promise<Transport> {
  const { port1, port2 } = new MessageChannel();
  serveMessagePort(core.app.api, port1, { actor: 'tester' });
  port1.start();
  const call: Client = createORPCClient(new RPCLink({ port: port2 }));
  port2.start();
  return {
    call,
    close: () => {
      port1.close();
      port2.close();
    },
  };
}

async function refusal(call: Promise<unknown>): Promise<{ code: string; message: string; data: unknown }> {
  const thrown = await call.then(
    () => undefined,
    (error: { code: string; message: string; data: unknown }) => error,
  );
  if (!thrown) throw new Error('The call was expected to be refused, and was answered.');
  return thrown;
}

describe.each([
  ['a WebSocket', overWebSocket],
  ['a message port', overMessagePort],
])('the contract over %s', (_name, connect) => {
  let transport: Transport;
  let call: Client;
  beforeAll(async () => {
    transport = await connect();
    call = transport.call;
  });
  afterAll(() => transport.close());

  it('says who answers', async () => {
    expect(await call.system.hello()).toMatchObject({ host: 'node', workspace: 'ml-serving', demo: true });
  });

  it('begins the state with a snapshot of every collection, then numbers patches one by one', async () => {
    const ending = new AbortController();
    const frames: StateFrame[] = [];
    for await (const frame of await call.state.watch(undefined, { signal: ending.signal })) {
      frames.push(frame);
      if (frames.filter((one) => one.kind === 'patch').length >= 3) break;
    }
    ending.abort();
    const [first, ...rest] = frames;
    expect(first?.kind).toBe('snapshot');
    if (first?.kind === 'snapshot') {
      expect(first.changes.map((change) => change.collection).sort()).toEqual([...collectionNames].sort());
    }
    const seqs = rest.filter((frame) => frame.kind === 'patch').map((frame) => frame.seq);
    expect(seqs).toEqual(seqs.map((_, index) => (first?.seq ?? 0) + index + 1));
  });

  it('answers series as binary that decodes to the samples', async () => {
    const now = Date.now();
    const file = await call.series.range({
      source: 'fleet',
      expression: 'sum by (service) (rate(http_requests_total[5m]))',
      fromAt: now - 3_600_000,
      toAt: now,
      stepMs: 60_000,
    });
    const { series, unwatched } = decodeSeries(await file.arrayBuffer());
    expect(series.map((one) => one.labels.service).sort()).toContain('gateway');
    expect(series[0]?.times.length).toBeGreaterThan(30);
    expect(series.every((one) => one.values.every((value) => value >= 0))).toBe(true);
    expect(unwatched).toMatchObject([{ fromAt: now - 3_600_000, causes: ['unrecorded'], filledAt: null }]);
    expect(unwatched[0]?.toAt).toBeLessThanOrEqual(now);
  });

  it('answers the watch ledger of each source', async () => {
    const [fleet] = await call.source.watched({ fromAt: Date.now() - 3_600_000, toAt: Date.now() + 1 });
    expect(fleet).toMatchObject({ sourceId: 'fleet', unwatched: [{ causes: ['unrecorded'] }] });
    expect(fleet?.recordedSinceAt).toBe(fleet?.unwatched[0]?.toAt);
  });

  it('points at the place where a query is wrong', async () => {
    const wrong = await refusal(call.series.instant({ source: 'fleet', expression: 'sum(rate(x[5m])' }));
    expect(wrong).toMatchObject({ code: 'QUERY', data: { code: 'parse', from: expect.any(Number) } });
    const tooMany = { source: 'fleet', expression: 'up', fromAt: 0, toAt: 86_400_000, stepMs: 1_000 };
    expect(await refusal(call.series.range(tooMany))).toMatchObject({
      code: 'QUERY',
      data: { code: 'limit' },
    });
    const unsupported = await refusal(call.series.instant({ source: 'fleet', expression: 'info(up)' }));
    expect(unsupported).toMatchObject({ code: 'QUERY', data: { code: 'unsupported' } });
    expect(unsupported.message).toMatch(/is not evaluated here/);
  });

  it('names what is not there', async () => {
    expect(await refusal(call.series.instant({ source: 'nowhere', expression: 'up' }))).toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(await refusal(call.source.tryNow({ sourceId: 'nowhere' }))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await refusal(call.incident.timeline({ id: 'nowhere', afterSeq: 0 }))).toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(await refusal(call.alert.acknowledge({ alertId: 'nowhere' }))).toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(await refusal(call.playbook.runNext({ runId: 'nowhere' }))).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('refuses what does not fit the schema before any stage sees it', async () => {
    expect(await refusal(call.incident.addNote({ id: 'x', text: '' }))).toMatchObject({
      code: 'BAD_REQUEST',
    });
    expect(await refusal(call.incident.addNote({ id: 'x', text: 'x'.repeat(10_001) }))).toMatchObject({
      code: 'BAD_REQUEST',
    });
  });

  it('carries an incident from its opening by hand over a note to a severity that somebody else changed meanwhile', async () => {
    const opened = await call.incident.openByHand({
      title: `Checkout <b>slow</b> over ${_name}`,
      service: 'gateway',
      severity: 'SEV-3',
    });
    expect(opened).toMatchObject({ severity: 'SEV-3', service: 'gateway' });
    const noted = await call.incident.addNote({ id: opened.id, text: 'Looking at it.' });
    const stale = await refusal(
      call.incident.changeSeverity({
        id: opened.id,
        severity: 'SEV-1',
        reason: 'worse',
        revision: opened.revision - 1,
      }),
    );
    expect(stale.code).toBe('STALE');
    const changed = await call.incident.changeSeverity({
      id: opened.id,
      severity: 'SEV-2',
      reason: 'worse',
      revision: noted.revision,
    });
    expect(changed.severity).toBe('SEV-2');
    const timeline = await call.incident.timeline({ id: opened.id, afterSeq: 0 });
    expect(timeline.map((entry) => entry.seq)).toEqual(timeline.map((_, index) => index + 1));
    expect(
      timeline.some((entry) => entry.actor === 'tester' && entry.detail.includes('Looking at it.')),
    ).toBe(true);
  });

  it('drafts, saves, refuses what was overtaken, and exports a postmortem', async () => {
    const incident = await call.incident.openByHand({
      title: 'Drill',
      service: 'gateway',
      severity: 'SEV-3',
    });
    const draft = await call.postmortem.get({ incidentId: incident.id });
    const mine = {
      incidentId: incident.id,
      revision: draft.revision,
      title: 'A drill',
      sections: [{ id: 'summary' as const, text: 'We drilled.' }],
    };
    const saved = await call.postmortem.save(mine);
    expect(saved.sections.find((one) => one.id === 'summary')).toMatchObject({
      text: 'We drilled.',
      origin: 'written',
    });
    const overtaken = await refusal(
      call.postmortem.save({ ...mine, sections: [{ id: 'summary', text: 'Other words.' }] }),
    );
    expect(overtaken.code).toBe('STALE');
    const exported = await call.postmortem.exportMarkdown({ incidentId: incident.id });
    expect(exported.markdown).toContain('We drilled.');
    expect(exported.path.startsWith(core.dataFolder)).toBe(true);
  });

  it('knows the demo’s fleet and says which receiver is unknown', async () => {
    expect(await call.demo.state()).toMatchObject({ available: true, faults: [] });
    await expect(call.system.sendTest({ receiver: 'nobody' })).rejects.toThrow(/nobody/);
  });
});

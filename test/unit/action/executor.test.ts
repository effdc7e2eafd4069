import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { ActionJournal } from '../../../main/action/index.ts';
import { checkStep, contextOf, executorOver, httpStep, manualStep } from '../../support/playbook.ts';
import { ScriptedTarget } from '../../support/scripted-target.ts';
import { startStepServer } from '../../support/step-server.ts';

function journal(): ActionJournal & { readonly lines: string[] } {
  const lines: string[] = [];
  return {
    lines,
    intend: async (input) => void lines.push(`intend ${input}`),
    answered: async (output) => void lines.push(`answered ${output}`),
  };
}

const never = new AbortController().signal;

describe('an http step', () => {
  it('sends what it said it would, with the idempotency key, between intent and answer', async () => {
    await using server = await startStepServer();
    const executor = executorOver(new ScriptedTarget());
    const step = httpStep('roll-back', `${server.url}/control/roll-back`);
    const kept = journal();
    server.answer((_request, response) => {
      kept.lines.push('sent');
      response.end('rolled back');
    });
    const outcome = await executor.execute(step, contextOf(), kept, never);
    expect(outcome).toEqual({ kind: 'done', output: '200\nrolled back', verified: null });
    expect(kept.lines.map((line) => line.split(' ')[0])).toEqual(['intend', 'sent', 'answered']);
    expect(server.received).toMatchObject([
      {
        method: 'POST',
        url: '/control/roll-back',
        body: '{"service":"ranking-model"}',
        headers: { 'idempotency-key': 'key-1', 'content-type': 'application/json' },
      },
    ]);
    const preview = await executor.preview(step, contextOf());
    expect(preview.ok && `intend ${preview.value.input}`).toBe(kept.lines[0]);
  });

  it('sends nothing where its intent could not be kept', async () => {
    await using server = await startStepServer();
    const refusing = { ...journal(), intend: () => Promise.reject(new Error('disk full')) };
    const run = executorOver(new ScriptedTarget()).execute(
      httpStep('x', server.url),
      contextOf(),
      refusing,
      never,
    );
    await expect(run).rejects.toThrow('disk full');
    expect(server.received).toEqual([]);
  });

  it('sends nothing in a dry run, and shows the undo beside it', async () => {
    await using server = await startStepServer();
    const undo = httpStep('u', `${server.url}/undo`).request;
    const preview = await executorOver(new ScriptedTarget()).preview(
      httpStep('x', `${server.url}/do`, { undo }),
      contextOf(),
    );
    expect(preview.ok && preview.value.input).toContain(`POST ${server.url}/do\nidempotency-key: key-1`);
    expect(preview.ok && preview.value.undo).toContain(`POST ${server.url}/undo`);
    expect(server.received).toEqual([]);
  });

  it('follows no redirect', async () => {
    await using server = await startStepServer();
    server.answer((request, response) => {
      if (request.url === '/') response.writeHead(307, { location: '/elsewhere' });
      response.end();
    });
    const outcome = await executorOver(new ScriptedTarget()).execute(
      httpStep('x', `${server.url}/`),
      contextOf(),
      journal(),
      never,
    );
    expect(outcome).toMatchObject({ kind: 'failed', reason: expect.stringContaining('redirect') });
    expect(server.received).toHaveLength(1);
  });

  it('does not know the outcome of a request that got no answer in time', async () => {
    await using server = await startStepServer();
    server.answer(() => undefined);
    const step = httpStep('x', server.url, { timeoutMs: 50 });
    const outcome = await executorOver(new ScriptedTarget()).execute(step, contextOf(), journal(), never);
    expect(outcome).toMatchObject({
      kind: 'unknown',
      reason: expect.stringContaining('No answer came within 50 ms'),
    });
    expect(server.received).toHaveLength(1);
  });

  it('does not know the outcome where the connection breaks or a person stops it', async () => {
    await using server = await startStepServer();
    server.answer((_request, response) => response.destroy());
    const executor = executorOver(new ScriptedTarget());
    expect(await executor.execute(httpStep('x', server.url), contextOf(), journal(), never)).toMatchObject({
      kind: 'unknown',
    });
    const abort = new AbortController();
    server.answer(() => abort.abort());
    expect(
      await executor.execute(httpStep('x', server.url), contextOf(), journal(), abort.signal),
    ).toMatchObject({
      kind: 'unknown',
      reason: expect.stringContaining('stopped'),
    });
    expect(server.received).toHaveLength(2);
  });

  it('knows that nothing was sent where nobody listens', async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const outcome = await executorOver(new ScriptedTarget()).execute(
      httpStep('x', `http://127.0.0.1:${port}/`),
      contextOf(),
      journal(),
      never,
    );
    expect(outcome).toMatchObject({ kind: 'failed', reason: expect.stringContaining('Nothing was sent') });
  });

  it('fails on another status than expected and keeps what was answered', async () => {
    await using server = await startStepServer();
    server.answer((_request, response) => response.writeHead(409).end('runs v41 already'));
    const outcome = await executorOver(new ScriptedTarget()).execute(
      httpStep('x', server.url),
      contextOf(),
      journal(),
      never,
    );
    expect(outcome).toMatchObject({
      kind: 'failed',
      output: '409\nruns v41 already',
      reason: 'It answered 409; expected 200.',
    });
  });

  it('cuts an answer at 1 MiB', async () => {
    await using server = await startStepServer();
    server.answer((_request, response) => response.end('x'.repeat(3 * 1024 * 1024)));
    const outcome = await executorOver(new ScriptedTarget()).execute(
      httpStep('x', server.url),
      contextOf(),
      journal(),
      never,
    );
    expect(outcome.kind === 'done' && outcome.output.length).toBeLessThan(1024 * 1024 + 40);
    expect(outcome.kind === 'done' && outcome.output.endsWith('… cut at 1 MiB')).toBe(true);
  });

  it('keeps a secret out of everything that is shown or kept, also where the target echoes it', async () => {
    await using server = await startStepServer();
    server.answer((request, response) => response.end(`you sent ${request.headers.authorization}`));
    const executor = executorOver(new ScriptedTarget(), { TOKEN: 'canary-9f2' });
    const base = httpStep('x', server.url);
    const step = { ...base, request: { ...base.request, headers: { Authorization: 'Bearer ${env:TOKEN}' } } };
    const kept = journal();
    const outcome = await executor.execute(step, contextOf(), kept, never);
    expect(server.received[0]?.headers.authorization).toBe('Bearer canary-9f2');
    expect(JSON.stringify([outcome, kept.lines])).not.toContain('canary-9f2');
    expect(outcome.kind === 'done' && outcome.output).toContain('Bearer ${env:TOKEN}');
  });

  it('asks its verification until it holds', async () => {
    await using server = await startStepServer();
    let left = 3;
    const target = new ScriptedTarget().says('errors', () => (left-- > 0 ? 0.2 : 0));
    const step = httpStep('x', server.url, { verify: { query: 'errors', is: '< 0.0001' } });
    const outcome = await executorOver(target).execute(step, contextOf(), journal(), never);
    expect(outcome).toMatchObject({ kind: 'done', verified: '0 is < 0.0001' });
    expect(target.asked).toHaveLength(4);
  });

  it('has failed where the verification does not come to hold, and no data does not hold', async () => {
    await using server = await startStepServer();
    const step = httpStep('x', server.url, { timeoutMs: 60, verify: { query: 'errors', is: '< 0.0001' } });
    const outcome = await executorOver(new ScriptedTarget()).execute(step, contextOf(), journal(), never);
    expect(outcome).toMatchObject({
      kind: 'failed',
      output: '200\ndone',
      reason: expect.stringContaining('No data for errors'),
    });
  });
});

describe('a check', () => {
  const target = new ScriptedTarget().says('ratio', 0.7).says('other', 0.1);

  it('says whether it holds, and finds the root cause where it indicates one', async () => {
    const executor = executorOver(target);
    const plain = await executor.execute(checkStep('ratio'), contextOf(), journal(), never);
    expect(plain).toEqual({ kind: 'done', output: 'Holds: 0.7 is > 0.5', verified: null });
    const when = { query: 'ratio', is: '> 0.5' };
    const found = await executor.execute(
      checkStep('ratio', { indicates: { when, cause: 'v42' } }),
      contextOf(),
      journal(),
      never,
    );
    expect(found).toEqual({ kind: 'found', output: 'Holds: 0.7 is > 0.5', cause: 'v42' });
    const another = { when: { query: 'other', is: '> 0.5' }, cause: 'v42' };
    expect(
      await executor.execute(checkStep('ratio', { indicates: another }), contextOf(), journal(), never),
    ).toMatchObject({
      kind: 'done',
      output: 'Holds: 0.7 is > 0.5\n0.1 is not > 0.5',
    });
  });

  it('has failed without data, which is no "does not hold"', async () => {
    const outcome = await executorOver(target).execute(checkStep('gone'), contextOf(), journal(), never);
    expect(outcome).toMatchObject({ kind: 'failed', reason: expect.stringContaining('No data') });
  });
});

describe('a manual step', () => {
  it('keeps what the person saw, with who it was', async () => {
    const outcome = await executorOver(new ScriptedTarget()).execute(
      manualStep('call'),
      contextOf({ observed: ' fixed ' }),
      journal(),
      never,
    );
    expect(outcome).toEqual({ kind: 'done', output: 'ada saw: fixed', verified: null });
  });

  it('is not done by silence', async () => {
    const outcome = await executorOver(new ScriptedTarget()).execute(
      manualStep('call'),
      contextOf({ observed: '  ' }),
      journal(),
      never,
    );
    expect(outcome.kind).toBe('failed');
  });
});

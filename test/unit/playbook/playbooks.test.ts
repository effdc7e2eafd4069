import { describe, expect, it } from 'vitest';
import { proposePlaybook } from '../../../main/playbook/propose.ts';
import type { Playbook } from '../../../shared/model/playbook.ts';
import {
  benchOf,
  checkStep,
  executorOver,
  httpStep,
  MemoryRunLog,
  manualStep,
  playbookOf,
  runConfirmed,
} from '../../support/playbook.ts';
import { ScriptedTarget } from '../../support/scripted-target.ts';
import { startStepServer } from '../../support/step-server.ts';

const CONFIRMED = { by: 'ada', confirmation: { stepId: 'x', typed: 'ranking-model' } };

function bench(playbook: Playbook, target = new ScriptedTarget(), log = new MemoryRunLog()) {
  return { ...benchOf({ log, playbook, executor: executorOver(target) }), log };
}

describe('proposing a playbook', () => {
  const one = playbookOf([], []);
  const other = { ...one, id: 'upstream-outage', services: ['gateway'], objectives: [] };
  const subject = { service: 'gateway', services: ['gateway'], objectiveIds: ['gateway-availability'] };

  it('weighs objectives over services, and proposes nothing that names nothing of it', () => {
    expect(proposePlaybook([other, one], subject)?.id).toBe('model-degraded');
    expect(proposePlaybook([other, one], { ...subject, objectiveIds: [] })?.id).toBe('upstream-outage');
    expect(
      proposePlaybook([one], { service: 'x', services: ['x', 'ranking-model'], objectiveIds: [] })?.id,
    ).toBe('model-degraded');
    expect(proposePlaybook([one, other], { service: 'x', services: [], objectiveIds: [] })).toBeNull();
  });
});

describe('running a playbook', () => {
  it('passes over mitigations whose condition does not hold now, with the numbers, and runs the one that does', async () => {
    await using server = await startStepServer();
    const target = new ScriptedTarget().says('cpu', 0.19).says('ratio', 0.63).says('versions', 0.7);
    const { playbooks, timeline } = bench(
      playbookOf(
        [
          checkStep('versions', {
            indicates: { when: { query: 'versions', is: '> 0.5' }, cause: 'v42 fails' },
          }),
          checkStep('later'),
        ],
        [
          httpStep('scale', server.url, { condition: { query: 'cpu', is: '> 0.8' } }),
          httpStep('roll-back', server.url, { condition: { query: 'ratio', is: '> 0.01' } }),
        ],
      ),
      target,
    );
    const { id } = await playbooks.start('incident-1', 'model-degraded', 'ada');
    expect(await playbooks.runNext(id, { by: 'ada' })).toMatchObject({ rootCause: 'v42 fails', nextStep: 2 });
    const run = await runConfirmed(playbooks, id);
    expect(run.steps.map((one) => one.phase)).toEqual(['found', 'skipped', 'skipped', 'done']);
    expect(run.steps[2]?.reason).toBe('Skipped, its condition does not hold: 0.19 is not > 0.8');
    expect(run.endedAt).not.toBeNull();
    expect(server.received).toHaveLength(1);
    expect(timeline.map((entry) => entry.title)).toEqual([
      'Playbook started: Model degraded',
      'Check versions: indicates the root cause: v42 fails',
      'Send scale: skipped',
      'Send roll-back: done',
      'Playbook ended: Model degraded',
    ]);
    await expect(runConfirmed(playbooks, id)).rejects.toMatchObject({ code: 'run-ended' });
  });

  it('asks a condition when its turn comes, not before', async () => {
    await using server = await startStepServer();
    let ratio = 0.63;
    server.answer((_request, response) => {
      ratio = 0;
      response.end();
    });
    const condition = { query: 'ratio', is: '> 0.01' };
    const { playbooks } = bench(
      playbookOf(
        [],
        [httpStep('first', server.url, { condition }), httpStep('second', server.url, { condition })],
      ),
      new ScriptedTarget().says('ratio', () => ratio),
    );
    const { id } = await playbooks.start('incident-1', 'model-degraded', 'ada');
    await runConfirmed(playbooks, id);
    const run = await runConfirmed(playbooks, id);
    expect(run.steps.map((one) => one.phase)).toEqual(['done', 'skipped']);
    expect(server.received).toHaveLength(1);
  });

  it('asks a person where a condition has no data, and runs on their word', async () => {
    await using server = await startStepServer();
    const { playbooks } = bench(
      playbookOf([], [httpStep('x', server.url, { condition: { query: 'gone', is: '> 0' } })]),
    );
    const { id } = await playbooks.start('incident-1', 'model-degraded', 'ada');
    const asking = await runConfirmed(playbooks, id);
    expect(asking.steps[0]).toMatchObject({
      phase: 'unknown',
      attempt: 0,
      reason: expect.stringContaining('No data for gone'),
    });
    await expect(runConfirmed(playbooks, id)).rejects.toMatchObject({ code: 'decision-needed' });
    await playbooks.decide(id, 'x', 'retry', 'ada');
    expect(server.received).toHaveLength(0);
    const run = await runConfirmed(playbooks, id);
    expect(run.steps[0]?.phase).toBe('done');
  });

  it('sends nothing to production until the name is typed exactly', async () => {
    await using server = await startStepServer();
    const { playbooks } = bench(playbookOf([], [httpStep('x', server.url)]));
    const { id } = await playbooks.start('incident-1', 'model-degraded', 'ada');
    for (const confirmation of [undefined, '', 'Ranking-Model', 'ranking-model '])
      await expect(
        playbooks.runNext(id, {
          by: 'ada',
          ...(confirmation === undefined ? {} : { confirmation: { stepId: 'x', typed: confirmation } }),
        }),
      ).rejects.toMatchObject({ code: 'confirmation-needed', details: { type: 'ranking-model' } });
    expect(server.received).toHaveLength(0);
    expect((await runConfirmed(playbooks, id)).steps[0]?.phase).toBe('done');
  });

  it('needs what a person saw for a manual step', async () => {
    const { playbooks } = bench(playbookOf([], [manualStep('call')]));
    const { id } = await playbooks.start('incident-1', 'model-degraded', 'ada');
    await expect(playbooks.runNext(id, { by: 'ada' })).rejects.toMatchObject({ code: 'observation-needed' });
    const run = await playbooks.runNext(id, { by: 'ada', observed: 'they restarted it' });
    expect(run.steps[0]).toMatchObject({
      phase: 'done',
      output: 'ada saw: they restarted it',
      input: 'Call the owner.',
    });
  });

  it('retries a failed step with the same idempotency key and only with the name typed again', async () => {
    await using server = await startStepServer();
    server.answer((_request, response) => response.writeHead(503).end());
    const { playbooks } = bench(playbookOf([], [httpStep('x', server.url)]));
    const { id } = await playbooks.start('incident-1', 'model-degraded', 'ada');
    expect((await runConfirmed(playbooks, id)).steps[0]?.phase).toBe('failed');
    await expect(playbooks.retry(id, 'x', { by: 'ada' })).rejects.toMatchObject({
      code: 'confirmation-needed',
    });
    server.answer((_request, response) => response.end());
    const run = await playbooks.retry(id, 'x', CONFIRMED);
    expect(run.steps[0]).toMatchObject({ phase: 'done', attempt: 2 });
    const keys = server.received.map((one) => one.headers['idempotency-key']);
    expect(keys).toHaveLength(2);
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(keys[1]).toBe(keys[0]);
  });

  it('runs one command at a time, and two presses of a key send one request', async () => {
    await using server = await startStepServer();
    const { playbooks } = bench(playbookOf([], [httpStep('x', server.url)]));
    const { id } = await playbooks.start('incident-1', 'model-degraded', 'ada');
    const [first, second] = await Promise.allSettled([
      runConfirmed(playbooks, id),
      runConfirmed(playbooks, id),
    ]);
    expect(first.status).toBe('fulfilled');
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'step-running' } });
    expect(server.received).toHaveLength(1);
    await expect(playbooks.start('incident-1', 'nope', 'ada')).rejects.toMatchObject({
      code: 'playbook-not-found',
    });
    await expect(playbooks.start('nope', 'model-degraded', 'ada')).rejects.toMatchObject({
      code: 'incident-not-found',
    });
    await expect(runConfirmed(playbooks, 'nope')).rejects.toMatchObject({ code: 'run-not-found' });
  });

  it('stops a step under way, and says that its outcome is not known', async () => {
    await using server = await startStepServer();
    const { promise: arrived, resolve } = Promise.withResolvers<void>();
    server.answer(() => resolve());
    const { playbooks } = bench(
      playbookOf([], [httpStep('x', server.url, { timeoutMs: 60_000 }), manualStep('later')]),
    );
    const { id } = await playbooks.start('incident-1', 'model-degraded', 'ada');
    const running = runConfirmed(playbooks, id);
    await arrived;
    const run = await playbooks.stop(id, 'ada');
    await running;
    expect(run.steps.map((one) => one.phase)).toEqual(['unknown', 'skipped']);
    await expect(playbooks.start('incident-1', 'model-degraded', 'ada')).rejects.toMatchObject({
      code: 'run-in-progress',
    });
    expect((await playbooks.decide(id, 'x', 'done', 'ada')).endedAt).not.toBeNull();
  });

  it('shows in a dry run what it would send, and sends nothing', async () => {
    await using server = await startStepServer();
    const { playbooks, log } = bench(
      playbookOf(
        [],
        [
          httpStep('x', `${server.url}/do`, {
            condition: { query: 'cpu', is: '> 0.8' },
            verify: { query: 'err', is: '< 1' },
          }),
        ],
      ),
    );
    const { id } = await playbooks.start('incident-1', 'model-degraded', 'ada');
    const text = await playbooks.dryRun(id, 'x');
    expect(text).toContain('Dry run: nothing was sent.');
    expect(text).toContain(`POST ${server.url}/do\nidempotency-key: `);
    expect(text).toContain('{"service":"ranking-model"}');
    expect(text).toContain('Only if cpu > 0.8');
    expect(text).toContain('Verified by err < 1');
    expect(server.received).toHaveLength(0);
    expect(log.runs.get(id)?.revision).toBe(1);
  });

  it('fails a step whose request cannot be put together, without having begun it', async () => {
    const { playbooks, log } = bench(playbookOf([], [httpStep('x', '${vars.none}/x'), manualStep('later')]));
    const { id } = await playbooks.start('incident-1', 'model-degraded', 'ada');
    const run = await runConfirmed(playbooks, id);
    expect(run.steps[0]).toMatchObject({
      phase: 'failed',
      attempt: 0,
      reason: expect.stringContaining('${vars.none} has no value'),
    });
    expect(log.journal.size).toBe(0);
    expect(run.nextStep).toBe(1);
  });
});

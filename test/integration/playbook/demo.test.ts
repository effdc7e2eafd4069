import { Agent } from 'undici';
import { expect, it } from 'vitest';
import { createExecutor } from '../../../main/action/index.ts';
import { silentLogger, systemClock } from '../../../main/platform/index.ts';
import { loadWorkspace, resolveSecret } from '../../../main/workspace/index.ts';
import type { PlaybookRun } from '../../../shared/model/playbook.ts';
import { benchOf, MemoryRunLog, runConfirmed } from '../../support/playbook.ts';
import { type SimulatedFleet, startSimulatedFleet } from '../../support/simulated-fleet.ts';
import { DEMO_WORKSPACE, loadDeps } from '../../support/workspace.ts';

const START = Date.UTC(2026, 10, 24, 14);

async function benchFor(simulated: SimulatedFleet, playbookId: string) {
  const { checkExpression: _, ...deps } = loadDeps({ overrides: { vars: { fleet: simulated.server.url } } });
  const { workspace, problems } = await loadWorkspace(DEMO_WORKSPACE, deps);
  expect(problems).toEqual([]);
  const playbook = workspace?.playbooks.find((one) => one.id === playbookId);
  if (!workspace || !playbook) throw new Error('the demo workspace is not whole');
  const executor = createExecutor({
    clock: systemClock(),
    http: new Agent({ pipelining: 0 }),
    target: (id) => (id === 'fleet' ? simulated.target : undefined),
    secret: (reference) => resolveSecret(reference, {}),
    log: silentLogger(),
    verifyEveryMs: 1,
  });
  return benchOf({ log: new MemoryRunLog(), executor, playbook, vars: workspace.vars });
}

const phases = (run: PlaybookRun) => Object.fromEntries(run.steps.map((step) => [step.stepId, step.phase]));

it('finds the bad model of the demo, passes over what would not help, and rolls it back for real', async () => {
  await using simulated = await startSimulatedFleet(START);
  simulated.run(40);
  simulated.fleet.startFault({ kind: 'bad-model', service: 'ranking-model' }, 600_000);
  simulated.run(45);
  const { playbooks } = await benchFor(simulated, 'model-degraded');
  const { id } = await playbooks.start('incident-1', 'model-degraded', 'ada');
  await playbooks.runNext(id, { by: 'ada' });
  const found = await playbooks.runNext(id, { by: 'ada' });
  expect(found.rootCause).toBe(
    "The ranking model's version that serves now fails more than 1 % of its requests.",
  );
  await expect(playbooks.runNext(id, { by: 'ada' })).rejects.toMatchObject({ code: 'confirmation-needed' });
  const run = await runConfirmed(playbooks, id);
  expect(phases(run)).toEqual({
    'feature-availability': 'done',
    'compare-versions': 'found',
    'online-accuracy': 'skipped',
    'shift-traffic': 'skipped',
    'scale-out': 'skipped',
    'roll-back': 'done',
  });
  expect(run.steps.at(-1)?.verified).toMatch(/ is < 0\.0001$/);
  expect(run.steps[3]?.reason).toContain('1 is not > 1');
  const state = simulated.fleet.state().services.find((one) => one.service === 'ranking-model');
  expect(state?.version).toBe('v41');
  expect(simulated.server.received.map((one) => one.url)).toEqual(['/control/roll-back']);
});

it('finds in an outage that requests fail before the model, and asks for the owner of the other side', async () => {
  await using simulated = await startSimulatedFleet(START);
  simulated.run(40);
  const fault = simulated.fleet.startFault({ kind: 'upstream-outage', service: 'gateway' }, 600_000);
  simulated.run(30);
  const { playbooks } = await benchFor(simulated, 'upstream-outage');
  const { id } = await playbooks.start('incident-1', 'upstream-outage', 'ada');
  const found = await playbooks.runNext(id, { by: 'ada' });
  expect(found.rootCause).toContain('before they reach the ranking model');
  if (fault.ok) simulated.fleet.endFault(fault.value.id);
  const run = await playbooks.runNext(id, { by: 'ada', observed: 'The session service is back.' });
  expect(phases(run)).toMatchObject({ 'call-owner': 'done' });
  expect(run.steps.at(-1)?.verified).toMatch(/ is < 0\.0001$/);
});

it('finds nothing where nothing is wrong, and acts on nothing', async () => {
  await using simulated = await startSimulatedFleet(START);
  simulated.run(60);
  const { playbooks } = await benchFor(simulated, 'model-degraded');
  const { id } = await playbooks.start('incident-1', 'model-degraded', 'ada');
  for (let check = 0; check < 3; check += 1) await playbooks.runNext(id, { by: 'ada' });
  const run = await runConfirmed(playbooks, id);
  expect(run).toMatchObject({ rootCause: null, nextStep: null });
  expect(run.steps.map((step) => step.phase)).toEqual([
    'done',
    'done',
    'done',
    'skipped',
    'skipped',
    'skipped',
  ]);
  expect(simulated.server.received).toEqual([]);
});

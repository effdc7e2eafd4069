import { afterEach, describe, expect, it } from 'vitest';
import { silentLogger, startWorker, systemClock, type WorkerHandle } from '../../../main/platform/index.ts';
import { createObjectives, planObjective, type SloApi } from '../../../main/slo/index.ts';
import { packCases } from '../../../main/slo/slo-api.ts';
import { DAY_MS, MINUTE_MS } from '../../../shared/unit/time.ts';
import { counterTarget } from '../../support/counter-target.ts';
import { gatewayObjective, shippedPolicy } from '../../support/objective.ts';

const T0 = 1_800_000_000_000;
const policy = shippedPolicy('midwatch');
const facts = { pollMs: MINUTE_MS, blind: null };
let worker: WorkerHandle<SloApi> | undefined;

afterEach(async () => {
  await worker?.stop();
});

function start(): WorkerHandle<SloApi> {
  worker = startWorker<SloApi>({
    name: 'slo',
    entry: new URL('../../../main/slo/slo.worker.ts', import.meta.url),
    init: undefined,
    clock: systemClock(),
    log: silentLogger(),
  });
  return worker;
}

function burning() {
  const target = counterTarget();
  target.grow('requests', 10, T0 - 29 * DAY_MS, T0, MINUTE_MS);
  target.grow('failed', 5, T0 - 29 * DAY_MS, T0, MINUTE_MS);
  return target;
}

/** So much to decide that the thread is busy for a while. */
function burden() {
  const plan = planObjective(gatewayObjective(), policy);
  const count = { bad: 5, total: 10, seenFraction: 1, anchoredAt: null, known: true };
  const one = { plan, counts: plan.windowsMs.map(() => count), problem: null };
  return packCases(Array.from({ length: 30_000 }, () => one));
}

describe('the worker of the objectives', () => {
  it('decides in a thread of its own what the same functions decide here', async () => {
    const objectives = createObjectives({ worker: start(), policies: [policy], log: silentLogger() });
    const [status] = await objectives.evaluate([gatewayObjective()], burning(), T0, facts);
    expect(status).toMatchObject({ state: 'burning', holding: 'page' });
    expect(status?.reason).toContain('50 %');
    await objectives.idle();
  });

  it('killed in the middle leaves every objective blind, never a verdict, and decides again when it is back', async () => {
    const handle = start();
    const objectives = createObjectives({ worker: handle, policies: [policy], log: silentLogger() });
    const restarted = new Promise<void>((resolve) => {
      handle.onChange((health) => {
        if (health.condition === 'ok') resolve();
      });
    });
    const busy = handle.call.decide(burden()).then(
      () => 'decided',
      () => 'rejected',
    );
    const evaluating = objectives.evaluate([gatewayObjective()], burning(), T0, facts);
    while (handle.health().pending < 2) await new Promise((resolve) => setImmediate(resolve));
    await handle.kill();
    expect(await busy).toBe('rejected');
    const [status] = await evaluating;
    expect(status).toMatchObject({ state: 'blind', holding: null, windows: [], budgetRemaining: null });
    expect(status?.reason).toContain('The slo worker died');
    expect(status && objectives.observe(status).finding.kind).toBe('blind');
    await restarted;
    const [again] = await objectives.evaluate([gatewayObjective()], burning(), T0, facts);
    expect(again).toMatchObject({ state: 'burning', holding: 'page' });
    await objectives.idle();
  });
});

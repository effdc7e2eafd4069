import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ObjectiveStatus } from '../../../shared/model/objective.ts';
import type { PlaybookRun, StepPhase } from '../../../shared/model/playbook.ts';
import { NOW, objectiveStatus } from '../../support/incident.ts';
import { fired, type IncidentBench, incidentBench } from '../../support/incidents.ts';

let bench: IncidentBench;
let polls: number;
beforeEach(async () => {
  bench = await incidentBench();
  await bench.incidents.handleAlerts([fired()]);
  polls = 0;
});
afterEach(() => bench.remove());

const poll = async (pollErrorRate: number | null, change: Partial<ObjectiveStatus> = {}) => {
  polls += 1;
  await bench.clock.advance(1000);
  const status = objectiveStatus({
    evaluatedAt: NOW + polls * 1000,
    pollErrorRate,
    pollTotal: 120,
    state: 'ok',
    ...change,
  });
  await bench.incidents.onPoll(status);
};
const incident = () => {
  const [first] = bench.incidents.list();
  if (!first) throw new Error('no incident');
  return first;
};
const lastEntry = async () => (await bench.incidents.timeline(incident().id, 0)).at(-1);

describe('recovered', () => {
  it('is said after three polls in a row at or under budget, with their numbers', async () => {
    await poll(0);
    await poll(0.001);
    expect(incident().recoveredAt).toBeNull();
    await poll(0);
    expect(incident()).toMatchObject({
      phase: 'recovering',
      recoveredAt: NOW + 3000,
      mitigatedAt: NOW + 1000,
    });
    expect(await lastEntry()).toMatchObject({
      kind: 'recovered',
      title: 'Recovered after 3 s',
      detail:
        'gateway-availability: 3 polls in a row at or under 0.1 %: 0 of 120, 0 of 120, 0 of 120 failed; detected → recovering',
    });
  });

  it('starts again after one poll over budget', async () => {
    for (const rate of [0, 0, 0.002, 0, 0]) await poll(rate);
    expect(incident().recoveredAt).toBeNull();
    await poll(0);
    expect(incident().recoveredAt).not.toBeNull();
  });

  it('counts neither no data nor no traffic nor blindness, nor the same poll twice, nor one of before the opening', async () => {
    await poll(null);
    await poll(0, { pollTotal: 0 });
    await poll(0, { state: 'blind' });
    await poll(0, { evaluatedAt: NOW });
    await poll(0, { evaluatedAt: NOW + 50_000 });
    await poll(0, { evaluatedAt: NOW + 50_000 });
    await poll(0, { evaluatedAt: NOW + 51_000 });
    expect(incident().recoveredAt).toBeNull();
    await poll(null, { evaluatedAt: NOW + 52_000 });
    await poll(0, { evaluatedAt: NOW + 53_000 });
    expect(incident().recoveredAt).not.toBeNull();
  });

  it('needs all objectives of the incident', async () => {
    const other = objectiveStatus({ objective: { ...objectiveStatus().objective, id: 'other' } });
    await bench.incidents.handleAlerts([fired({ id: 'a2' }, { objectiveId: 'other' })]);
    for (let i = 0; i < 3; i += 1) await poll(0);
    expect(incident().recoveredAt).toBeNull();
    for (let i = 0; i < 3; i += 1) await poll(0, { objective: other.objective });
    expect(incident().recoveredAt).not.toBeNull();
  });

  it('goes back to mitigating after three polls over budget, recorded', async () => {
    for (let i = 0; i < 3; i += 1) await poll(0);
    await poll(0.5);
    await poll(0.5);
    expect(incident().phase).toBe('recovering');
    await poll(0.5);
    expect(incident()).toMatchObject({ phase: 'mitigating', recoveredAt: null, mitigatedAt: null });
    expect((await lastEntry())?.detail).toContain(
      '3 polls in a row over 0.1 %: 60 of 120, 60 of 120, 60 of 120 failed',
    );
  });

  it('goes back at once where its alert fires again', async () => {
    await bench.incidents.handleAlerts([fired({}, { change: 'resolved', at: NOW + 1 })]);
    for (let i = 0; i < 3; i += 1) await poll(0);
    await bench.incidents.handleAlerts([fired({}, { at: NOW + 9000 })]);
    expect(incident()).toMatchObject({ phase: 'mitigating', resolvedAt: null, recoveredAt: null });
  });
});

describe('a playbook run', () => {
  const run = (phase: StepPhase, endedAt: number | null): PlaybookRun => ({
    id: 'run-1',
    playbook: {
      id: 'p',
      title: 'Model degraded',
      description: '',
      services: [],
      objectives: [],
      diagnosis: [],
      mitigation: [
        {
          id: 'roll-back',
          title: 'Roll back',
          kind: 'manual',
          instruction: 'do',
          timeoutMs: 1,
          retryable: false,
        },
      ],
      definedAt: 'p.yaml:1',
    },
    incidentId: incident().id,
    startedAt: NOW,
    endedAt: null,
    revision: 1,
    steps: [
      {
        stepId: 'roll-back',
        section: 'mitigation',
        phase,
        attempt: 1,
        startedAt: NOW + 1,
        endedAt,
        actor: 'you',
        input: null,
        output: null,
        reason: null,
        verified: null,
      },
    ],
    nextStep: null,
    rootCause: null,
  });

  it('is attached, makes the incident mitigating when a mitigation begins and resolving when it is done, each once', async () => {
    await bench.incidents.attachRun(incident().id, 'run-1');
    await bench.incidents.followRun(run('running', null));
    expect(incident()).toMatchObject({ runId: 'run-1', phase: 'mitigating' });
    await bench.clock.advance(5000);
    const done = await bench.incidents.followRun(run('done', NOW + 5000));
    expect(done).toMatchObject({ phase: 'resolving', mitigatedAt: NOW + 5000 });
    expect(await bench.incidents.followRun(run('done', NOW + 5000))).toEqual(done);
    await bench.restart();
    expect(await bench.incidents.followRun(run('done', NOW + 5000))).toEqual(done);
  });

  it('that was done before a step back is no mitigation of what came after', async () => {
    await bench.incidents.followRun(run('done', NOW + 10));
    await bench.clock.advance(5000);
    await bench.incidents.changePhase(incident().id, 'mitigating', 'you', 'it did not hold', null);
    expect((await bench.incidents.followRun(run('done', NOW + 10))).phase).toBe('mitigating');
  });
});

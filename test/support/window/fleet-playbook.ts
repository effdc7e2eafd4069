import type { Playbook, PlaybookRun, StepRun } from '../../../shared/model/playbook.ts';
import { MINUTE_MS, SECOND_MS } from '../../../shared/unit/time.ts';

/** Seven steps: three that look, one that waits for a condition, one that scales, one that rolls back, one by hand. */
export const modelDegraded: Playbook = {
  id: 'model-degraded',
  title: 'model-degraded',
  description: 'A model serves slowly or wrongly after a promotion.',
  services: ['ranking-model'],
  objectives: ['ranking-latency'],
  definedAt: 'playbooks/model-degraded.yaml:1',
  diagnosis: [
    {
      id: 'by-version',
      kind: 'check',
      title: 'Compare P99 by model version',
      check: { query: 'p99_by_version{model="ranking"}', is: '> 100' },
      timeoutMs: 30_000,
      retryable: true,
      indicates: { when: { query: 'p99_v42 / p99_v41', is: '>= 2' }, cause: 'v42 is slow' },
    },
    {
      id: 'changes',
      kind: 'check',
      title: 'List changes of the last 2 h',
      check: { query: 'changes(build_info[2h])', is: '> 0' },
      timeoutMs: 30_000,
      retryable: true,
    },
    {
      id: 'features',
      kind: 'check',
      title: 'Check feature availability',
      check: { query: 'feature_available_ratio{feature="user_affinity_30d"}', is: '< 0.9' },
      timeoutMs: 30_000,
      retryable: true,
      indicates: {
        when: { query: 'feature_available_ratio', is: '< 0.5' },
        cause: 'user_affinity_30d 0.4 % available; each miss is recomputed on the embedding GPUs',
      },
    },
  ],
  mitigation: [
    {
      id: 'shift',
      kind: 'http',
      title: 'Shift traffic',
      condition: { query: 'p99_ms', is: '> 500' },
      timeoutMs: 60_000,
      retryable: true,
      request: {
        method: 'POST',
        url: 'http://127.0.0.1:9000/shift',
        headers: {},
        body: '{"to":"eu-2"}',
        expectStatus: [200],
      },
    },
    {
      id: 'scale',
      kind: 'http',
      title: 'Scale out embedding, +50 %',
      timeoutMs: 120_000,
      retryable: true,
      request: {
        method: 'POST',
        url: 'http://127.0.0.1:9000/scale',
        headers: { 'content-type': 'application/json' },
        body: '{"service":"embedding","replicas":12}',
        expectStatus: [200],
      },
    },
    {
      id: 'rollback',
      kind: 'http',
      title: 'Roll back model v42 → v41',
      confirm: 'ranking-model',
      timeoutMs: 300_000,
      retryable: false,
      verify: { query: 'p99_ms{service="ranking-model"}', is: '< 100' },
      undo: {
        method: 'POST',
        url: 'http://127.0.0.1:9000/deploy',
        headers: {},
        body: '{"version":"v42"}',
        expectStatus: [200],
      },
      request: {
        method: 'POST',
        url: 'http://127.0.0.1:9000/rollback',
        headers: { 'content-type': 'application/json' },
        body: '{"service":"ranking-model","to":"v41"}',
        expectStatus: [200],
      },
    },
    {
      id: 'verify',
      kind: 'manual',
      title: 'Verify: burn under 1× for 10 m',
      instruction: 'Watch the burn rate of ranking-latency until it stays under 1× for ten minutes.',
      timeoutMs: 900_000,
      retryable: true,
    },
  ],
};

/** A run that stands at its sixth step. */
export function runAtRollback(now: number, incidentId: string): PlaybookRun {
  const step = (
    stepId: string,
    section: StepRun['section'],
    phase: StepRun['phase'],
    agoMs: number,
    tookMs: number,
    output: string | null,
    reason: string | null = null,
  ): StepRun => ({
    stepId,
    section,
    phase,
    attempt: phase === 'waiting' ? 0 : 1,
    startedAt: phase === 'waiting' ? null : now - agoMs,
    endedAt: phase === 'waiting' ? null : now - agoMs + tookMs,
    actor: phase === 'waiting' ? null : 'You',
    input: null,
    output,
    reason,
    verified: null,
  });
  const waiting = (stepId: string) => step(stepId, 'mitigation', 'waiting', 0, 0, null);
  return {
    id: 'run-31',
    playbook: modelDegraded,
    incidentId,
    startedAt: now - 13 * MINUTE_MS,
    endedAt: null,
    revision: 6,
    nextStep: 5,
    rootCause: 'user_affinity_30d 0.4 % available; each miss is recomputed on the embedding GPUs',
    steps: [
      step('by-version', 'diagnosis', 'done', 13 * MINUTE_MS, 4 * SECOND_MS, 'v42 418 ms; v41 pods 64 ms'),
      step('changes', 'diagnosis', 'done', 12.7 * MINUTE_MS, 2 * SECOND_MS, 'one: ranking-model v42'),
      step(
        'features',
        'diagnosis',
        'found',
        11.5 * MINUTE_MS,
        6 * SECOND_MS,
        'user_affinity_30d 0.4 % available; each miss is recomputed on the embedding GPUs',
      ),
      step(
        'shift',
        'mitigation',
        'skipped',
        9.2 * MINUTE_MS,
        0,
        null,
        'condition p99_ms > 500 does not hold: 418',
      ),
      step(
        'scale',
        'mitigation',
        'done',
        9 * MINUTE_MS,
        48 * SECOND_MS,
        '8 → 12 replicas\n200\n{"service":"embedding","from":8,"to":12,"doneAt":1795492181840,"by":"autoscaler","revision":41}',
      ),
      waiting('rollback'),
      waiting('verify'),
    ],
  };
}

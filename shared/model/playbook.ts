import { z } from 'zod';

/** A PromQL condition: the expression's single value compared with a number, or "has any result". */
export const Condition = z.object({
  query: z.string(),
  source: z.string().optional(),
  /** `> 0.5`, `<= 100`, `== 0`, or `exists` / `absent`. */
  is: z.string(),
});
export type Condition = z.infer<typeof Condition>;

const StepBase = z.object({
  id: z.string(),
  title: z.string(),
  /** Only run where it holds on the current state. */
  condition: Condition.optional(),
  /** For diagnosis: where it holds, this step indicates the root cause. */
  indicates: z.object({ when: Condition, cause: z.string() }).optional(),
  timeoutMs: z.number(),
  retryable: z.boolean(),
  verify: Condition.optional(),
  expect: z.string().optional(),
});

export const HttpRequest = z.object({
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  url: z.string(),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.string().optional(),
  expectStatus: z.array(z.number()).default([200, 201, 202, 204]),
});
export type HttpRequest = z.infer<typeof HttpRequest>;

export const PlaybookStep = z.discriminatedUnion('kind', [
  StepBase.extend({ kind: z.literal('check'), check: Condition }),
  StepBase.extend({ kind: z.literal('manual'), instruction: z.string() }),
  StepBase.extend({
    kind: z.literal('http'),
    request: HttpRequest,
    /** What production asks a person to type before it runs. */
    confirm: z.string().optional(),
    undo: HttpRequest.optional(),
  }),
]);
export type PlaybookStep = z.infer<typeof PlaybookStep>;

export const Playbook = z.object({
  id: z.string(),
  title: z.string(),
  description: z.string(),
  /** Proposed for incidents on these services or objectives. */
  services: z.array(z.string()),
  objectives: z.array(z.string()),
  diagnosis: z.array(PlaybookStep),
  mitigation: z.array(PlaybookStep),
  definedAt: z.string(),
});
export type Playbook = z.infer<typeof Playbook>;

/**
 * waiting → running → done | found | skipped | failed; `unknown` is a step whose effect was begun
 * and whose outcome was lost in a crash: a person decides.
 */
export const StepPhase = z.enum(['waiting', 'running', 'done', 'found', 'skipped', 'failed', 'unknown']);
export type StepPhase = z.infer<typeof StepPhase>;

export const StepRun = z.object({
  stepId: z.string(),
  section: z.enum(['diagnosis', 'mitigation']),
  phase: StepPhase,
  attempt: z.number().int(),
  startedAt: z.number().nullable(),
  endedAt: z.number().nullable(),
  actor: z.string().nullable(),
  /** What was really asked, with its real arguments. */
  input: z.string().nullable(),
  output: z.string().nullable(),
  reason: z.string().nullable(),
  verified: z.string().nullable(),
});
export type StepRun = z.infer<typeof StepRun>;

export const PlaybookRun = z.object({
  id: z.string(),
  playbook: Playbook,
  incidentId: z.string(),
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  revision: z.number().int(),
  steps: z.array(StepRun),
  /** Index of the step that comes next; null when none is left. */
  nextStep: z.number().int().nullable(),
  rootCause: z.string().nullable(),
});
export type PlaybookRun = z.infer<typeof PlaybookRun>;

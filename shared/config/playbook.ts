import { z } from 'zod';
import { isComparison } from './comparison.ts';
import { duration, Identifier, Query, Title } from './duration.ts';

/** A PromQL condition as a file writes it. */
export const ConditionConfig = z.strictObject({
  query: Query,
  source: Identifier.optional(),
  is: z
    .string({ error: 'expected a comparison in quotes; write for example "> 0.5" or exists' })
    .refine(isComparison, {
      message: 'expected a comparison; write for example "> 0.5", "<= 100", exists or absent',
    }),
});
export type ConditionConfig = z.infer<typeof ConditionConfig>;

const SECRET_HEADER = /authorization|cookie|token|secret|api[-_]?key|password/i;
const SECRET_PLACEHOLDER = /\$\{(?:env|file|keychain):[^{}]+\}/;

const Headers = z.record(z.string(), z.string()).superRefine((headers, context) => {
  for (const [name, value] of Object.entries(headers)) {
    if (!SECRET_HEADER.test(name) || SECRET_PLACEHOLDER.test(value)) continue;
    context.addIssue({
      code: 'custom',
      path: [name],
      message: `expected a secret by its name, a literal in a file that lives in git is a leak; write for example "Bearer \${env:DEPLOY_TOKEN}"`,
    });
  }
});

/** A request as a file writes it. Placeholders are filled in the URL's path and query, in headers and in JSON strings. */
export const RequestConfig = z
  .strictObject({
    method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'], {
      error: 'expected a method: GET, POST, PUT, PATCH or DELETE',
    }),
    url: z
      .string()
      .min(1)
      .max(2_000)
      .regex(/^(?:https?:\/\/|\$\{vars\.[A-Za-z_][A-Za-z0-9_-]*\})/, {
        message: `expected an address that begins with http://, https:// or \${vars.NAME}`,
      })
      .refine((url) => !/^https?:\/\/[^/?#]*@/i.test(url), {
        message: `expected an address without a name or password; put them into a header as \${env:NAME}`,
      }),
    headers: Headers.default({}),
    json: z.json().optional(),
    text: z
      .string()
      .refine((text) => !text.includes('${'), {
        message: 'expected no placeholder in text; use json, where values are escaped',
      })
      .optional(),
    expect_status: z
      .array(
        z
          .number()
          .int()
          .min(200)
          .max(599)
          .refine((status) => status < 300 || status >= 400, {
            message: 'expected no redirect: none is followed',
          }),
      )
      .min(1)
      .optional(),
  })
  .refine((request) => request.json === undefined || request.text === undefined, {
    message: 'expected at most one of json and text',
  });
export type RequestConfig = z.infer<typeof RequestConfig>;

const StepConfig = z
  .strictObject({
    id: Identifier,
    title: Title,
    /** Asked when the step's turn comes; where it does not hold the step is passed over. */
    condition: ConditionConfig.optional(),
    check: ConditionConfig.optional(),
    manual: z.string().min(1).max(4_000).optional(),
    http: RequestConfig.optional(),
    /** What a person types before an http step runs; the target's name. */
    confirm: z.string().min(1).max(200).optional(),
    undo: RequestConfig.optional(),
    /** Without `when`, the check itself decides. */
    indicates: z.strictObject({ cause: Title, when: ConditionConfig.optional() }).optional(),
    /** For the effect, and again for its verification. */
    timeout: duration('30s'),
    retryable: z.boolean().default(true),
    verify: ConditionConfig.optional(),
    expect: z.string().max(1_000).optional(),
  })
  .superRefine((step, context) => {
    const say = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    const kinds = (['check', 'manual', 'http'] as const).filter((kind) => step[kind] !== undefined);
    if (kinds.length !== 1)
      context.addIssue({
        code: 'custom',
        message: `expected exactly one of check, manual and http, got ${kinds.length === 0 ? 'none' : kinds.join(' and ')}`,
      });
    if (step.http === undefined && step.confirm !== undefined) say('confirm', 'expected only beside http');
    if (step.http === undefined && step.undo !== undefined) say('undo', 'expected only beside http');
    if (step.check === undefined && step.indicates !== undefined)
      say('indicates', 'expected only beside check');
    if (step.http !== undefined && step.http.method !== 'GET' && step.confirm === undefined)
      say(
        'http',
        'expected confirm beside a request that changes something; write the name of the target to type',
      );
  });
export type StepConfig = z.infer<typeof StepConfig>;

/** `playbooks/*.yaml`: one playbook a document. */
export const PlaybookFile = z
  .strictObject({
    id: Identifier,
    title: Title,
    description: z.string().max(4_000).default(''),
    /** Proposed for incidents on these services or objectives. */
    services: z.array(Identifier).default([]),
    objectives: z.array(Identifier).default([]),
    diagnosis_steps: z.array(StepConfig).default([]),
    mitigation_actions: z.array(StepConfig).default([]),
  })
  .describe('A playbook: diagnosis steps until one indicates the root cause, then mitigation actions');
export type PlaybookFile = z.infer<typeof PlaybookFile>;

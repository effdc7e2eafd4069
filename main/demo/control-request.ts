import { z } from 'zod';
import { err, ok, type Result } from '../../shared/error/result.ts';
import { type ControlError, invalid } from './control-error.ts';
import { SERVICE_NAMES } from './topology.ts';

const Service = z.enum(SERVICE_NAMES);
const Version = z
  .string()
  .regex(/^[\w.-]{1,32}$/, 'a version is 1 to 32 letters, digits, dots, dashes or underscores');
const TtlSeconds = z.number().positive().max(86_400).default(600);
const ModelService = z.literal('ranking-model').default('ranking-model');

/** What may be asked of `POST /control/fault`; each kind carries its own parameters, all with defaults. */
export const FaultRequest = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('latency'),
    service: Service,
    addMs: z.number().min(1).max(10_000).default(120),
    ttlSeconds: TtlSeconds,
  }),
  z.strictObject({
    kind: z.literal('errors'),
    service: Service,
    share: z.number().gt(0).max(1).default(0.3),
    ttlSeconds: TtlSeconds,
  }),
  z.strictObject({
    kind: z.literal('crash'),
    service: Service,
    replicas: z.number().int().min(1).max(64).nullable().default(null),
    ttlSeconds: TtlSeconds,
  }),
  z.strictObject({ kind: z.literal('bad-model'), service: ModelService, ttlSeconds: TtlSeconds }),
  z.strictObject({
    kind: z.literal('stale-features'),
    service: z.literal('feature-store').default('feature-store'),
    expiredShare: z.number().gt(0).max(1).default(0.5),
    ttlSeconds: TtlSeconds,
  }),
  z.strictObject({
    kind: z.literal('upstream-outage'),
    service: z.literal('gateway').default('gateway'),
    ttlSeconds: TtlSeconds,
  }),
]);

export const ScaleRequest = z.strictObject({ service: Service, replicas: z.number().int().min(1).max(64) });

/** The fleet has one breaker, at the gateway before the ranking model; either end names it. */
export const BreakerRequest = z.strictObject({
  service: z.enum(['ranking-model', 'gateway']).default('ranking-model'),
  open: z.boolean(),
});

export const TrafficRequest = z.strictObject({
  service: ModelService,
  shares: z
    .record(Version, z.number().min(0).max(1))
    .refine(
      (shares) => Math.abs(Object.values(shares).reduce((sum, share) => sum + share, 0) - 1) < 0.001,
      'the shares must add up to 1',
    ),
});

/** `from`, where it is given, must be what runs: a roll-back sent twice then cannot go back twice. */
export const RollBackRequest = z.strictObject({ service: Service, from: Version.optional() });

export const DeployRequest = z.strictObject({ service: Service, version: Version });

export function readBody<T>(schema: z.ZodType<T>, text: string): Result<T, ControlError> {
  let body: unknown;
  try {
    body = JSON.parse(text === '' ? '{}' : text);
  } catch (error) {
    return err(
      invalid(
        `The body is not JSON (${error instanceof Error ? error.message : 'unreadable'}). Nothing was changed; send one JSON object.`,
      ),
    );
  }
  const parsed = schema.safeParse(body);
  if (parsed.success) return ok(parsed.data);
  const problems = parsed.error.issues.map(
    (issue) => `${issue.path.length > 0 ? issue.path.join('.') : 'body'}: ${issue.message}`,
  );
  return err(invalid(`The request was not understood and nothing was changed. ${problems.join('; ')}.`));
}

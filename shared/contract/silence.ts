import { oc } from '@orpc/contract';
import { z } from 'zod';
import { MaintenancePlan } from '../model/maintenance.ts';
import { Silence } from '../model/silence.ts';
import { contractErrors } from './error.ts';

const base = oc.errors(contractErrors);
const Id = z.object({ id: z.string().max(200) });
/** As people write them: `service="api", code=~"5.."`. */
const MatcherText = z.string().min(1).max(20_000);
const DurationMs = z.number().int().min(1_000);

/** What a silence would hold now; at most so many are listed, all are counted. */
export const SilencePreview = z.object({
  /** The matchers as they were understood; empty where they could not be. */
  matchers: z.string(),
  /** Why they cannot be used; null where they can. */
  problem: z.string().nullable(),
  /** Active alerts that match. */
  total: z.number().int(),
  alerts: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      service: z.string(),
      priority: z.string(),
      phase: z.string(),
    }),
  ),
});
export type SilencePreview = z.infer<typeof SilencePreview>;
export const PREVIEWED_MAX = 50;

export const silenceContract = {
  /** Those in force or to come, and those that ended within the last day. */
  list: base.output(z.array(Silence)),
  preview: base.input(z.object({ matchers: MatcherText })).output(SilencePreview),
  create: base
    .input(z.object({ matchers: MatcherText, comment: z.string().max(1_000), durationMs: DurationMs }))
    .output(Silence),
  /** Lasts so long from now on. */
  renew: base.input(Id.extend({ durationMs: DurationMs })).output(Silence),
  expire: base.input(Id).output(Silence),
  /** A maintenance window as it is being written: what is wrong with it, key by key, and when it would come. */
  planMaintenance: base
    .input(z.object({ config: z.record(z.string().max(100), z.json()) }))
    .output(MaintenancePlan),
};

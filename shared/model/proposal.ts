import { z } from 'zod';
import { Dimension } from './catalogue.ts';
import { SourceKind } from './source.ts';

/** A service that the metrics speak of. `known` is one that services.yaml has already. */
export const ServiceProposal = z.object({
  id: z.string(),
  known: z.boolean(),
  reason: z.string(),
  document: z.json(),
});
export type ServiceProposal = z.infer<typeof ServiceProposal>;

/** An objective to accept or not; `document` is OpenSLO, its target at `spec.objectives[0].target`. */
export const ObjectiveProposal = z.object({
  id: z.string(),
  service: z.string(),
  title: z.string(),
  kind: z.enum(['availability', 'latency']),
  target: z.number(),
  /** What the share of good events was over that time; null where there was no traffic or it could not be asked. */
  observed: z.number().nullable(),
  observedOverMs: z.number().nullable(),
  reason: z.string(),
  document: z.json(),
});
export type ObjectiveProposal = z.infer<typeof ObjectiveProposal>;

export const DetectorProposal = z.object({
  id: z.string(),
  service: z.string(),
  title: z.string(),
  query: z.string(),
  reason: z.string(),
  document: z.json(),
});
export type DetectorProposal = z.infer<typeof DetectorProposal>;

/** What was found in a source, and what to make of it. Names and labels are hostile text. */
export const Discovery = z.object({
  metrics: z.number().int(),
  signals: z.array(
    z.object({
      id: z.string(),
      metric: z.string(),
      means: z.string(),
      dimension: Dimension,
      convention: z.string(),
    }),
  ),
  services: z.array(ServiceProposal),
  objectives: z.array(ObjectiveProposal),
  detectors: z.array(DetectorProposal),
  /** What was left out, and why. */
  notes: z.array(z.string()),
});
export type Discovery = z.infer<typeof Discovery>;

/** What answers at an address. */
export const ProbeAnswer = z.object({
  kind: SourceKind,
  /** The address to write, which may be another than was pasted. */
  url: z.string(),
  latencyMs: z.number(),
  said: z.string(),
});
export type ProbeAnswer = z.infer<typeof ProbeAnswer>;

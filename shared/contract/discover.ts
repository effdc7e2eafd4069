import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { CatalogueFile } from '../model/catalogue.ts';
import { Discovery, ProbeAnswer } from '../model/proposal.ts';
import { contractErrors } from './error.ts';

const base = oc.errors(contractErrors);

/** Secrets by reference only: a typed one is kept by `secret.keep` first. */
const Address = z.object({
  url: z.string().min(1).max(2_000),
  auth: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('none') }),
    z.object({ kind: z.literal('bearer'), token: z.string().max(500) }),
    z.object({ kind: z.literal('basic'), username: z.string().max(200), password: z.string().max(500) }),
  ]),
  /** The authority of its certificate, as `tls.ca` of a source; without one those that the system trusts. */
  ca: z.string().max(500).optional(),
});
export type Address = z.infer<typeof Address>;

export const LookEvent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), done: z.number().int(), of: z.number().int(), what: z.string() }),
  z.object({ kind: z.literal('found'), discovery: Discovery }),
]);
export type LookEvent = z.infer<typeof LookEvent>;

export const discoverContract = {
  /** The signal catalogue: conventions of metric names, by dimension, with panels. */
  catalogue: base.output(z.array(CatalogueFile)),
  /** What answers at the address; nothing is kept. The refusal says what is wrong and what to do. */
  probe: base.input(Address).output(ProbeAnswer),
  /** Looks at a running source (`sourceId` alone) or at a Prometheus that is not one yet; ends with `found`. Stop by closing. */
  look: base
    .input(z.object({ sourceId: z.string().min(1).max(63), address: Address.optional() }))
    .output(eventIterator(LookEvent)),
};

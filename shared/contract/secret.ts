import { oc } from '@orpc/contract';
import { z } from 'zod';
import { contractErrors } from './error.ts';

const base = oc.errors(contractErrors);

/** How long a secret that is typed now is kept: in the system's keyring, or until this session ends. */
export const SecretPlace = z.enum(['sealed', 'session']);
export type SecretPlace = z.infer<typeof SecretPlace>;

/** Secrets go in and never come out: no request answers one, nor which there are. */
export const secretContract = {
  /** Where a secret would be kept; `problem` says why not in the keyring, and what to do. */
  place: base.output(z.object({ place: SecretPlace, problem: z.string().nullable() })),
  keep: base
    .input(
      z.object({
        name: z
          .string()
          .max(100)
          .regex(/^[A-Za-z0-9_.-]+$/),
        secret: z.string().min(1).max(65_536),
      }),
    )
    .output(z.object({ place: SecretPlace, reference: z.string(), problem: z.string().nullable() })),
};

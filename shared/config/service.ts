import { z } from 'zod';
import { Identifier, Title } from './duration.ts';

export const ServiceConfig = z
  .strictObject({
    id: Identifier,
    title: Title.optional(),
    owner: z.string().max(200).default(''),
    tier: z
      .number({ error: 'expected a tier from 1 (most important) to 4' })
      .int()
      .min(1, { message: 'expected a tier from 1 (most important) to 4' })
      .max(4, { message: 'expected a tier from 1 (most important) to 4' })
      .default(3),
    depends_on: z.array(Identifier).default([]),
    links: z
      .record(z.string(), z.url({ protocol: /^https?$/, error: 'expected an http or https address' }))
      .default({}),
  })
  .describe('A service of the catalogue');
export type ServiceConfig = z.infer<typeof ServiceConfig>;

/** `services.yaml`: the catalogue, from which owner, tier and dependencies come. */
export const ServicesFile = z.strictObject({ services: z.array(ServiceConfig) });
export type ServicesFile = z.infer<typeof ServicesFile>;

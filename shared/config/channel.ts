import { z } from 'zod';
import { CommandArguments, fieldProblem, TemplateBody, TemplateText } from './channel-template.ts';
import { durationBetween } from './channel-time.ts';
import { isSecretReference, SecretReference } from './source-part.ts';

const HttpAddress = z.url({ protocol: /^https?$/ }).refine((text) => !/^[a-z]+:\/\/[^/?#]*@/i.test(text), {
  message: 'must not carry a user or password; use headers with a secret reference',
});
/** One message for each mistake: of a union, people are only told that nothing fitted. */
const Address = z.string().superRefine((text, context) => {
  const found = isSecretReference(text) ? undefined : HttpAddress.safeParse(text).error?.issues[0];
  if (found?.code === 'custom') context.addIssue({ code: 'custom', message: found.message });
  else if (found)
    context.addIssue({
      code: 'custom',
      message: 'expected an http address, or a secret as keychain:NAME, env:NAME or file:PATH',
    });
});
const Headers = z.record(z.string().regex(/^[A-Za-z0-9-]+$/), SecretReference).default({});
const timeout = durationBetween('1s', '60s', '10s');

/** A request of its own for one kind of news; where it is left out, the channel's own request is sent. */
const JsonRequest = z.strictObject({
  url: TemplateText.optional(),
  method: z.enum(['POST', 'PUT', 'PATCH']).default('POST'),
  body: TemplateBody,
});

const Email = z
  .strictObject({
    kind: z.literal('email'),
    to: z.array(z.email()).min(1).max(50),
    from: z.email(),
    host: z.string().min(1).max(253),
    port: z.number().int().min(1).max(65_535).default(587),
    /** `starttls`: encrypted or not sent; `implicit`: TLS from the first byte; `none`: a server on this machine. */
    tls: z.enum(['starttls', 'implicit', 'none']).default('starttls'),
    /** The certificate authority of a server of one's own, as PEM. */
    ca: SecretReference.optional(),
    user: z.string().min(1).max(320).optional(),
    password: SecretReference.optional(),
    timeout,
  })
  .refine((one) => (one.user === undefined) === (one.password === undefined), {
    message: 'expected user and password together, or neither',
    path: ['user'],
  })
  .refine((one) => one.tls !== 'none' || isLoopback(one.host), {
    message: 'expected starttls or implicit: mail leaves this machine encrypted or not at all',
    path: ['tls'],
  });

/** One way to reach a receiver. */
export const ChannelConfig = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('desktop') }),
  z.strictObject({ kind: z.literal('browser') }),
  z.strictObject({
    kind: z.literal('webhook'),
    url: Address,
    headers: Headers,
    /** Signs each request, so that the receiver knows who sent it and when. */
    signing_secret: SecretReference.optional(),
    timeout,
  }),
  z.strictObject({ kind: z.literal('slack'), url: SecretReference, timeout }),
  Email,
  z.strictObject({
    kind: z.literal('pagerduty'),
    routing_key: SecretReference,
    url: HttpAddress.default('https://events.pagerduty.com/v2/enqueue'),
    timeout,
  }),
  z.strictObject({
    kind: z.literal('json'),
    url: TemplateText.refine(
      (text) => /^(keychain|env|file):.+$|^https?:\/\/[^\s/{}@]+([/?]|$)/i.test(text),
      {
        message: 'expected an http address whose host has no placeholder, or a secret reference',
      },
    ),
    method: z.enum(['POST', 'PUT', 'PATCH']).default('POST'),
    headers: Headers,
    body: TemplateBody,
    acknowledge: JsonRequest.optional(),
    resolve: JsonRequest.optional(),
    /** What a value of a field is called there: `priority: {P0: critical}`. */
    words: z
      .record(z.string(), z.record(z.string().max(100), z.string().max(200)))
      .default({})
      .superRefine((words, context) => {
        for (const field of Object.keys(words)) {
          const message = fieldProblem(field);
          if (message) context.addIssue({ code: 'custom', message, path: [field] });
        }
      }),
    timeout,
  }),
  z.strictObject({
    kind: z.literal('alertmanager'),
    /** Where Alertmanager answers; `/api/v2/alerts` is added. */
    url: Address,
    headers: Headers,
    /** So long it fires there without being said again: this machine may be asleep meanwhile. */
    keep_for: durationBetween('5m', '31d', '1d'),
    timeout,
  }),
  z.strictObject({
    kind: z.literal('command'),
    argv: CommandArguments,
    /** Environment variables from secrets; nothing else of this process's environment but PATH, HOME and LANG. */
    env: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), SecretReference).default({}),
    timeout,
  }),
]);
export type ChannelConfig = z.infer<typeof ChannelConfig>;
export type ChannelOf<Kind extends ChannelConfig['kind']> = Extract<ChannelConfig, { kind: Kind }>;

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

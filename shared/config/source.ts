import { z } from 'zod';
import { formatDuration, SECOND_MS } from '../unit/time.ts';
import { PushSource } from './push-source.ts';
import { RelabelRules } from './relabel.ts';
import {
  Duration,
  Identifier,
  isSecretReference,
  LabelSet,
  SecretReference,
  SeverityPriorities,
} from './source-part.ts';
import { SECRET_NAME, splitAddress, WebAddress } from './web-address.ts';

export { isSecretReference, type ReferenceUse } from './source-part.ts';

/** Certificates are public: they may stand in the file as PEM text, or be named like a secret. */
const Certificate = z
  .string()
  .refine((text) => isSecretReference(text) || text.trimStart().startsWith('-----BEGIN CERTIFICATE-----'), {
    message: 'is neither file:PATH, env:NAME or keychain:NAME nor a certificate in PEM text',
  });

/** Set by the client itself: an own value would break the connection or smuggle a second request. */
const RESERVED_HEADERS = new Set([
  'host',
  'connection',
  'content-length',
  'content-type',
  'transfer-encoding',
  'accept-encoding',
  'upgrade',
  'te',
]);

const Headers = z.record(z.string(), z.string().max(4096)).superRefine((headers, context) => {
  for (const [name, value] of Object.entries(headers)) {
    const problem = headerProblem(name, value);
    if (problem) context.addIssue({ code: 'custom', path: [name], message: problem });
  }
});

function headerProblem(name: string, value: string): string | undefined {
  if (!/^[A-Za-z0-9!#$%&'*+.^_|~-]{1,128}$/.test(name)) return 'is not the name of a header';
  if (RESERVED_HEADERS.has(name.toLowerCase())) return 'is a header that Midwatch sets itself';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a line break in a value would be a second header
  if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(value)) return 'holds a control character';
  if (SECRET_NAME.test(name) && !isSecretReference(value))
    return 'is a header that carries a secret. Name its value as keychain:NAME, env:NAME or file:PATH';
  return undefined;
}

const Auth = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({ kind: z.literal('basic'), username: z.string().min(1), password: SecretReference }),
  z.strictObject({ kind: z.literal('bearer'), token: SecretReference }),
]);

/** Trust and client certificate. `cert` and `key` together are mutual TLS; verification cannot be switched off. */
const Tls = z
  .strictObject({
    ca: Certificate.optional(),
    cert: Certificate.optional(),
    key: SecretReference.optional(),
    server_name: z.string().min(1).optional(),
  })
  .refine((tls) => (tls.cert === undefined) === (tls.key === undefined), {
    message: 'needs cert and key together, or neither',
  });

const common = {
  id: Identifier,
  title: z.string().min(1).max(200).optional(),
  poll_every: Duration.prefault('15s'),
  timeout: Duration.optional(),
  connect_timeout: Duration.prefault('5s'),
  /** Requests at one time: a watcher must not become the load. */
  concurrency: z.number().int().min(1).max(64).default(8),
  /** Requests in a time: what is over it waits its turn. */
  rate_limit: z
    .strictObject({
      requests: z.number().int().min(1).max(10_000).default(200),
      per: Duration.prefault('1s'),
    })
    .prefault({}),
  auth: Auth.prefault({ kind: 'none' }),
  headers: Headers.default({}),
  tls: Tls.optional(),
};

const TARGET_TIMEOUT_MAX_MS = 10 * SECOND_MS;
const POLL_MIN_MS = 200;

interface CommonInput {
  readonly id: string;
  readonly title?: string | undefined;
  readonly poll_every: number;
  readonly connect_timeout: number;
  readonly concurrency: number;
  readonly rate_limit: { readonly requests: number; readonly per: number };
  readonly auth: z.output<typeof Auth>;
  readonly headers: Readonly<Record<string, string>>;
  readonly tls?: z.output<typeof Tls> | undefined;
}

function connectionOf(input: CommonInput, timeoutMs: number) {
  return {
    id: input.id,
    title: input.title ?? input.id,
    pollEveryMs: input.poll_every,
    timeoutMs,
    connectTimeoutMs: Math.min(input.connect_timeout, timeoutMs),
    concurrency: input.concurrency,
    rateLimit: { requests: input.rate_limit.requests, perMs: input.rate_limit.per },
    auth: input.auth,
    headers: input.headers,
    tls: {
      ca: input.tls?.ca ?? null,
      cert: input.tls?.cert ?? null,
      key: input.tls?.key ?? null,
      serverName: input.tls?.server_name ?? null,
    },
  };
}

function pollProblem(pollEveryMs: number): string | undefined {
  return pollEveryMs < POLL_MIN_MS
    ? `is shorter than ${formatDuration(POLL_MIN_MS)}: the watch would load what it watches`
    : undefined;
}

/** A Prometheus-compatible API. Its queries may take longer than a poll: a poll that is still going counts as missed. */
const PrometheusSource = z
  .strictObject({ kind: z.literal('prometheus'), url: WebAddress, ...common })
  .superRefine((input, context) => {
    const problem = pollProblem(input.poll_every);
    if (problem) context.addIssue({ code: 'custom', path: ['poll_every'], message: problem });
  })
  .transform((input) => ({
    kind: input.kind,
    url: input.url,
    ...connectionOf(input, input.timeout ?? TARGET_TIMEOUT_MAX_MS),
  }));

/** An Alertmanager: its alerts are read from API v2 and become alerts here. No expression can be asked of it. */
const AlertmanagerSource = z
  .strictObject({
    kind: z.literal('alertmanager'),
    url: WebAddress,
    priorities: SeverityPriorities,
    /** `read`: its silences hold here as well. `share`: those made here are also put there. */
    silences: z.enum(['ignore', 'read', 'share']).default('read'),
    ...common,
  })
  .superRefine((input, context) => {
    const problem = pollProblem(input.poll_every);
    if (problem) context.addIssue({ code: 'custom', path: ['poll_every'], message: problem });
  })
  .transform((input) => ({
    kind: input.kind,
    url: input.url,
    priorities: input.priorities,
    silences: input.silences,
    ...connectionOf(input, input.timeout ?? TARGET_TIMEOUT_MAX_MS),
  }));

const Target = z.strictObject({
  id: Identifier,
  url: WebAddress,
  labels: LabelSet.default({}),
});

/** Targets that Midwatch scrapes itself. A scrape must end before the next begins. */
const ExpositionSource = z
  .strictObject({
    kind: z.literal('exposition'),
    /** The `job` label; the source's id where none is given. */
    job: z.string().min(1).optional(),
    /** Attached to each target; a target's own labels win. */
    labels: LabelSet.default({}),
    targets: z.array(Target).min(1),
    /** One runaway label must not fill the disk: over the cap a scrape is refused whole, as part of it would be a lie. */
    series_limit: z.number().int().min(1).max(1_000_000).default(50_000),
    /** Applied to each series after the target's labels are on it; Prometheus calls it metric_relabel_configs. */
    metric_relabel: RelabelRules.default([]),
    /** Where both have a label, true keeps what the target exposed; false keeps that as `exported_…`. */
    honor_labels: z.boolean().default(false),
    /** False takes the time of the scrape for every sample. */
    honor_timestamps: z.boolean().default(true),
    ...common,
  })
  .superRefine((input, context) => {
    const problem = pollProblem(input.poll_every);
    if (problem) context.addIssue({ code: 'custom', path: ['poll_every'], message: problem });
    if (input.timeout !== undefined && input.timeout >= input.poll_every)
      context.addIssue({
        code: 'custom',
        path: ['timeout'],
        message: `must be shorter than poll_every (${formatDuration(input.poll_every)}): a scrape must end before the next begins`,
      });
    const ids = new Set<string>();
    const labelSets = new Set<string>();
    for (const [index, target] of input.targets.entries()) {
      if (ids.has(target.id))
        context.addIssue({ code: 'custom', path: ['targets', index, 'id'], message: 'is used twice' });
      ids.add(target.id);
      const key = JSON.stringify(Object.entries(targetLabels(input, target)).sort());
      if (labelSets.has(key))
        context.addIssue({
          code: 'custom',
          path: ['targets', index, 'labels'],
          message:
            'has the labels of another target: their series could not be told apart. Give it an instance label of its own',
        });
      labelSets.add(key);
    }
  })
  .transform((input) => ({
    kind: input.kind,
    targets: input.targets.map((target) => ({
      id: target.id,
      url: target.url,
      labels: targetLabels(input, target),
    })),
    seriesLimit: input.series_limit,
    metricRelabel: input.metric_relabel,
    honorLabels: input.honor_labels,
    honorTimestamps: input.honor_timestamps,
    ...connectionOf(
      input,
      input.timeout ?? Math.max(1, Math.min(TARGET_TIMEOUT_MAX_MS, Math.round(input.poll_every * 0.8))),
    ),
  }));

function targetLabels(
  source: { readonly id: string; readonly job?: string | undefined; readonly labels: Record<string, string> },
  target: { readonly url: string; readonly labels: Record<string, string> },
): Record<string, string> {
  const address = splitAddress(target.url);
  return {
    job: source.job ?? source.id,
    instance: address ? `${address.host}:${address.port}` : target.url,
    ...source.labels,
    ...target.labels,
  };
}

/** One source as `midwatch.yaml` writes it; parsed, durations are milliseconds and each target has all its labels. */
export const SourceConfig = z.discriminatedUnion('kind', [
  PrometheusSource,
  ExpositionSource,
  AlertmanagerSource,
  PushSource,
]);
export type SourceConfig = z.output<typeof SourceConfig>;
export type PrometheusSourceConfig = Extract<SourceConfig, { kind: 'prometheus' }>;
export type ExpositionSourceConfig = Extract<SourceConfig, { kind: 'exposition' }>;
export type AlertmanagerSourceConfig = Extract<SourceConfig, { kind: 'alertmanager' }>;
export type PushSourceConfig = Extract<SourceConfig, { kind: 'push' }>;
export type ExpositionTargetConfig = ExpositionSourceConfig['targets'][number];
/** What those kinds need to reach a server that are asked; a push source asks nobody. */
export type ConnectionConfig = Pick<
  Exclude<SourceConfig, { kind: 'push' }>,
  'timeoutMs' | 'connectTimeoutMs' | 'concurrency' | 'auth' | 'headers' | 'tls'
>;

/** All sources of a workspace. */
export const SourceList = z.array(SourceConfig).superRefine((sources, context) => {
  const ids = new Set<string>();
  for (const [index, source] of sources.entries()) {
    if (ids.has(source.id))
      context.addIssue({ code: 'custom', path: [index, 'id'], message: 'is the id of another source' });
    ids.add(source.id);
  }
});
export type SourceList = z.output<typeof SourceList>;

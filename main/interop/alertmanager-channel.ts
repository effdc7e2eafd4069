import type { ChannelConfig, ChannelOf } from '../../shared/config/channel.ts';

/** A channel as an integration of Alertmanager, with what it needs to know; or why there is none. */
export type ChannelOut =
  | { readonly key: string; readonly config: Record<string, unknown>; readonly needs: readonly string[] }
  | { readonly left: string };

/** A path that Alertmanager reads a secret from; null where the secret is kept otherwise. */
const fileOf = (reference: string): string | null => /^file:(.+)$/.exec(reference)?.[1] ?? null;

const USUAL_TIMEOUT_MS = 10_000;
const PAGERDUTY = 'https://events.pagerduty.com/v2/enqueue';
/** Alertmanager speaks TLS from the first byte on this port, and on no other. */
const IMPLICIT_TLS_PORT = 465;

/** What Alertmanager has for one way to reach a receiver. Secrets go over as the files that they are in, and never as text. */
export function channelOut(channel: ChannelConfig): ChannelOut {
  switch (channel.kind) {
    case 'webhook':
      return webhookOut(channel);
    case 'slack':
      return slackOut(channel);
    case 'pagerduty':
      return pagerdutyOut(channel);
    case 'email':
      return emailOut(channel);
    case 'desktop':
    case 'browser':
      return { left: `${channel.kind} is this machine’s screen, which Alertmanager cannot reach.` };
    case 'json':
      return {
        left: 'json is not carried over: Alertmanager writes its own bodies. For Opsgenie write opsgenie_configs with api_key_file there, for others a webhook that rewrites them.',
      };
    case 'alertmanager':
      return {
        left: 'alertmanager is not carried over: one Alertmanager sends nothing to another; have Prometheus send to both.',
      };
    case 'command':
      return {
        left: 'command is not carried over: Alertmanager starts no programs; put a webhook before it.',
      };
  }
}

function webhookOut({ url, headers, signing_secret, timeout }: ChannelOf<'webhook'>): ChannelOut {
  if (signing_secret !== undefined)
    return {
      left: 'webhook is not carried over: Alertmanager does not sign, and its receiver would refuse it.',
    };
  const names = Object.keys(headers);
  if (names.length > 0)
    return {
      left: `webhook is not carried over with its headers (${names.join(', ')}). Of an Authorization header put the part after its first word into a file and name that in http_config.authorization.credentials_file there.`,
    };
  const path = fileOf(url);
  if (path !== null)
    return hook('webhook', { url_file: path }, timeout, ['url_file needs Alertmanager 0.26 or later']);
  return /^https?:/.test(url)
    ? hook('webhook', { url }, timeout)
    : { left: keptElsewhere('webhook', 'url', url, 'url_file') };
}

function slackOut({ url, timeout }: ChannelOf<'slack'>): ChannelOut {
  const path = fileOf(url);
  return path === null
    ? { left: keptElsewhere('slack', 'url', url, 'api_url_file') }
    : hook('slack', { api_url_file: path }, timeout);
}

function pagerdutyOut({ routing_key, url, timeout }: ChannelOf<'pagerduty'>): ChannelOut {
  const path = fileOf(routing_key);
  return path === null
    ? { left: keptElsewhere('pagerduty', 'routing_key', routing_key, 'routing_key_file') }
    : hook('pagerduty', { routing_key_file: path, ...(url === PAGERDUTY ? {} : { url }) }, timeout, [
        'routing_key_file needs Alertmanager 0.25 or later',
      ]);
}

function emailOut(channel: ChannelOf<'email'>): ChannelOut {
  const { to, from, host, port, tls, user, password, ca, timeout } = channel;
  if ((tls === 'implicit') !== (port === IMPLICIT_TLS_PORT))
    return {
      left: `email is not carried over: with tls ${tls} on port ${port}; Alertmanager speaks TLS from the first byte on port ${IMPLICIT_TLS_PORT}, and only there.`,
    };
  const passwordFile = password === undefined ? undefined : fileOf(password);
  if (password !== undefined && passwordFile === null)
    return { left: keptElsewhere('email', 'password', password, 'auth_password_file') };
  const caFile = ca === undefined ? undefined : fileOf(ca);
  if (ca !== undefined && caFile === null)
    return { left: keptElsewhere('email', 'ca', ca, 'tls_config.ca_file') };
  const config = {
    to: to.join(', '),
    from,
    smarthost: `${host.includes(':') ? `[${host}]` : host}:${port}`,
    require_tls: tls === 'starttls',
    ...(user === undefined ? {} : { auth_username: user, auth_password_file: passwordFile }),
    ...(caFile === undefined ? {} : { tls_config: { ca_file: caFile } }),
  };
  return hook(
    'email',
    config,
    timeout,
    user === undefined ? [] : ['auth_password_file needs Alertmanager 0.25 or later'],
  );
}

function hook(
  kind: string,
  config: Record<string, unknown>,
  timeoutMs: number,
  needs: readonly string[] = [],
): ChannelOut {
  const timeout =
    timeoutMs === USUAL_TIMEOUT_MS
      ? []
      : [`its timeout of ${timeoutMs / 1_000} s is not carried over: Alertmanager has one of its own`];
  return {
    key: `${kind}_configs`,
    config: { ...config, send_resolved: true },
    needs: [...needs, ...timeout],
  };
}

function keptElsewhere(kind: string, field: string, reference: string, key: string): string {
  return `${kind} is not carried over: its ${field} is ${reference}, and Alertmanager reads secrets from files. Put it into a file of mode 0600 that Alertmanager may read, and name it here as file:PATH, or there as ${key}.`;
}

/** Defaults that a file of Alertmanager has for all of its receivers. */
export type GlobalKeys = Readonly<Record<string, unknown>>;

/** A channel of ours, and keys of the integration that have no meaning here; or why there is none. */
export type ChannelIn =
  | { readonly channel: Record<string, unknown>; readonly unread: readonly string[] }
  | { readonly left: string };

/** What Midwatch has for one integration of an Alertmanager. */
export function channelIn(
  key: string,
  config: Readonly<Record<string, unknown>>,
  global: GlobalKeys,
): ChannelIn {
  switch (key) {
    case 'webhook_configs':
      return webhookIn(config);
    case 'slack_configs':
      return slackIn(config, global);
    case 'pagerduty_configs':
      return pagerdutyIn(config, global);
    case 'email_configs':
      return emailIn(config, global);
    default:
      return { left: `${key} is not carried over; write its channel by hand.` };
  }
}

function webhookIn(config: Readonly<Record<string, unknown>>): ChannelIn {
  const unread = unreadOf(config, ['url', 'url_file']);
  if (typeof config.url_file === 'string')
    return { channel: { kind: 'webhook', url: `file:${config.url_file}` }, unread };
  return typeof config.url === 'string' && URL.canParse(config.url)
    ? { channel: { kind: 'webhook', url: config.url }, unread }
    : { left: 'webhook_configs is not carried over: it has no address.' };
}

function slackIn(config: Readonly<Record<string, unknown>>, global: GlobalKeys): ChannelIn {
  const path = config.api_url_file ?? (config.api_url === undefined ? global.slack_api_url_file : undefined);
  return typeof path === 'string'
    ? { channel: { kind: 'slack', url: `file:${path}` }, unread: unreadOf(config, ['api_url_file']) }
    : { left: written('slack_configs', 'api_url', 'api_url_file') };
}

function pagerdutyIn(config: Readonly<Record<string, unknown>>, global: GlobalKeys): ChannelIn {
  const { routing_key_file: path } = config;
  const url = config.url ?? global.pagerduty_url;
  return typeof path === 'string'
    ? {
        channel: {
          kind: 'pagerduty',
          routing_key: `file:${path}`,
          ...(typeof url === 'string' ? { url } : {}),
        },
        unread: unreadOf(config, ['routing_key_file', 'url']),
      }
    : { left: written('pagerduty_configs', 'routing_key', 'routing_key_file') };
}

function emailIn(config: Readonly<Record<string, unknown>>, global: GlobalKeys): ChannelIn {
  const read = (name: string) => config[name] ?? global[`smtp_${name}`];
  const { to } = config;
  const [from, smarthost] = [read('from'), read('smarthost')];
  const [, host, port] = (typeof smarthost === 'string' && /^\[?(.+?)\]?:(\d+)$/.exec(smarthost)) || [];
  if (typeof to !== 'string' || typeof from !== 'string' || host === undefined)
    return { left: 'email_configs is not carried over: it names no recipient, sender or server.' };
  const [user, passwordFile] = [read('auth_username'), read('auth_password_file')];
  if (user !== undefined && typeof passwordFile !== 'string')
    return { left: written('email_configs', 'auth_password', 'auth_password_file') };
  const isImplicit = Number(port) === IMPLICIT_TLS_PORT;
  const tls = isImplicit ? 'implicit' : read('require_tls') === false ? 'none' : 'starttls';
  if (tls === 'none' && !/^(localhost|::1|127(\.\d{1,3}){3})$/.test(host))
    return {
      left: `email_configs is not carried over: it sends to ${host} without encryption, which is refused here.`,
    };
  const ca = caOf(config.tls_config);
  return {
    channel: {
      kind: 'email',
      to: to.split(',').map((one) => one.trim()),
      from,
      host,
      port: Number(port),
      tls,
      ...(user === undefined ? {} : { user, password: `file:${passwordFile}` }),
      ...(ca === null ? {} : { ca: `file:${ca}` }),
    },
    unread: unreadOf(config, [
      'to',
      'from',
      'smarthost',
      'auth_username',
      'auth_password_file',
      'require_tls',
      ...(ca === null ? [] : ['tls_config']),
    ]),
  };
}

/** The one key of `tls_config` that has a meaning here; null where there is none, or more than that. */
function caOf(tls: unknown): string | null {
  if (typeof tls !== 'object' || tls === null || !('ca_file' in tls)) return null;
  return typeof tls.ca_file === 'string' && Object.keys(tls).length === 1 ? tls.ca_file : null;
}

function unreadOf(config: Readonly<Record<string, unknown>>, known: readonly string[]): string[] {
  return Object.keys(config).filter((key) => key !== 'send_resolved' && !known.includes(key));
}

function written(key: string, secret: string, file: string): string {
  return `${key} is not carried over: its ${secret} is a secret that stands in the file, or is missing. Put it into a file of mode 0600 and name that as ${file}.`;
}

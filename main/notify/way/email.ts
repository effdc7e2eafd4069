import { lookup } from 'node:dns';
import { connect, type Socket } from 'node:net';
import { createTransport } from 'nodemailer';
import type { ChannelOf } from '../../../shared/config/channel.ts';
import type { Delivery } from '../../../shared/model/notification.ts';
import type { Clock } from '../../platform/index.ts';
import { sha256 } from '../../platform/index.ts';
import { causeOf, forbiddenHost, guardedLookup, isForbidden, type Resolve } from '../http-post.ts';
import type { Message } from '../message.ts';
import { newsOf } from '../message.ts';
import type { Attempt, ReadSecret } from '../notifiers.ts';

export interface EmailDeps {
  readonly clock: Clock;
  readonly secret: ReadSecret;
  readonly resolve?: Resolve;
}

type Email = ChannelOf<'email'>;

const MARKS = { firing: '', acknowledged: 'Acknowledged: ', resolved: '' } as const;
/** A server's answer is kept as the reason. */
const REASON_LENGTH = 200;

/**
 * One mail for all addresses of the channel. Its Message-ID is the delivery's, so that a repeat after a crash is shown
 * once; mails of one group refer to the same first one and stand in one thread.
 */
export async function sendEmail(
  channel: Email,
  delivery: Delivery,
  message: Message,
  deps: EmailDeps,
): Promise<Attempt> {
  const bad = forbiddenHost(channel.host);
  if (bad !== null) return { kind: 'refused', problem: bad };
  const password = channel.password === undefined ? null : await deps.secret(channel.password);
  if (password && !password.ok)
    return { kind: 'refused', problem: `the password could not be read: ${password.error}` };
  const ca = channel.ca === undefined ? null : await deps.secret(channel.ca, 'certificate');
  if (ca && !ca.ok) return { kind: 'refused', problem: `the authority could not be read: ${ca.error}` };
  const where = `${channel.host}:${channel.port}`;
  const sending: { socket?: Socket; late: boolean } = { late: false };
  const cancel = deps.clock.setTimeout(() => {
    sending.late = true;
    sending.socket?.destroy(new Error('too late'));
  }, channel.timeout);
  try {
    const socket = await open(channel, deps.resolve ?? lookup, sending);
    const user = channel.user ?? '';
    const transport = createTransport({
      ...transportOptions(channel, ca?.value ?? null),
      getSocket: (_options: unknown, give: (error: null, made: { connection: Socket }) => void) =>
        give(null, { connection: socket }),
      ...(password ? { auth: { user, pass: password.value.trim() } } : {}),
    });
    const sent = await transport.sendMail(mailOf(channel, delivery, message));
    transport.close();
    const refused = sent.rejected.length > 0 ? `, refused for ${sent.rejected.join(', ')}` : '';
    return { kind: 'sent', detail: `${where} took it${refused}` };
  } catch (thrown) {
    if (sending.late)
      return {
        kind: 'retry',
        problem: `${where} did not answer within ${channel.timeout} ms`,
        afterMs: null,
      };
    return failureOf(thrown, where);
  } finally {
    cancel();
    sending.socket?.destroy();
  }
}

function transportOptions(channel: Email, ca: string | null) {
  return {
    host: channel.host,
    port: channel.port,
    secure: channel.tls === 'implicit',
    requireTLS: channel.tls === 'starttls',
    ignoreTLS: channel.tls === 'none',
    tls: { servername: channel.host, minVersion: 'TLSv1.2' as const, ...(ca === null ? {} : { ca }) },
    // Text of labels names no file and no address that is read into a mail.
    disableFileAccess: true,
    disableUrlAccess: true,
    greetingTimeout: channel.timeout,
    socketTimeout: channel.timeout,
    dnsTimeout: channel.timeout,
  };
}

function open(channel: Email, resolve: Resolve, sending: { socket?: Socket }): Promise<Socket> {
  return new Promise((done, fail) => {
    const { host, port } = channel;
    const socket = connect({ host, port, lookup: guardedLookup(resolve) }, () => done(socket));
    sending.socket = socket;
    socket.once('error', fail);
  });
}

function mailOf(channel: Email, delivery: Delivery, message: Message) {
  const { page } = delivery;
  const thread = `<${sha256(page.groupKey).slice(0, 32)}@midwatch.invalid>`;
  return {
    from: { name: 'Midwatch', address: channel.from },
    to: channel.to.map((address) => ({ name: '', address })),
    subject: `${MARKS[newsOf(delivery)]}${page.title}`.replaceAll(/\s+/g, ' '),
    messageId: `<${delivery.id.replaceAll(/[^A-Za-z0-9.-]/g, '-')}@midwatch.invalid>`,
    references: thread,
    inReplyTo: thread,
    date: new Date(delivery.createdAt),
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Midwatch-Delivery': delivery.id },
    text: `${page.body}\n\n${[
      `Service: ${message.service}`,
      `Priority: ${page.priority}`,
      ...(page.incidentId === null ? [] : [`Incident: ${page.incidentId}`]),
      `For: ${delivery.receiver}`,
      `Why you: ${delivery.reason}`,
    ].join('\n')}\n`,
  };
}

/** A 5xx answer is final, and so is a wrong password; the rest may pass. */
function failureOf(thrown: unknown, where: string): Attempt {
  if (isForbidden(thrown)) return { kind: 'refused', problem: thrown.message };
  const { responseCode, response, code } = thrown as {
    responseCode?: number;
    response?: string;
    code?: string;
  };
  const said = (response ?? causeOf(thrown)).replaceAll(/\s+/g, ' ').slice(0, REASON_LENGTH);
  if (typeof responseCode === 'number') {
    const problem = `${where} answered ${said}`;
    return responseCode >= 500 ? { kind: 'refused', problem } : { kind: 'retry', problem, afterMs: null };
  }
  const problem = `${where} could not be reached: ${said}`;
  return code === 'ETLS' || code === 'EAUTH' || code === 'ENOAUTH'
    ? { kind: 'refused', problem: `${where} refused the mail: ${said}` }
    : { kind: 'retry', problem, afterMs: null };
}

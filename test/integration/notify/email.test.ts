import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import { messageOf } from '../../../main/notify/message.ts';
import { sendEmail } from '../../../main/notify/way/email.ts';
import { ChannelConfig, type ChannelOf } from '../../../shared/config/channel.ts';
import { ok } from '../../../shared/error/result.ts';
import { MINUTE_MS, SECOND_MS } from '../../../shared/unit/time.ts';
import { makeCertificates } from '../../support/certificates.ts';
import { desk, requestOf } from '../../support/notifying.ts';

const servers: SMTPServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise<void>((resolve) => server.close(() => resolve()));
});

interface Mail {
  readonly to: string[];
  readonly text: string;
}

/** A real SMTP server on loopback that keeps what it takes. */
async function mailServer(options: SMTPServerOptions = {}): Promise<{ port: number; mails: Mail[] }> {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        mails.push({
          to: session.envelope.rcptTo.map((one) => one.address),
          text: Buffer.concat(chunks).toString('utf8'),
        });
        callback(null);
      });
    },
    ...options,
  });
  // What a client does wrong is the client's to say.
  server.on('error', () => undefined);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.server.address() as AddressInfo).port, mails };
}

const channelTo = (port: number, more: object = {}) => ({
  kind: 'email',
  to: ['anna@example.com', 'ops@example.com'],
  from: 'midwatch@example.com',
  host: '127.0.0.1',
  port,
  tls: 'none',
  ...more,
});

async function telling(channel: object, secrets: Record<string, string> = {}) {
  const it = desk({ routing: { receivers: { on_call_engineer: [channel] } }, secrets });
  await it.notifier.start();
  return it;
}

const header = (mail: Mail | undefined, name: string) =>
  new RegExp(`^${name}: (.*(?:\\r\\n[ \\t].*)*)`, 'mi')
    .exec(mail?.text ?? '')?.[1]
    ?.replaceAll(/\r\n[ \t]/g, ' ');

describe('a page by mail', () => {
  it('comes to all addresses with its reason, and a later one of the group stands in the same thread', async () => {
    const { port, mails } = await mailServer({ disabledCommands: ['STARTTLS', 'AUTH'] });
    const it = await telling(channelTo(port));
    await it.notifier.enqueue([requestOf({ page: { title: 'P0 gateway: a\r\nBcc: eve@example.com' } })]);
    await it.pass(0);
    await it.notifier.enqueue([requestOf({ page: { resolved: true, title: 'Over: gateway' } })]);
    await it.pass(0);
    expect(it.outcomes.map((one) => one.delivery.problem)).toEqual([null, null]);
    expect(mails.map((one) => one.to)).toEqual([
      ['anna@example.com', 'ops@example.com'],
      ['anna@example.com', 'ops@example.com'],
    ]);
    const [first, second] = mails;
    expect(header(first, 'Subject')).toBe('P0 gateway: a Bcc: eve@example.com');
    expect(header(first, 'Bcc')).toBeUndefined();
    expect(header(first, 'Auto-Submitted')).toBe('auto-generated');
    expect(first?.text).toContain('Why you: P0');
    expect(header(first, 'References')).toBe(header(second, 'References'));
    expect(header(first, 'Message-ID')).not.toBe(header(second, 'Message-ID'));
  });

  it('is tried again on 451 with the same Message-ID, and not on 550', async () => {
    let answer = 451;
    const { port, mails } = await mailServer({
      disabledCommands: ['STARTTLS', 'AUTH'],
      onRcptTo(_address, _session, callback) {
        if (answer === 0) return callback();
        callback(Object.assign(new Error('not now'), { responseCode: answer }));
      },
    });
    const it = await telling(channelTo(port));
    const [made] = await it.notifier.enqueue([requestOf()]);
    await it.pass(0);
    expect(it.notifier.problem()).toContain('answered 451 not now');
    answer = 0;
    await it.pass(SECOND_MS);
    expect(header(mails[0], 'Message-ID')).toBe(`<${made?.id.replace('.', '.')}@midwatch.invalid>`);
    answer = 550;
    await it.notifier.enqueue([requestOf()]);
    await it.pass(0);
    await it.pass(10 * MINUTE_MS);
    expect(it.outcomes.at(-1)?.delivery).toMatchObject({ state: 'failed', attempts: 1 });
    expect(it.outcomes.at(-1)?.delivery.problem).toContain('550 not now');
  });

  it('is not sent where the server offers no encryption that the channel asks for', async () => {
    const { port, mails } = await mailServer({ disabledCommands: ['STARTTLS', 'AUTH'] });
    const it = await telling(channelTo(port, { tls: 'starttls' }));
    await it.notifier.enqueue([requestOf()]);
    await it.pass(0);
    expect(mails).toEqual([]);
    expect(it.outcomes[0]?.delivery.state).toBe('failed');
  });

  it('gives its password only inside TLS whose certificate it trusts', async () => {
    const { ca, server } = makeCertificates();
    const passwords: string[] = [];
    const { port, mails } = await mailServer({
      ...server,
      authOptional: false,
      onAuth({ username, password }, _session, callback) {
        passwords.push(`${username}:${password}`);
        if (password === 'right') callback(null, { user: username });
        else callback(Object.assign(new Error('wrong password'), { responseCode: 535 }));
      },
    });
    const secured = { tls: 'starttls', user: 'midwatch', password: 'env:MAIL', host: 'localhost' };
    const untrusted = await telling(channelTo(port, secured), { 'env:MAIL': 'right' });
    await untrusted.notifier.enqueue([requestOf()]);
    await untrusted.pass(0);
    expect(passwords).toEqual([]);
    const trusted = channelTo(port, { ...secured, ca: 'file:ca.pem' });
    const it = await telling(trusted, { 'env:MAIL': 'right', 'file:ca.pem': ca });
    await it.notifier.enqueue([requestOf()]);
    await it.pass(0);
    expect(it.outcomes[0]?.delivery.problem).toBeNull();
    expect(mails).toHaveLength(1);
    const wrong = await telling(trusted, { 'env:MAIL': 'wrong', 'file:ca.pem': ca });
    await wrong.notifier.enqueue([requestOf()]);
    await wrong.pass(0);
    expect(wrong.outcomes[0]?.delivery.problem).toContain('535');
    expect(JSON.stringify(await wrong.deliveries())).not.toContain('"wrong"');
  });

  it('says what happened where nobody listens, and refuses a metadata address by name and by number', async () => {
    const nobody = await telling(channelTo(1));
    await nobody.notifier.enqueue([requestOf()]);
    await nobody.pass(0);
    expect(nobody.notifier.problem()).toMatch(/127\.0\.0\.1:1 could not be reached: .*ECONNREFUSED/);
    const metadata = await telling(channelTo(25, { host: '169.254.169.254', tls: 'starttls' }));
    await metadata.notifier.enqueue([requestOf()]);
    await metadata.pass(0);
    expect(metadata.outcomes[0]?.delivery.problem).toContain('nothing is ever sent there');
    const channel = ChannelConfig.parse(channelTo(25, { host: 'mail.example', tls: 'starttls' }));
    const [delivery] = await desk().notifier.enqueue([requestOf()]);
    if (!delivery) throw new Error('no delivery was made');
    const refused = await sendEmail(channel as ChannelOf<'email'>, delivery, messageOf(delivery, []), {
      clock: metadata.clock,
      secret: async () => ok(''),
      resolve: (_name, _options, callback) => callback(null, [{ address: '169.254.169.254', family: 4 }]),
    });
    expect(refused).toMatchObject({
      kind: 'refused',
      problem: expect.stringContaining('nothing is ever sent'),
    });
  });
});

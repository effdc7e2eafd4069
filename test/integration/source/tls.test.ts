import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { SourceDeps } from '../../../main/source/index.ts';
import { type Certificates, makeCertificates, startRefusing } from '../../support/certificates.ts';
import { sendOne, startServer, type TestServer } from '../../support/http-server.ts';
import { openSource, secretsOf } from '../../support/source.ts';

let made: Certificates;
let readSecret: SourceDeps['readSecret'];
let plain: TestServer;
let expired: TestServer;
let mutual: TestServer;
let refusing: { readonly url: string; close(): Promise<void> };
const opened: { close(): Promise<unknown> }[] = [];

beforeAll(async () => {
  made = makeCertificates();
  readSecret = secretsOf({
    'file:ca': made.ca,
    'file:client.crt': made.client.cert,
    'file:client.key': made.client.key,
    'file:stranger.crt': made.stranger.cert,
    'file:stranger.key': made.stranger.key,
  });
  const answer = (_heard: unknown, response: Parameters<typeof sendOne>[0]) => sendOne(response);
  plain = await startServer(answer, made.server);
  expired = await startServer(answer, made.expired);
  mutual = await startServer(answer, {
    ...made.server,
    ca: made.ca,
    requestCert: true,
    rejectUnauthorized: true,
  });
  refusing = await startRefusing(made);
});
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});
afterAll(async () => {
  await Promise.all([plain, expired, mutual, refusing].map((server) => server?.close()));
});

async function probe(url: string, tls: object) {
  const source = openSource(url, { tls }, { readSecret });
  opened.push(source);
  const answer = await source.probe();
  return { condition: source.state().condition, said: answer.ok ? 'ok' : answer.error.message };
}

describe('a secure source', () => {
  it('is trusted through its authority, and not without it', async () => {
    expect(await probe(plain.url, { ca: 'file:ca' })).toMatchObject({ condition: 'ok' });
    expect(await probe(plain.url, { ca: made.ca })).toMatchObject({ condition: 'ok' });
    const stranger = await probe(plain.url, {});
    expect(stranger.condition).toBe('unreachable');
    expect(stranger.said).toContain('tls.ca');
  });

  it('with an expired certificate is unreachable and says why', async () => {
    const said = await probe(expired.url, { ca: 'file:ca' });
    expect(said.condition).toBe('unreachable');
    expect(said.said).toContain('its certificate has expired');
  });

  it('with a certificate for another name is unreachable', async () => {
    const said = await probe(plain.url, { ca: 'file:ca', server_name: 'other.example' });
    expect(said.condition).toBe('unreachable');
    expect(said.said).toContain('another host name');
  });

  it('that asks for a client certificate gets ours', async () => {
    const tls = { ca: 'file:ca', cert: 'file:client.crt', key: 'file:client.key' };
    expect(await probe(mutual.url, tls)).toMatchObject({ condition: 'ok' });
  });

  it('that gets no client certificate, or a stranger’s, is unauthorised', async () => {
    const stranger = { ca: 'file:ca', cert: 'file:stranger.crt', key: 'file:stranger.key' };
    for (const tls of [{ ca: 'file:ca' }, stranger]) {
      const said = await probe(refusing.url, tls);
      expect(said.condition).toBe('unauthorised');
      expect(said.said).toContain('tls.cert and tls.key');
    }
  });

  it('that only hangs up on a stranger is unreachable, and the certificate is among what to check', async () => {
    const tls = { ca: 'file:ca', cert: 'file:stranger.crt', key: 'file:stranger.key' };
    const said = await probe(mutual.url, tls);
    expect(said.condition).toBe('unreachable');
    expect(said.said).toContain('client certificate');
  });

  it('does not show the private key where it is no key', async () => {
    const source = openSource(
      mutual.url,
      { tls: { ca: 'file:ca', cert: 'file:client.crt', key: 'file:bad' } },
      {
        readSecret: secretsOf({
          'file:ca': made.ca,
          'file:client.crt': made.client.cert,
          'file:bad': 'c4nary',
        }),
      },
    );
    opened.push(source);
    const answer = await source.probe();
    expect(answer.ok).toBe(false);
    expect(JSON.stringify([answer, source.state()])).not.toContain('c4nary');
  });
});

import { afterEach, describe, expect, it } from 'vitest';
import { probeAddress } from '../../../main/discover/index.ts';
import type { Address } from '../../../shared/contract/discover.ts';
import { makeCertificates } from '../../support/certificates.ts';
import { type Answer, sendJson, sendOne, startServer, type TestServer } from '../../support/http-server.ts';
import { secretsOf, sourceDeps } from '../../support/source.ts';

const servers: TestServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function serve(answer: Answer): Promise<TestServer> {
  const server = await startServer(answer);
  servers.push(server);
  return server;
}

const probe = (url: string, auth: Address['auth'] = { kind: 'none' }, secrets = {}, ca?: string) =>
  probeAddress({ url, auth, ca }, sourceDeps({ readSecret: secretsOf(secrets) }));

/** A Prometheus: its query API and nothing else. */
const prometheus: Answer = ({ url }, response) => {
  if (url.startsWith('/api/v1/query')) sendOne(response);
  else sendJson(response, { error: 'not here' }, 404);
};
const page: Answer = ({ url }, response) => {
  if (url !== '/metrics') return sendJson(response, { error: 'not here' }, 404);
  response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' });
  response.end('queue 7\nup 1\n');
};

describe('what answers at an address', () => {
  it.each(['', '/', '/graph', '/graph?g0.expr=up#x', '/alerts', '/api/v1/query', '/query'])(
    'is a Prometheus under %s, whichever of its pages was copied',
    async (path) => {
      const server = await serve(prometheus);
      const found = await probe(server.url + path);
      expect(found).toMatchObject({ ok: true, value: { kind: 'prometheus' } });
      if (found.ok) expect(found.value.url.replace(/\/$/, '')).toBe(server.url);
    },
  );

  it('is found without its scheme, and with blanks around it', async () => {
    const server = await serve(prometheus);
    expect(await probe(`  127.0.0.1:${server.port} `)).toMatchObject({
      ok: true,
      value: { kind: 'prometheus', url: server.url },
    });
  });

  it('keeps the prefix of a path', async () => {
    const server = await serve(({ url }, response) =>
      url.startsWith('/team/prometheus/api/v1/query') ? sendOne(response) : sendJson(response, {}, 404),
    );
    expect(await probe(`${server.url}/team/prometheus/graph`)).toMatchObject({
      ok: true,
      value: { kind: 'prometheus', url: `${server.url}/team/prometheus` },
    });
  });

  it('is an Alertmanager, with its alerts counted', async () => {
    const server = await serve(({ url }, response) =>
      url.startsWith('/api/v2/alerts') ? sendJson(response, []) : sendJson(response, {}, 404),
    );
    expect(await probe(server.url)).toMatchObject({
      ok: true,
      value: { kind: 'alertmanager', said: 'An Alertmanager answers, with 0 alerts.' },
    });
  });

  it('is a page to scrape, given whole or without its path', async () => {
    const server = await serve(page);
    const found = {
      ok: true,
      value: { kind: 'exposition', url: `${server.url}/metrics`, said: 'A page of 2 samples to scrape.' },
    };
    expect(await probe(`${server.url}/metrics`)).toMatchObject(found);
    expect(await probe(server.url)).toMatchObject(found);
  });

  it('is nothing that can be watched: says so, and what to do', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<html>hello</html>');
    });
    const found = await probe(server.url);
    expect(found).toMatchObject({ ok: false });
    if (!found.ok) expect(found.error).toMatch(/Neither a Prometheus API.*path prefix/);
  });

  it('is tried no further where nobody is there, or the credentials are refused', async () => {
    const gone = await startServer(prometheus);
    await gone.close();
    expect(await probe(gone.url)).toMatchObject({
      ok: false,
      error: expect.stringMatching(/refused|reach/i),
    });
    const closed = await serve((_request, response) => sendJson(response, {}, 401));
    const found = await probe(closed.url);
    expect(found).toMatchObject({ ok: false });
    expect(new Set(closed.heard.map((one) => new URL(one.url, 'http://x').pathname)).size).toBe(1);
  });

  it('is spoken of as one that is being added: nothing rests on it, and midwatch.yaml does not have it', async () => {
    const closed = await serve((_request, response) => sendJson(response, {}, 401));
    const loops = await serve((_request, response) => {
      response.writeHead(302, { location: '/login' });
      response.end();
    });
    const busy = await serve((_request, response) => sendJson(response, {}, 503));
    const cut = await serve((_request, response) => void response.destroy());
    const own = await startServer(prometheus, makeCertificates().selfSigned);
    servers.push(own);
    const said = async (url: string) => {
      const found = await probe(url);
      if (found.ok) throw new Error(`${url} was found`);
      expect(found.error).not.toMatch(/rests on it|keeps trying/);
      return found.error;
    };
    expect(await said(closed.url)).toMatch(
      /refused the credentials \(status 401\)\. Give its credentials here/,
    );
    expect(await said(loops.url)).toMatch(/redirects.*\. Neither a Prometheus API/);
    expect(await said(busy.url)).toMatch(/error of its own \(status 503\)\. Look at that server/);
    expect(await said(cut.url)).toMatch(/Check the server.*whether its address begins with https/);
    expect(await said(own.url)).toMatch(
      /signed by itself\. If it is the right server, name the file .* under Certificate authority/,
    );
    expect(await said(own.url.replace('http:', 'https:').replace('https:', 'http:'))).toMatch(
      /begins with https/,
    );
    expect(await said(`https://127.0.0.1:${closed.port}`)).toMatch(
      /http may be what is meant|does not answer in TLS/,
    );
  });

  it('with a certificate of an own authority is trusted once that is named', async () => {
    const made = makeCertificates();
    const server = await startServer(prometheus, made.server);
    servers.push(server);
    const none = { kind: 'none' } as const;
    const secrets = {
      'file:/etc/ca.pem': made.ca,
      'file:/etc/passwd': 'root:x:0:0',
      'file:/etc/other.pem': '',
    };
    const ask = (ca?: string) => probe(server.url, none, secrets, ca);
    expect(await ask('file:/etc/ca.pem')).toMatchObject({ ok: true, value: { kind: 'prometheus' } });
    const said = async (ca?: string) => {
      const answer = await ask(ca);
      return answer.ok ? 'found' : answer.error;
    };
    expect(await said()).toMatch(/unknown authority\. If it is the right server/);
    expect(await said('file:/etc/passwd')).toMatch(
      /file:\/etc\/passwd holds no certificate.*Correct it here/,
    );
    expect(await said('file:/etc/none.pem')).toMatch(/none\.pem.*Correct it here/);
    expect(await said('ca.pem')).toMatch(/^The certificate authority is neither file:PATH/);
  });

  it('is asked with the secret that the reference names', async () => {
    const server = await serve(prometheus);
    const auth = { kind: 'bearer' as const, token: 'env:TOKEN' };
    expect(await probe(server.url, auth, { 'env:TOKEN': 'canary' })).toMatchObject({ ok: true });
    expect(server.heard[0]?.headers.authorization).toBe('Bearer canary');
    expect(await probe(server.url, auth)).toMatchObject({
      ok: false,
      error: expect.stringContaining('env:TOKEN'),
    });
  });

  it.each(['ftp://x', 'http://', 'http://169.254.169.254/latest', '   ', 'javascript:alert(1)'])(
    'is refused where the address is %s',
    async (url) => expect(await probe(url)).toMatchObject({ ok: false }),
  );
});

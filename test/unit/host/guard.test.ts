import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guard, ownHosts, type RequestFacts } from '../../../main/host/node/guard.ts';

const PORT = 7411;
const facts = (change: Partial<RequestFacts>): RequestFacts => ({
  method: 'GET',
  host: `127.0.0.1:${PORT}`,
  origin: undefined,
  fetchSite: undefined,
  upgrade: false,
  ...change,
});

describe('the guard of the loopback server', () => {
  it.each(ownHosts(PORT))('lets a page of ours in under %s', (host) => {
    expect(guard(facts({ host, origin: `http://${host}`, fetchSite: 'same-origin' }), PORT).ok).toBe(true);
    expect(guard(facts({ host, origin: `http://${host}`, upgrade: true }), PORT).ok).toBe(true);
  });

  it('lets the address bar in', () => {
    expect(guard(facts({ fetchSite: 'none' }), PORT).ok).toBe(true);
  });

  it.each([
    ['a foreign name that points here', { host: `evil.example:${PORT}` }],
    ['our address on another port', { host: '127.0.0.1:80' }],
    ['no Host at all', { host: undefined }],
    ['a name that only begins as ours', { host: `127.0.0.1:${PORT}.evil.example` }],
    ['a trailing dot', { host: `localhost.:${PORT}` }],
    ['a foreign origin', { origin: 'https://evil.example' }],
    ['the null origin of a sandboxed frame', { origin: 'null' }],
    ['our name over https', { origin: `https://127.0.0.1:${PORT}` }],
    ['another of our names as origin', { origin: `http://localhost:${PORT}` }],
    ['a cross-site fetch without Origin', { fetchSite: 'cross-site' }],
    ['a same-site fetch of another port', { fetchSite: 'same-site' }],
    ['a WebSocket without Origin', { upgrade: true }],
    ['a WebSocket from elsewhere', { upgrade: true, origin: 'http://evil.example' }],
  ])('refuses %s', (_what, change) => {
    expect(guard(facts(change), PORT)).toMatchObject({ ok: false, status: 403 });
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'CONNECT', ''])('refuses the method %s', (method) => {
    expect(guard(facts({ method }), PORT)).toMatchObject({ ok: false, status: 405 });
  });

  it('lets nothing in whose Host or Origin is not exactly ours', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.option(fc.string(), { nil: undefined }),
        fc.boolean(),
        (host, origin, upgrade) => {
          const verdict = guard(facts({ host, origin, upgrade }), PORT);
          if (!verdict.ok) return;
          expect(ownHosts(PORT)).toContain(host.toLowerCase());
          expect([undefined, `http://${host.toLowerCase()}`]).toContain(origin);
        },
      ),
    );
  });
});

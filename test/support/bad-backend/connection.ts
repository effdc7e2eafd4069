import { sendOne } from '../http-server.ts';
import { type BadBackend, SHORT } from './backend.ts';

const LATE = ['no whole answer within 500 ms', 'check its load, the network and the VPN'];
const BROKEN = ['broke off', 'check the server or a proxy before it'];
const NO_HTTP = ['is not HTTP, or damaged on the way', 'something else may listen there'];

const OK = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n';

/** What goes wrong before there is a whole answer: connections, certificates, HTTP itself, redirects. */
export const connectionBackends: readonly BadBackend[] = [
  {
    name: 'no answer',
    kind: 'prometheus',
    source: SHORT,
    serving: { kind: 'socket', talk: () => undefined },
    shows: { condition: 'unreachable', problem: LATE },
  },
  {
    name: 'a body that drips',
    kind: 'prometheus',
    source: SHORT,
    serving: {
      kind: 'http',
      answer(_heard, response) {
        response.writeHead(200, { 'content-type': 'application/json' });
        const drip = setInterval(() => response.write(' '), 20);
        response.on('close', () => clearInterval(drip));
      },
    },
    shows: { condition: 'unreachable', problem: LATE },
  },
  {
    name: 'headers that drip',
    kind: 'exposition',
    source: SHORT,
    serving: {
      kind: 'socket',
      talk(socket) {
        socket.write('HTTP/1.1 200 OK\r\n');
        const drip = setInterval(() => socket.write('X-Slow: 1\r\n'), 20);
        socket.on('close', () => clearInterval(drip));
      },
    },
    shows: { condition: 'unreachable', problem: LATE },
  },
  {
    name: 'chunks without an end',
    kind: 'exposition',
    source: SHORT,
    serving: {
      kind: 'socket',
      talk(socket) {
        socket.write(`${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nup 1\n\r\n`);
      },
    },
    shows: { condition: 'unreachable', problem: LATE },
  },
  {
    name: 'a damaged chunk',
    kind: 'exposition',
    serving: {
      kind: 'socket',
      talk: (socket) => void socket.write(`${OK}Transfer-Encoding: chunked\r\n\r\nzz\r\nup 1\n\r\n`),
    },
    shows: { condition: 'wrong-answer', problem: NO_HTTP },
  },
  {
    name: 'connection refused',
    kind: 'prometheus',
    serving: { kind: 'address', url: 'http://127.0.0.1:1' },
    shows: { condition: 'unreachable', problem: ['the connection was refused', 'Check that it runs'] },
  },
  {
    name: 'a name that is not known',
    kind: 'exposition',
    serving: { kind: 'address', url: 'http://no-such-host.invalid' },
    shows: { condition: 'unreachable', problem: ['host name is not known', 'Check the address'] },
  },
  {
    name: 'reset at once',
    kind: 'prometheus',
    serving: { kind: 'socket', talk: (socket) => void socket.resetAndDestroy() },
    shows: { condition: 'unreachable', problem: BROKEN },
  },
  {
    name: 'reset in the middle of a body',
    kind: 'exposition',
    serving: {
      kind: 'socket',
      talk(socket) {
        socket.write(`${OK}Content-Length: 1000\r\n\r\nup 1\n`, () => socket.resetAndDestroy());
      },
    },
    shows: { condition: 'unreachable', problem: BROKEN },
  },
  {
    name: 'half-closed without an answer',
    kind: 'prometheus',
    serving: { kind: 'socket', talk: (socket) => void socket.end() },
    shows: { condition: 'unreachable', problem: BROKEN },
  },
  {
    name: 'half-closed in the middle of a body',
    kind: 'exposition',
    serving: {
      kind: 'socket',
      talk: (socket) => void socket.end(`${OK}Content-Length: 1000\r\n\r\nup 1\n`),
    },
    shows: { condition: 'unreachable', problem: BROKEN },
  },
  {
    name: 'another protocol',
    kind: 'prometheus',
    serving: { kind: 'socket', talk: (socket) => void socket.end('220 ftp ready\r\n') },
    shows: { condition: 'wrong-answer', problem: NO_HTTP },
  },
  {
    name: 'HTTP with a broken header',
    kind: 'exposition',
    serving: {
      kind: 'socket',
      talk: (socket) => void socket.end('HTTP/1.1 200 OK\r\nX\u0000 bad\u0001: 1\r\n\r\nup 1\n'),
    },
    shows: { condition: 'wrong-answer', problem: NO_HTTP },
  },
  {
    name: 'headers of 100 KB',
    kind: 'prometheus',
    serving: {
      kind: 'socket',
      talk: (socket) => void socket.end(`HTTP/1.1 200 OK\r\nX-Long: ${'x'.repeat(100_000)}\r\n\r\n`),
    },
    shows: {
      condition: 'wrong-answer',
      problem: ['headers of its answer are larger than 64 KiB', 'Check the address and its port'],
    },
  },
  ...certificates(),
  ...redirects(),
];

function certificates(): BadBackend[] {
  const answer = (_heard: unknown, response: Parameters<typeof sendOne>[0]) => sendOne(response);
  const refused = (said: string, todo = 'Renew the certificate, or correct tls in midwatch.yaml') => ({
    condition: 'unreachable' as const,
    problem: [said, todo],
  });
  const untrusted = (said: string) => refused(said, 'name its authority under tls.ca in midwatch.yaml');
  return [
    {
      name: 'an expired certificate',
      kind: 'prometheus',
      source: { tls: { ca: 'file:CA' } },
      serving: { kind: 'http', answer, tls: 'expired' },
      shows: refused('its certificate has expired'),
    },
    {
      name: 'a certificate signed by itself',
      kind: 'exposition',
      serving: { kind: 'http', answer, tls: 'selfSigned' },
      shows: untrusted('its certificate is signed by itself'),
    },
    {
      name: 'a certificate of an unknown authority',
      kind: 'prometheus',
      serving: { kind: 'http', answer, tls: 'server' },
      shows: untrusted('unknown authority'),
    },
    {
      name: 'a certificate for another host name',
      kind: 'prometheus',
      source: { tls: { ca: 'file:CA', server_name: 'other.example' } },
      serving: { kind: 'http', answer, tls: 'server' },
      shows: refused('its certificate is for another host name'),
    },
    {
      name: 'plain HTTP behind https',
      kind: 'prometheus',
      serving: { kind: 'http', answer, scheme: 'https' },
      shows: {
        condition: 'wrong-answer',
        problem: ['does not answer in TLS', 'http may be what is meant'],
      },
    },
    {
      name: 'TLS behind http',
      kind: 'exposition',
      serving: { kind: 'http', answer, tls: 'server', scheme: 'http' },
      shows: { condition: 'unreachable', problem: BROKEN },
    },
  ];
}

function redirects(): BadBackend[] {
  const to = (name: string, location: string, said: string): BadBackend => ({
    name,
    kind: name.length % 2 === 0 ? 'prometheus' : 'exposition',
    serving: {
      kind: 'http',
      answer(_heard, response) {
        response.writeHead(302, { location });
        response.end();
      },
    },
    shows: {
      condition: 'wrong-answer',
      problem: [said, 'Give the address that it should be asked at'],
    },
  });
  return [
    to(
      'a redirect to a link-local address',
      'http://169.254.169.254/latest/',
      'link-local or metadata address',
    ),
    to('a redirect to a metadata name', 'http://metadata.google.internal/', 'link-local or metadata address'),
    to('a redirect without an end', '/again', 'redirects more than 3 times'),
    to('a redirect to a file', 'file:///etc/passwd', 'neither http nor https'),
  ];
}

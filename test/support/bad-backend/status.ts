import type { Answer } from '../http-server.ts';
import type { BadBackend, Shown } from './backend.ts';

const say =
  (status: number, headers: Readonly<Record<string, string>>, body: string): Answer =>
  (_heard, response) => {
    response.writeHead(status, headers);
    response.end(body);
  };

function row(
  name: string,
  kind: BadBackend['kind'],
  answer: Answer,
  condition: Shown['condition'],
  problem: readonly string[],
): BadBackend {
  return { name, kind, serving: { kind: 'http', answer }, shows: { condition, problem } };
}

const JSON_TYPE = { 'content-type': 'application/json' };
const HTML = { 'content-type': 'text/html; charset=utf-8' };

/** What a server says by its status. */
export const statusBackends: readonly BadBackend[] = [
  row('401', 'prometheus', say(401, {}, ''), 'unauthorised', ['status 401', 'Check auth in midwatch.yaml']),
  row('403', 'exposition', say(403, HTML, '<h1>no</h1>'), 'unauthorised', [
    'status 403',
    'the secret has not expired',
  ]),
  row('404', 'prometheus', say(404, {}, '404 page not found'), 'wrong-answer', [
    'status 404',
    'Check that the address is that of a Prometheus API',
  ]),
  row('404 of a target', 'exposition', say(404, {}, 'nothing here'), 'wrong-answer', [
    'status 404',
    'it often ends with /metrics',
  ]),
  row('429 with Retry-After', 'prometheus', say(429, { 'retry-after': '120' }, 'slow down'), 'unreachable', [
    'asked too often (status 429) and asks to wait 2 m',
    'lengthen poll_every',
  ]),
  row('500', 'exposition', say(500, {}, 'panic'), 'unreachable', [
    'an error of its own (status 500)',
    'look at that server',
  ]),
  row(
    '503 with a page and Retry-After',
    'prometheus',
    say(503, { ...HTML, 'retry-after': '30' }, '<title>Maintenance</title>'),
    'unreachable',
    ['an error of its own (status 503) and asks to wait 30 s', 'look at that server'],
  ),
  row('204', 'prometheus', say(204, {}, ''), 'wrong-answer', [
    'it answered with nothing',
    'Check that the address is that of a Prometheus API',
  ]),
  row('204 of a target', 'exposition', say(204, {}, ''), 'wrong-answer', ['status 204', 'Check the address']),
  row('an empty body', 'prometheus', say(200, JSON_TYPE, ''), 'wrong-answer', ['it answered with nothing']),
  row('HTML with 200', 'prometheus', say(200, HTML, '<html><title>Sign in</title></html>'), 'wrong-answer', [
    'a web page titled “Sign in”',
    'what stands before it',
  ]),
  row('HTML of a target', 'exposition', say(200, HTML, '<html></html>'), 'wrong-answer', [
    'text/html; charset=utf-8, not with metrics',
    'it often ends with /metrics',
  ]),
  row(
    'HTML as text',
    'exposition',
    say(200, { 'content-type': 'text/plain' }, '<html><body>Sign in</body></html>'),
    'wrong-answer',
    ['line 1:', 'the exporter behind it'],
  ),
  row('JSON of a target', 'exposition', say(200, JSON_TYPE, '{"up":1}'), 'wrong-answer', [
    'application/json, not with metrics',
    'Check the address',
  ]),
];

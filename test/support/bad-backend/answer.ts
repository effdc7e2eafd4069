import { type Answer, askedTime, type Heard, sendJson } from '../http-server.ts';
import type { BadBackend, Shown } from './backend.ts';

/** An answer of the query API, made for the time that was asked for. */
const answering =
  (make: (askedS: number) => unknown, status = 200): Answer =>
  (heard, response) =>
    sendJson(response, make(askedTime(heard)), status);

const success = (resultType: string, result: unknown) => ({
  status: 'success',
  data: { resultType, result },
});
const vector = (...result: unknown[]) => success('vector', result);
const sample = (labels: unknown, at: number, value: unknown) => ({ metric: labels, value: [at, value] });

const ok = (rule: Shown['rule'], problem: Shown['problem'] = null): Shown => ({
  condition: 'ok',
  problem,
  ...(rule ? { rule } : {}),
});
const wrong = (...problem: string[]): Shown => ({
  condition: 'wrong-answer',
  problem: [...problem, 'Check that the address is that of a Prometheus API'],
});

function query(name: string, answer: Answer, shows: Shown): BadBackend {
  return { name, kind: 'prometheus', serving: { kind: 'http', answer }, shows };
}

const HOUR_S = 3_600;
const STARTED_AT = Date.now();

/** Answers that the API's envelope holds, and that mean something else than they seem to. */
const queries: readonly BadBackend[] = [
  query(
    'NaN',
    answering((at) => vector(sample({}, at, 'NaN'))),
    ok({ phase: 'pending', reason: 'not a number, which is no data' }),
  ),
  query(
    'infinity',
    answering((at) => vector(sample({ i: '1' }, at, '+Inf'), sample({ i: '2' }, at, '-Inf'))),
    ok({ phase: 'firing', reason: '∞ > 100' }),
  ),
  query(
    'a number where text is due',
    answering((at) => vector(sample({}, at, 7))),
    wrong('a sample that is not [time, "value"]'),
  ),
  query(
    'mixed types in one vector',
    answering((at) => vector(sample({}, at, '7'), null, [at, '7'], 'queue_length 7')),
    wrong('a vector with an entry that is not an object'),
  ),
  query(
    'labels that are not text',
    answering((at) => vector(sample({ pod: 7 }, at, '1'))),
    wrong('a series whose labels are not text'),
  ),
  query(
    'labels that are a list',
    answering((at) => vector(sample(['pod'], at, '1'))),
    wrong('a series whose labels are not text'),
  ),
  query(
    'one series twice',
    answering((at) => vector(sample({ a: 'b' }, at, '1'), sample({ a: 'b' }, at, '2'))),
    wrong('one series twice'),
  ),
  query(
    'a kind of result that was not asked for',
    answering((at) => success('matrix', [{ metric: {}, values: [[at, '1']] }])),
    ok({ phase: 'pending', reason: 'gives a matrix, and a vector or scalar is needed' }),
  ),
  query(
    'native histograms',
    answering((at) => vector({ metric: {}, histogram: [at, { count: '1', sum: '1' }] })),
    ok({ phase: 'pending', reason: 'native histograms, which Midwatch does not read' }),
  ),
  query(
    'more series than a rule takes',
    answering((at) =>
      success(
        'vector',
        Array.from({ length: 5_000 }, (_, i) => sample({ i: `${i}` }, at, '1')),
      ),
    ),
    ok({ phase: 'pending', reason: '5000 series, over the limit of 1000' }),
  ),
  query(
    'a label of 1 MB in an answer',
    answering((at) => vector(sample({ a: 'x'.repeat(1024 * 1024) }, at, '1'))),
    ok({ phase: 'pending', reason: 'labels are longer than 64 KiB together' }),
  ),
  query(
    '__proto__ for a label',
    (heard, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const metric = '{"__proto__":"polluted","constructor":"x","a":"b"}';
      response.end(
        `{"status":"success","data":{"resultType":"vector","result":[{"metric":${metric},"value":[${askedTime(heard)},"7"]}]}}`,
      );
    },
    ok(undefined),
  ),
  query(
    'an answer of an hour ago',
    answering((at) => vector(sample({}, at - HOUR_S, '7'))),
    wrong('for another time than it was asked for (1 h earlier), as an old cache would'),
  ),
  query(
    'an answer of tomorrow',
    answering((at) => vector(sample({}, at + 24 * HOUR_S, '7'))),
    wrong('for another time than it was asked for (1 d later)'),
  ),
  query('an error answer with 200', answering(refusal('bad_data', 'invalid metric')), {
    ...ok({ phase: 'pending', reason: 'The server refused the query: invalid metric' }),
  }),
  query(
    'an error answer with 422',
    answering(refusal('execution', 'found duplicate series for the match group'), 422),
    ok({ phase: 'pending', reason: 'found duplicate series' }),
  ),
  query('an error answer of no known kind', answering(refusal('whatever', 'oh no')), {
    ...wrong('an error of a kind that the API does not have (whatever)'),
  }),
  query('no time for the query', answering(refusal('timeout', 'query timed out'), 503), {
    condition: 'unreachable',
    problem: ['no time for vector(1)', 'look at its load'],
  }),
  query(
    'a clock that is ten minutes behind',
    (heard, response) => {
      response.setHeader('date', new Date(Date.now() - 600_000).toUTCString());
      sendJson(response, vector(sample({}, askedTime(heard), '7')));
    },
    ok(undefined, ['its clock is', "behind this machine's", 'Set both clocks by a time server']),
  ),
  query(
    'part of an answer, with a warning',
    answering((at) => ({ ...vector(sample({}, at, '7')), warnings: ['a store did not answer'] })),
    ok(undefined),
  ),
  query(
    'JSON as a picture',
    (heard, response) => {
      response.writeHead(200, { 'content-type': 'image/png' });
      response.end(JSON.stringify(vector(sample({}, askedTime(heard), '7'))));
    },
    ok(undefined),
  ),
];

function refusal(errorType: string, error: string): (askedS: number) => unknown {
  return () => ({ status: 'error', errorType, error });
}

function scraped(name: string, body: (scrape: number) => string, leftOut?: string): BadBackend {
  let scrape = 0;
  return {
    name,
    kind: 'exposition',
    serving: {
      kind: 'http',
      answer(_heard: Heard, response) {
        scrape += 1;
        response.writeHead(200, { 'content-type': 'text/plain' });
        response.end(body(scrape));
      },
    },
    shows: { condition: 'ok', problem: null, ...(leftOut === undefined ? {} : { leftOut }) },
  };
}

const TOO_LONG_BEFORE = 'a time of its own more than 60 min before the scrape';
const TOO_LONG_AFTER = 'a time of its own more than 10 min after the scrape';

/** Expositions that are read, and whose samples are not all taken: the target is up, and what was left out is counted. */
const expositions: readonly BadBackend[] = [
  scraped('NaN and infinities of a target', () => 'a NaN\nb +Inf\nc -Inf\n'),
  scraped('nothing exposed', () => ''),
  scraped('duplicates', () => 'queue_length{a="b"} 1\nqueue_length{a="b"} 2\n', 'twice in one scrape'),
  scraped('out of order', (scrape) => `a 1 ${STARTED_AT - scrape * 1_000}\n`, 'older than what is stored'),
  scraped('samples of the future', () => `a 1 ${Date.now() + 86_400_000}\n`, TOO_LONG_AFTER),
  scraped('samples of the past', () => `a 1 ${Date.now() - 86_400_000}\n`, TOO_LONG_BEFORE),
];

export const answerBackends: readonly BadBackend[] = [...queries, ...expositions];

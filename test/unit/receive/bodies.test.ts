import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAlertWebhookDecoder } from '../../../main/receive/alert-webhook/alert-webhook.ts';
import { createEventDecoder, createPagerDutyDecoder } from '../../../main/receive/event/event.ts';
import type { Ticket } from '../../../main/receive/http/admission.ts';
import { gunzip } from '../../../main/receive/http/body.ts';
import { Collector, free } from '../../../main/receive/http/bytes.ts';
import { parseInstant } from '../../../main/receive/instant.ts';
import { parseJson } from '../../../main/receive/json.ts';
import { RECEIVE_LIMITS } from '../../../main/receive/limits.ts';
import type { Decoder, ReceiveRequest } from '../../../main/receive/received.ts';

const NOW = Date.UTC(2026, 5, 1, 12);

function request(body: unknown, headers: Record<string, string> = {}): ReceiveRequest {
  const all = { 'content-type': 'application/json', ...headers };
  return {
    sourceId: 'pushed',
    path: '/',
    contentType: all['content-type'],
    headers: all,
    body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
    receivedAt: NOW,
    limits: { ...RECEIVE_LIMITS, labelsMax: 3, labelBytesMax: 20, depthMax: 6 },
  };
}

function read(decoder: Decoder, body: unknown, headers?: Record<string, string>) {
  const result = decoder(request(body, headers));
  return result.ok ? { ...result.value.received, status: result.value.answer.status } : result.error;
}

describe('a gzip body', () => {
  const granted = () => {
    let bytes = 0;
    const grow = (more: number): 'granted' => {
      bytes += more;
      return 'granted';
    };
    return { ticket: { grow } as unknown as Ticket, bytes: () => bytes };
  };

  it('that is a bomb is given up in its first megabytes, and one with dense places is read', async () => {
    const bomb = granted();
    const refused = await gunzip(gzipSync(Buffer.alloc(64 * 1024 * 1024)), RECEIVE_LIMITS, bomb.ticket);
    expect(refused).toMatchObject({ ok: false, error: { status: 413 } });
    expect(bomb.bytes()).toBeLessThanOrEqual(1024 * 1024);
    // Two megabytes that repeat after thirty kilobytes, then bytes that do not.
    const period = Buffer.from(Array.from({ length: 30_000 }, (_, i) => (i * 7919 + (i >> 3)) % 251));
    const dense = Buffer.concat([...Array.from({ length: 70 }, () => period), randomBytes(200_000)]);
    const packed = gzipSync(dense);
    expect(dense.length).toBeLessThan(packed.length * RECEIVE_LIMITS.ratioMax);
    const read = await gunzip(packed, RECEIVE_LIMITS, granted().ticket);
    expect(read.ok && Buffer.compare(read.value, dense)).toBe(0);
  });
});

describe('an alert webhook', () => {
  const decoder = createAlertWebhookDecoder();
  const alert = {
    status: 'firing',
    labels: { alertname: 'Slow' },
    annotations: { summary: 'x' },
    startsAt: '2026-06-01T11:59:00.5Z',
    endsAt: '0001-01-01T00:00:00Z',
    generatorURL: '',
  };
  const webhook = (...alerts: unknown[]) => ({ version: '4', alerts });

  it('becomes alerts with their times', () => {
    const resolved = { ...alert, status: 'resolved', endsAt: '2026-06-01T14:00:00+02:00' };
    expect(read(decoder, webhook(alert, resolved))).toMatchObject({
      status: 200,
      alerts: [
        { status: 'firing', startsAt: NOW - 59_500, endsAt: null, generatorUrl: null },
        { status: 'resolved', endsAt: NOW },
      ],
      refused: [],
    });
  });

  it('loses only the alerts that cannot be used, each by its reason', () => {
    const bad = [
      { ...alert, labels: {} },
      { ...alert, labels: { a: '1', b: '1', c: '1', d: '1' } },
      { ...alert, labels: { a: 'x'.repeat(21) } },
      { ...alert, labels: { a: 1 } },
      { ...alert, labels: { '': 'x' } },
      { ...alert, status: 'maybe' },
      { ...alert, startsAt: 'yesterday' },
      'no object',
    ];
    const answer = read(decoder, { ...webhook(alert, ...bad), truncatedAlerts: 7 });
    expect(answer).toMatchObject({ alerts: [{ status: 'firing' }] });
    expect('refused' in answer && answer.refused.map((one) => one.reason)).toEqual([
      'an alert without labels',
      'more than 3 labels',
      'a label value longer than 20 bytes',
      'a label whose value is no text',
      'a label without a name',
      'an alert that neither fires nor is resolved',
      'an alert without the time of its start',
      'an alert that is no object',
      'alerts that Alertmanager itself cut off (max_alerts)',
    ]);
  });

  it.each([
    ['another version', { version: '3', alerts: [] }],
    ['no alerts', { version: '4' }],
    ['a list', []],
    ['alerts of which none can be used', webhook('x')],
  ])('of %s is refused', (_, body) => {
    expect(read(decoder, body)).toMatchObject({ status: 400 });
  });

  it('with __proto__ among labels or annotations changes nothing but itself', () => {
    const text = `{"version":"4","alerts":[${JSON.stringify(alert).replace('"summary"', '"__proto__"')},${JSON.stringify(alert).replace('"alertname"', '"__proto__"')}]}`;
    const answer = read(decoder, text);
    expect(answer).toMatchObject({
      alerts: [{}],
      refused: [{ reason: 'a label named __proto__', count: 1 }],
    });
    expect('alerts' in answer && Object.keys(answer.alerts[0]?.annotations ?? { x: 1 })).toEqual([]);
  });
});

describe('an event', () => {
  const decoder = createEventDecoder();

  it.each([
    [
      { service: 's', version: '2', previous_version: '1' },
      { what: 's 1 → 2', from: '1', to: '2' },
    ],
    [
      { service: 's', to: 3 },
      { what: 's unknown → 3', from: null, to: '3' },
    ],
    [
      { service: 's', flag: 'new', from: false, to: true },
      { what: 'flag new false → true', to: 'true' },
    ],
    [
      { service: 's', flag: 'new' },
      { what: 'flag new changed', to: null },
    ],
    [
      { service: 's', what: 'Moved', at: NOW - 5 },
      { what: 'Moved', at: NOW - 5 },
    ],
    [{ service: 's', what: 'Moved', at: '2026-06-01T11:00:00Z' }, { at: NOW - 3_600_000 }],
  ])('in plain JSON says what changed: %j', (body, change) => {
    expect(read(decoder, body)).toMatchObject({ status: 202, changes: [{ service: 's', ...change }] });
  });

  it.each([
    [{ what: 'x' }, 'names no service'],
    [{ service: 's' }, 'neither what changed'],
    [{ service: 's', what: 'x', at: 'soon' }, 'neither RFC 3339'],
    [{ service: 's', what: 'x', at: NOW + 601_000 }, 'ahead of'],
    [7, 'no object'],
    ['{"service":', 'no JSON'],
  ])('that cannot be used is refused with the reason: %j', (body, reason) => {
    const answer = read(decoder, body);
    expect(answer).toMatchObject({ status: 400 });
    expect('message' in answer && answer.message).toContain(reason);
  });

  it('as a CloudEvent is structured, batched or binary', () => {
    const event = {
      specversion: '1.0',
      id: '1',
      source: '/ci/shop',
      type: 'deployed',
      time: '2026-06-01T11:59:59Z',
    };
    const structured = { 'content-type': 'application/cloudevents+json' };
    const at = NOW - 1_000;
    expect(read(decoder, { ...event, data: { version: '2' } }, structured)).toMatchObject({
      status: 204,
      changes: [{ service: 'shop', what: 'shop unknown → 2', to: '2', at }],
    });
    const batch = [event, { ...event, subject: 'cart' }, { ...event, type: undefined }];
    expect(read(decoder, batch, { 'content-type': 'application/cloudevents-batch+json' })).toMatchObject({
      changes: [
        { service: 'shop', what: 'deployed', at },
        { service: 'cart', what: 'deployed', at },
      ],
      refused: [{ reason: 'a CloudEvent without id, type or source', count: 1 }],
    });
    const binary = {
      'ce-specversion': '1.0',
      'ce-id': '1',
      'ce-source': '/ci/shop',
      'ce-type': 'com.example%20deployed',
    };
    expect(read(decoder, { service: 'cart', what: 'Moved' }, binary)).toMatchObject({
      changes: [{ service: 'cart', what: 'Moved' }],
    });
    expect(read(decoder, '<xml/>', { ...binary, 'content-type': 'text/xml' })).toMatchObject({
      changes: [{ service: 'shop', what: 'com.example deployed' }],
    });
    // A whole one under plain JSON's content type is understood as well.
    expect(read(decoder, event)).toMatchObject({ changes: [{ service: 'shop', what: 'deployed' }] });
    expect(read(decoder, { ...event, specversion: '0.3' }, structured)).toMatchObject({ status: 400 });
  });

  it('of another type of content is refused', () => {
    expect(read(decoder, 'service=s', { 'content-type': 'application/x-www-form-urlencoded' })).toMatchObject(
      {
        status: 415,
      },
    );
  });

  it("has PagerDuty's shape under its path", () => {
    const payload = {
      summary: 'Build 7: raise the limit',
      timestamp: '2026-06-01T11:42:58.315+0000',
      source: 'ci',
      custom_details: { service: 'shop', version: '7' },
    };
    expect(read(createPagerDutyDecoder(), { routing_key: 'x', payload, links: [] })).toMatchObject({
      status: 202,
      changes: [
        { service: 'shop', what: payload.summary, to: '7', at: Date.UTC(2026, 5, 1, 11, 42, 58, 315) },
      ],
    });
    expect(read(createPagerDutyDecoder(), { payload: { source: 'ci' } })).toMatchObject({ status: 400 });
  });
});

describe('JSON', () => {
  it('is what the engine reads, as long as it is neither deep nor crowded', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
        const text = JSON.stringify(value);
        const result = parseJson(Buffer.from(text), 32);
        expect(result).toEqual({ ok: true, value: JSON.parse(text) });
      }),
    );
  });

  it.each([
    ['[[[[', 'it is nested deeper than 3 levels'],
    ['{"a":{"b":{"c":{}}}}', 'it is nested deeper than 3 levels'],
    [`[${'0,'.repeat(400_000)}0]`, 'it has more than 400000 values'],
    ['{"a":', 'it is no JSON'],
    ['"\u0000"', 'it is no JSON'],
  ])('is refused by its shape first: %.20s', (text, problem) => {
    expect(parseJson(Buffer.from(text), 3)).toEqual({ ok: false, error: problem });
  });

  it('does not count brackets inside texts', () => {
    expect(parseJson(Buffer.from('["[[[[[[\\"[[[[", "\\\\"]'), 3).ok).toBe(true);
    expect(parseJson(Uint8Array.from([0x22, 0xff, 0x22]), 3)).toEqual({ ok: false, error: 'it is no UTF-8' });
  });
});

describe('an instant', () => {
  it.each([
    ['2026-06-01T12:00:00Z', NOW],
    ['2026-06-01t12:00:00.123456789z', NOW + 123],
    ['2026-06-01T14:00:00+02:00', NOW],
    ['2026-06-01T08:00:00.5-0400', NOW + 500],
    ['2026-06-01', undefined],
    ['2026-13-01T12:00:00Z', undefined],
    ['now', undefined],
  ])('%s', (text, at) => {
    expect(parseInstant(text)).toBe(at);
  });
});

describe('collected bytes', () => {
  it('are what was added, in one place, and are gone once freed', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 9_000 }), { maxLength: 12 }),
        fc.nat(50_000),
        (pieces, expected) => {
          const whole = Buffer.concat(pieces);
          const collector = new Collector(expected, 200_000);
          for (const piece of pieces) collector.add(Uint8Array.from(piece));
          const taken = collector.take();
          expect(Buffer.compare(taken, whole)).toBe(0);
          free(taken);
          expect(taken).toHaveLength(0);
        },
      ),
    );
  });

  it('of a shared pool are left alone', () => {
    const pooled = Buffer.from('text of the pool');
    free(pooled);
    expect(pooled.toString()).toBe('text of the pool');
  });
});

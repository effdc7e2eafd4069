import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createOtlpDecoders } from '../../../../main/receive/otlp/index.ts';
import { nanosAt, OTLP_LIMITS, otlpRequest, RECEIVED_AT } from '../../../support/otlp.ts';

const decoders = createOtlpDecoders();

/** A message inside a message, as protobuf writes it. */
function nested(writer: BinaryWriter, field: number, fill: (writer: BinaryWriter) => void): BinaryWriter {
  writer.tag(field, WireType.LengthDelimited).fork();
  fill(writer);
  return writer.join();
}

function attribute(writer: BinaryWriter, field: number, key: string, value: string): void {
  nested(writer, field, (pair) => {
    pair.tag(1, WireType.LengthDelimited).string(key);
    nested(pair, 2, (any) => any.tag(1, WireType.LengthDelimited).string(value));
  });
}

/** A valid body of one sum and one histogram, to be damaged. */
function validMetrics(): Uint8Array {
  const writer = new BinaryWriter();
  const time = BigInt(RECEIVED_AT) * 1_000_000n;
  nested(writer, 1, (resource) => {
    nested(resource, 1, (one) => attribute(one, 1, 'service.name', 'ranker'));
    nested(resource, 2, (scope) => {
      nested(scope, 2, (metric) => {
        metric.tag(1, WireType.LengthDelimited).string('hits');
        nested(metric, 7, (sum) => {
          nested(sum, 1, (point) => {
            point.tag(3, WireType.Bit64).fixed64(time).tag(6, WireType.Bit64).sfixed64(-7n);
            attribute(point, 7, 'code', '200');
          });
          sum.tag(2, WireType.Varint).uint32(2);
        });
      });
      nested(scope, 2, (metric) => {
        metric.tag(1, WireType.LengthDelimited).string('size');
        nested(metric, 10, (histogram) => {
          nested(histogram, 1, (point) => {
            point.tag(3, WireType.Bit64).fixed64(time).tag(4, WireType.Bit64).fixed64(3n);
            point.tag(6, WireType.Varint).sint32(-1);
            nested(point, 8, (run) => {
              run.tag(1, WireType.Varint).sint32(-5);
              nested(run, 2, (counts) => counts.uint64(1n).uint64(2n));
            });
          });
          histogram.tag(2, WireType.Varint).uint32(1);
        });
      });
    });
  });
  return writer.finish();
}

/** Taken or refused with a reason: nothing else may happen. */
function answers(body: Uint8Array, contentType: string): void {
  for (const decode of [decoders.metrics, decoders.traces]) {
    const result = decode(otlpRequest(body, { contentType }));
    if (!result.ok) {
      expect([400, 413]).toContain(result.error.status);
      expect(result.error.message).toMatch(/Nothing of it was taken/);
    }
  }
}

describe('hostile bodies are answered, never thrown', () => {
  it('random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (body) => {
        answers(body, 'application/x-protobuf');
        answers(body, 'application/json');
      }),
      { numRuns: 2_000 },
    );
  });

  it('a valid body, damaged at any bytes', () => {
    const valid = validMetrics();
    expect(decoders.metrics(otlpRequest(valid))).toMatchObject({ ok: true });
    const damage = fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(damage, fc.nat(valid.length), (changes, length) => {
        const body = Uint8Array.from(valid);
        for (const [at, byte] of changes) body[at] = byte;
        answers(body, 'application/x-protobuf');
        answers(body.subarray(0, length), 'application/x-protobuf');
      }),
      { numRuns: 3_000 },
    );
  });

  it('JSON of any shape', () => {
    const names = fc.constantFrom(
      'resourceMetrics',
      'scopeMetrics',
      'metrics',
      'sum',
      'dataPoints',
      'attributes',
      '__proto__',
      'value',
      'name',
    );
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 8 },
        fc.constantFrom(null, 1, '1', 'x', true, -0.5),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(names, tie('tree'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) =>
        answers(new TextEncoder().encode(JSON.stringify(value)), 'application/json'),
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('bodies that unfold are stopped early', () => {
  const refusal = (body: Uint8Array, contentType: string, decode = decoders.metrics) => {
    const result = decode(otlpRequest(body, { contentType }));
    return result.ok ? 'taken' : result.error.status;
  };

  it('millions of empty messages', () => {
    const body = new Uint8Array(4_000_000);
    for (let i = 0; i < body.length; i += 2) body[i] = 0x0a;
    expect(refusal(body, 'application/x-protobuf')).toBe(413);
  });

  it('millions of empty JSON objects', () => {
    const body = new TextEncoder().encode(`{"resourceMetrics":[${'{},'.repeat(1_500_000)}{}]}`);
    expect(refusal(body, 'application/json')).toBe(413);
  });

  it('values nested in values, in both encodings', () => {
    const json = `{"resourceMetrics":[{"resource":{"attributes":[{"key":"a","value":${'{"arrayValue":{"values":['.repeat(5_000)}`;
    expect(refusal(new TextEncoder().encode(json), 'application/json')).toBe(400);
    let value = new Uint8Array(0);
    for (let i = 0; i < 200; i += 1)
      value = nested(new BinaryWriter(), i % 2 === 0 ? 1 : 5, (inner) =>
        inner.raw(value),
      ).finish() as Uint8Array<ArrayBuffer>;
    const body = nested(new BinaryWriter(), 1, (resource) =>
      nested(resource, 1, (one) => nested(one, 1, (pair) => nested(pair, 2, (any) => any.raw(value)))),
    ).finish();
    expect(refusal(body, 'application/x-protobuf')).toBe(400);
  });

  it('groups in groups, which OTLP does not know', () => {
    expect(refusal(new Uint8Array(100_000).fill(0x0b), 'application/x-protobuf')).toBe(400);
  });

  it('a text without an end', () => {
    expect(refusal(new TextEncoder().encode(`{"a":"${'\\'.repeat(200_001)}`), 'application/json')).toBe(400);
  });

  it('other media types', () => {
    expect(refusal(new Uint8Array(0), 'text/plain')).toBe(415);
  });
});

describe('spans', () => {
  const span = (more: object = {}) => ({
    traceId: '0AF7651916CD43DD8448EB211C80319C',
    spanId: 'b7ad6b7169203331',
    name: 'rank',
    kind: 2,
    startTimeUnixNano: nanosAt(0),
    endTimeUnixNano: `${BigInt(nanosAt(0)) + 1_234_567n}`,
    ...more,
  });
  const take = (spans: readonly object[]) => {
    const result = decoders.traces(otlpRequest({ resourceSpans: [{ scopeSpans: [{ spans }] }] }));
    if (!result.ok) throw new Error(result.error.message);
    return result.value;
  };

  it('keep identifiers in lower case and parts of milliseconds', () => {
    expect(take([span()]).received.spans).toEqual([
      {
        traceId: '0af7651916cd43dd8448eb211c80319c',
        spanId: 'b7ad6b7169203331',
        parentSpanId: null,
        service: 'unknown_service',
        name: 'rank',
        kind: 'server',
        startAt: RECEIVED_AT,
        durationMs: 1.234567,
        status: 'unset',
        attributes: {},
      },
    ]);
  });

  it('that cannot be are refused and said', () => {
    const wrong = [
      { traceId: '0'.repeat(32) },
      { spanId: 'xyz' },
      { startTimeUnixNano: '0' },
      { endTimeUnixNano: '1' },
    ];
    const { received, answer } = take([span(), ...wrong.map(span)]);
    expect(received.spans).toHaveLength(1);
    expect(JSON.parse(Buffer.from(answer.body ?? []).toString())).toMatchObject({
      partialSuccess: { rejectedSpans: '4' },
    });
  });

  it('have bounded attributes, and what is left out is counted', () => {
    const attributes = [
      { key: 'text', value: { stringValue: 'x'.repeat(5_000) } },
      { key: 'k'.repeat(200), value: { boolValue: true } },
      { key: 'nan', value: { doubleValue: 'NaN' } },
      { key: '__proto__', value: { boolValue: true } },
      ...Array.from({ length: 60 }, (_, index) => ({ key: `a${index}`, value: { intValue: index } })),
    ];
    const { received } = take([span({ attributes, events: [{}, {}], links: [{}] })]);
    const kept = received.spans[0]?.attributes ?? {};
    expect(String(kept.text)).toHaveLength(1_024);
    expect(kept).toMatchObject({ nan: 'NaN', a0: 0 });
    expect(Object.keys(kept)).toHaveLength(46);
    expect(Object.fromEntries(received.refused.map(({ reason, count }) => [reason, count]))).toEqual({
      'span event or link': 3,
      'span attribute beyond those kept': 16,
      'span attribute with a key that cannot be kept': 2,
    });
  });

  it('beyond the samples of one request are refused', () => {
    const body = { resourceSpans: [{ scopeSpans: [{ spans: [span(), span(), span()] }] }] };
    const result = decoders.traces(otlpRequest(body, { limits: { ...OTLP_LIMITS, samplesMax: 2 } }));
    expect(result).toMatchObject({ ok: true, value: { received: { refused: [{ count: 1 }] } } });
  });
});

import { openSpanWriter, SPAN_STORE_LIMITS } from '../../main/store/span-writer.ts';

/** Adds spans as fast as it can and prints how many were answered, until it is killed. */
const NOW = 1_700_000_000_000;
const writer = openSpanWriter(process.argv[2] ?? '', SPAN_STORE_LIMITS, { now: () => NOW });

function step(i: number): void {
  writer.addSpans([
    {
      traceId: i.toString(16).padStart(32, '0'),
      spanId: i.toString(16).padStart(16, '0'),
      parentSpanId: null,
      service: 'gateway',
      name: 'predict',
      kind: 'server',
      startAt: NOW - 1_000,
      durationMs: 5,
      status: 'ok',
      attributes: { request_id: `r-${i}` },
    },
  ]);
  process.stdout.write(`${i}\n`, () => step(i + 1));
}

step(1);

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { openSpanReader } from '../../../main/store/index.ts';
import { openSpanWriter, SPAN_STORE_LIMITS } from '../../../main/store/span-writer.ts';
import type { Span } from '../../../shared/model/trace.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../shared/unit/time.ts';

const NOW = 1_700_000_000_000;
const ALL = { fromAt: 0, toAt: NOW + DAY_MS };
let clean: (() => void)[] = [];
afterEach(() => {
  for (const task of clean.reverse()) task();
  clean = [];
});

function store(limits = SPAN_STORE_LIMITS) {
  const folder = mkdtempSync(join(tmpdir(), 'midwatch-spans-'));
  clean.push(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'traces.db');
  const open = () => {
    const writer = openSpanWriter(path, limits, { now: () => NOW });
    clean.push(() => writer.closeSpans());
    return writer;
  };
  const reader = openSpanReader(path);
  clean.push(() => reader.closeSpans());
  return { folder, path, open, reader };
}

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');

function span(i: number, given: Partial<Span> = {}): Span {
  return {
    traceId: hex(i, 32),
    spanId: hex(i, 16),
    parentSpanId: null,
    service: 'gateway',
    name: 'predict',
    kind: 'server',
    startAt: NOW - MINUTE_MS + i,
    durationMs: i,
    status: 'ok',
    attributes: {},
    ...given,
  };
}

const spans = (count: number, given: Partial<Span> = {}) =>
  Array.from({ length: count }, (_, i) => span(i + 1, given));

const anySpan = fc
  .record({
    traceId: fc.nat(5).map((one) => hex(one, 32)),
    spanId: fc.nat(40).map((one) => hex(one, 16)),
    parentSpanId: fc.option(fc.nat(40).map((one) => hex(one, 16))),
    service: fc.constantFrom('gateway', 'model', '__proto__', "o'hare"),
    name: fc.constantFrom('preprocessing', 'model_inference', 'postprocessing'),
    startAt: fc.integer({ min: NOW - HOUR_MS, max: NOW }).map((at) => at + 0.25),
    durationMs: fc.integer({ min: 0, max: 5_000 }),
    status: fc.constantFrom('ok' as const, 'error' as const),
    attributes: fc.dictionary(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
  })
  .map((given) => span(0, given));

describe('stored spans', () => {
  it('come back as the plainest store gives them: the first of each identity, by trace, time and service', () => {
    fc.assert(
      fc.property(fc.array(anySpan, { maxLength: 60 }), fc.nat(59), (given, cut) => {
        const files = store();
        const writer = files.open();
        const first = new Map<string, Span>();
        for (const one of given) {
          const key = one.traceId + one.spanId;
          if (!first.has(key)) first.set(key, one);
        }
        const answers = [given.slice(0, cut), given.slice(cut)].map((part) => writer.addSpans(part));
        expect(answers.reduce((sum, one) => sum + one.added, 0)).toBe(first.size);
        expect(answers.reduce((sum, one) => sum + one.duplicates, 0)).toBe(given.length - first.size);
        expect(writer.spanStats().spans).toBe(first.size);
        const kept = [...first.values()];
        const ids = (all: readonly Span[]) => all.map((one) => one.traceId + one.spanId).sort();
        for (const traceId of new Set(kept.map((one) => one.traceId))) {
          const found = files.reader.spansOf(traceId);
          expect(ids(found)).toEqual(ids(kept.filter((one) => one.traceId === traceId)));
          expect(found.map((one) => one.startAt)).toEqual(
            found.map((one) => one.startAt).sort((a, b) => a - b),
          );
          for (const one of found) expect(one).toEqual(first.get(one.traceId + one.spanId));
        }
        const fromAt = NOW - HOUR_MS / 2;
        const recent = files.reader.recentSpans({ service: 'model', fromAt, toAt: NOW, limit: 1_000 });
        expect(ids(recent)).toEqual(
          ids(kept.filter((one) => one.service === 'model' && one.startAt > fromAt && one.startAt <= NOW)),
        );
        writer.closeSpans();
        files.reader.closeSpans();
      }),
      { numRuns: 30 },
    );
  }, 60_000);

  it('are summed up by stage, with durations that happened', () => {
    const { open, reader } = store();
    open().addSpans([
      ...spans(100),
      ...Array.from({ length: 4 }, (_, i) =>
        span(200 + i, { name: 'model_inference', durationMs: 5_000, status: i === 0 ? 'error' : 'ok' }),
      ),
    ]);
    const stages = reader.spanStages(ALL);
    expect(
      stages.map((one) => [one.name, one.count, one.errorShare, one.p50Ms, one.p95Ms, one.p99Ms]),
    ).toEqual([
      ['model_inference', 4, 0.25, 5_000, 5_000, 5_000],
      ['predict', 100, 0, 50, 95, 99],
    ]);
    expect(reader.spanStages({ ...ALL, service: 'nobody' })).toEqual([]);
  });

  it('are not there before the first came, and an identifier that is none finds nothing', () => {
    const { reader } = store();
    expect(reader.spansOf(hex(1, 32))).toEqual([]);
    expect(reader.recentSpans({ ...ALL, limit: 5 })).toEqual([]);
    expect(reader.spansOf("' OR 1=1 --")).toEqual([]);
  });
});

describe('the bounds of stored spans', () => {
  it('leave out what is too old or in the future, and count it', () => {
    const writer = store().open();
    const answer = writer.addSpans([
      span(1, { startAt: NOW - DAY_MS }),
      span(2, { startAt: NOW + 11 * MINUTE_MS }),
      span(3, { startAt: NOW + 9 * MINUTE_MS }),
    ]);
    expect(answer).toEqual({ added: 1, duplicates: 0, outsideTime: 2 });
    expect(writer.spanStats().outsideTime).toBe(2);
  });

  it('let go first what came first, by number and by size', () => {
    const few = store({ ...SPAN_STORE_LIMITS, spansMax: 10 });
    const writer = few.open();
    writer.addSpans(spans(25));
    expect(writer.spanStats().spans).toBe(10);
    expect(few.reader.recentSpans({ ...ALL, limit: 100 }).map((one) => one.durationMs)).toEqual(
      Array.from({ length: 10 }, (_, i) => 25 - i),
    );
    const small = store({ ...SPAN_STORE_LIMITS, bytesMax: 20_000 });
    const other = small.open();
    other.addSpans(spans(50, { attributes: { text: 'x'.repeat(1_000) } }));
    expect(other.spanStats().bytes).toBeLessThanOrEqual(20_000);
    expect(other.spanStats().spans).toBeGreaterThan(5);
    expect(small.reader.spansOf(hex(50, 32))).toHaveLength(1);
  });

  it('drop what is past its age, and know after a restart what they hold', () => {
    const files = store();
    const writer = files.open();
    writer.addSpans(spans(20));
    const before = writer.spanStats();
    writer.closeSpans();
    const second = files.open();
    second.addSpans([span(100)]);
    expect(second.spanStats().spans).toBe(before.spans + 1);
    expect(second.retainSpans(NOW + DAY_MS - 2 * MINUTE_MS)).toEqual({ dropped: 0, more: false });
    expect(second.retainSpans(NOW + DAY_MS)).toEqual({ dropped: 21, more: false });
    expect(second.spanStats()).toMatchObject({ spans: 0, bytes: 0 });
  });
});

describe('a file of spans that cannot be used', () => {
  it.each([
    ['is no database', (path: string) => writeFileSync(path, 'this is no database'.repeat(500))],
    [
      'is of a newer format',
      (path: string) => {
        const db = new Database(path);
        db.pragma('user_version = 99');
        db.pragma(`application_id = ${0x4d577472}`);
        db.close();
      },
    ],
  ])('because it %s is moved aside, never deleted, and said', (_what, spoil) => {
    const files = store();
    spoil(files.path);
    const writer = files.open();
    expect(writer.addSpans([span(1)]).added).toBe(1);
    expect(writer.spanStats().notice).toContain('moved aside');
    expect(readdirSync(files.folder).some((name) => name.startsWith('traces.db.unusable-'))).toBe(true);
    expect(files.reader.spansOf(hex(1, 32))).toHaveLength(1);
  });
});

describe('kill -9 while spans are added', () => {
  it('loses none that was answered', { timeout: 60_000 }, async () => {
    const files = store();
    const script = new URL('../../support/span-add.main.ts', import.meta.url);
    const child = spawn(process.execPath, [script.pathname, files.path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let answered = 0;
    await new Promise<void>((resolve) => {
      child.stdout.on('data', (data: Buffer) => {
        for (const line of data.toString().split('\n')) if (line) answered = Math.max(answered, Number(line));
        if (answered > 200) resolve();
      });
    });
    child.kill('SIGKILL');
    await once(child, 'exit');
    const db = new Database(files.path);
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(Number(db.prepare('SELECT count(*) FROM span').pluck().get())).toBeGreaterThanOrEqual(answered);
    db.close();
    expect(files.open().addSpans([span(1)]).duplicates).toBe(1);
  });
});

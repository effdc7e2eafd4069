import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { createDemoTraces } from '../../../main/app/demo-traces.ts';
import type { Receiving } from '../../../main/app/receiving.ts';
import { ControlApi } from '../../../main/demo/control-api.ts';
import { Fleet } from '../../../main/demo/index.ts';
import { TraceLog } from '../../../main/demo/trace-log.ts';
import { otlpTraces, TraceSender } from '../../../main/demo/trace-sender.ts';
import { freePort } from '../../support/scraping-prometheus.ts';

const NOON = Date.UTC(2026, 4, 5, 12);
const SECONDS = 20;

function traced(seed = 3) {
  const fleet = new Fleet({ seed, startAt: NOON });
  fleet.traces.enabled = true;
  fleet.advanceTo(NOON + SECONDS * 1_000);
  return { fleet, requests: fleet.traces.take() };
}

describe('the traces of the demo fleet', () => {
  it('show the three stages of a request in their order, within it', () => {
    const { requests } = traced();
    const whole = requests.filter((one) => !one.failed);
    expect(whole.length).toBeGreaterThan(10);
    for (const { stages, startedAt, endedAt, features, confidence, resultBytes } of whole) {
      expect(stages.map((one) => one.name)).toEqual(['preprocessing', 'model_inference', 'postprocessing']);
      const times = [startedAt, ...stages.flatMap((one) => [one.startedAt, one.endedAt]), endedAt];
      expect(times).toEqual(times.toSorted((a, b) => a - b));
      expect(features).toBeGreaterThan(0);
      expect(confidence).toBeGreaterThan(0);
      expect(confidence).toBeLessThanOrEqual(1);
      expect(resultBytes).toBeGreaterThan(100);
    }
    expect(new Set(requests.map((one) => one.traceId)).size).toBe(requests.length);
  });

  it('are at most two a second, and wait in bounded number where nobody takes them', () => {
    expect(traced().requests.length).toBeLessThanOrEqual(2 * SECONDS + 1);
    const log = new TraceLog(1);
    log.enabled = true;
    for (let at = 0; at < 400_000; at += 500) {
      const trace = log.begin(at, 'v1');
      if (trace) log.end(trace, at, false, 1);
    }
    const kept = log.take();
    expect(kept).toHaveLength(120);
    expect(kept.at(-1)?.startedAt).toBe(399_500);
    expect(log.take()).toEqual([]);
  });

  it('are missed in silence while whoever takes them stops or begins anew, and said once where nobody does', async () => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const log = new TraceLog(1);
    const sender = new TraceSender(log);
    sender.aim({ url: `http://127.0.0.1:${await freePort()}`, token: 'a-token-of-the-fleet' });
    sender.stop();
    const sendOne = async (at: number) => {
      const trace = log.begin(at, 'v1') ?? expect.fail('it was not traced');
      log.end(trace, at, false, 1);
      await sender.send();
    };
    for (let i = 0; i < 4; i += 1) await sendOne(i * 1_000);
    expect(said).not.toHaveBeenCalled();
    for (let i = 4; i < 9; i += 1) await sendOne(i * 1_000);
    expect(said).toHaveBeenCalledOnce();
    expect(String(said.mock.calls[0])).toMatch(/^The demo fleet's traces are not taken/);
    said.mockRestore();
  });

  it('change nothing of the metrics, and are not made until somebody wants them', () => {
    const without = new Fleet({ seed: 3, startAt: NOON });
    without.advanceTo(NOON + SECONDS * 1_000);
    expect(without.traces.take()).toEqual([]);
    expect(traced().fleet.expose('prometheus')).toBe(without.expose('prometheus'));
  });

  it('are OTLP with what a request is known by, and leave out what is not known', () => {
    const log = new TraceLog(1);
    log.enabled = true;
    const trace = log.begin(1_700_000_000_000.25, 'v41') ?? expect.fail('it was not traced');
    trace.stages.push({ name: 'preprocessing', startedAt: 1_700_000_000_000.5, endedAt: 1_700_000_000_001 });
    log.end(trace, 1_700_000_000_002, true, 1);
    const sent = JSON.parse(JSON.stringify(otlpTraces(log.take(), (length) => log.hex(length))));
    const [root, stage, ...others] = sent.resourceSpans[0].scopeSpans[0].spans;
    expect(others).toEqual([]);
    expect(root).toMatchObject({
      name: 'rank',
      startTimeUnixNano: '1700000000000250000',
      endTimeUnixNano: '1700000000002000000',
      status: { code: 2 },
    });
    expect(stage).toMatchObject({ traceId: root.traceId, parentSpanId: root.spanId });
    expect(stage.attributes).toEqual([
      { key: 'request_id', value: { stringValue: trace.requestId } },
      { key: 'model_version', value: { stringValue: 'v41' } },
    ]);
  });
});

describe('the fleet’s control', () => {
  const call = (body: object) => ({
    method: 'POST',
    path: '/control/traces',
    body: JSON.stringify(body),
    idempotencyKey: null,
  });
  it('sends traces to a port of this machine and nowhere else, and does not repeat the token', () => {
    const aimed: string[] = [];
    const control = new ControlApi(new Fleet({ seed: 1, startAt: NOON }), (to) => void aimed.push(to.url));
    const token = 'a-token-of-some-length';
    const answer = control.handle(call({ url: 'http://127.0.0.1:4318', token }));
    expect(answer.status).toBe(200);
    expect(JSON.stringify(answer)).not.toContain(token);
    for (const url of [
      'http://evil.example:80',
      'https://127.0.0.1:1',
      'http://127.0.0.1:1/x',
      'file:///etc',
    ])
      expect(control.handle(call({ url, token })).status, url).toBe(400);
    expect(control.handle(call({ url: 'http://127.0.0.1:1', token: 'short' })).status).toBe(400);
    expect(aimed).toEqual(['http://127.0.0.1:4318']);
  });
});

describe('the way of the traces', () => {
  it('tells the fleet each port of the receivers once, with a token that only this user can read', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'midwatch-traces-'));
    try {
      const told: { url: string; token: string }[] = [];
      const traces = createDemoTraces({ sendTraces: async (target) => void told.push(target) }, folder);
      let port: number | null = null;
      const receiving = { port: () => port } as Receiving;
      await traces.follow(receiving);
      port = 4_001;
      await traces.follow(receiving);
      await traces.follow(receiving);
      port = 4_002;
      await traces.follow(receiving);
      expect(told.map((one) => one.url)).toEqual(['http://127.0.0.1:4001', 'http://127.0.0.1:4002']);
      const path = join(folder, 'fleet-token');
      expect(readFileSync(path, 'utf8')).toBe(told[0]?.token);
      expect(statSync(path).mode & 0o077).toBe(0);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

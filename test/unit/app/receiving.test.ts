import { afterEach, describe, expect, it } from 'vitest';
import { createReceiving, type Receiving } from '../../../main/app/receiving.ts';
import {
  type Clock,
  inlineWorker,
  silentLogger,
  startWorker,
  systemClock,
  VirtualClock,
} from '../../../main/platform/index.ts';
import { createReceiveApi, type ReceiveApi } from '../../../main/receive/index.ts';
import { ReceiveConfig } from '../../../shared/config/receive.ts';
import { SourceConfig } from '../../../shared/config/source.ts';
import { CodedError } from '../../../shared/error/coded.ts';
import { err, ok } from '../../../shared/error/result.ts';
import { until } from '../../support/scraping-prometheus.ts';

const clock = systemClock();
const log = silentLogger();
const receive = ReceiveConfig.parse({ port: 0 });
const push = (id: string, token = `env:${id}`) => SourceConfig.parse({ kind: 'push', id, token });
const SECRETS: Record<string, string> = {
  'env:one': 'the-token-of-one-0001',
  'env:two': 'the-token-of-two-0002',
  'env:short': 'short',
  'env:blank': 'a token with blanks in it',
};
const secret = async (reference: string) => {
  const value = SECRETS[reference];
  return value ? ok(value) : err(new CodedError('secret-missing', `${reference} is not set.`));
};
let receiving: Receiving;
afterEach(() => receiving.stop());

function inline(startClock: Clock = clock) {
  const started = { threads: 0 };
  const made = createReceiving({
    clock: startClock,
    log,
    secret,
    startWorker: () => {
      started.threads += 1;
      return inlineWorker<ReceiveApi>('receive', createReceiveApi({ clock }));
    },
  });
  return { made, started };
}

async function statusOf(port: number | null, token: string): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/write`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: 'x',
  });
  return answer.status;
}

describe('receiving', () => {
  it('starts no thread for a configuration without a source that pushes', async () => {
    const { made, started } = inline();
    receiving = made;
    await receiving.replace([], receive);
    expect(started.threads).toBe(0);
    expect(await receiving.handle.call.status()).toMatchObject({ senders: [] });
    expect(receiving.port()).toBeNull();
  });

  it('follows reloads: a source comes, another comes, all go', async () => {
    const { made, started } = inline();
    receiving = made;
    await receiving.replace([push('one')], receive);
    const port = receiving.port();
    expect(await statusOf(port, 'the-token-of-one-0001')).toBe(415);
    expect(await statusOf(port, 'the-token-of-two-0002')).toBe(401);
    await receiving.replace([push('one'), push('two')], receive);
    expect(receiving.port()).toBe(port);
    expect(await statusOf(port, 'the-token-of-two-0002')).toBe(415);
    expect(started.threads).toBe(1);
    await receiving.replace([], receive);
    expect(receiving.port()).toBeNull();
    await expect(statusOf(port, 'the-token-of-one-0001')).rejects.toThrow();
  });

  it('lets who takes wait for a thread, go on with the next one, and end', async () => {
    const { made } = inline();
    receiving = made;
    const first = receiving.handle.call.take();
    await receiving.replace([push('one')], receive);
    const post = fetch(`http://127.0.0.1:${receiving.port()}/events`, {
      method: 'POST',
      headers: { authorization: 'Bearer the-token-of-one-0001', 'content-type': 'application/json' },
      body: '{"service":"shop","version":"2"}',
    });
    const [batch] = await first;
    expect(batch?.changes).toMatchObject([{ service: 'shop', to: '2' }]);
    await receiving.handle.call.settle([{ id: batch?.id ?? 0, refs: new Uint32Array(0), problem: null }]);
    expect((await post).status).toBe(202);
    const second = receiving.handle.call.take();
    await receiving.replace([], receive);
    expect(await second).toEqual([]);
    const third = receiving.handle.call.take();
    await receiving.stop();
    expect(await third).toEqual([]);
    expect(await receiving.handle.call.take()).toEqual([]);
  });

  it('says of each source where its sender pushes to, and why it cannot', async () => {
    receiving = inline().made;
    expect(receiving.listening('one').problem).toContain('being started');
    await receiving.replace([push('one'), push('short')], receive);
    const address = `http://127.0.0.1:${receiving.port()}`;
    expect(receiving.listening('one')).toEqual({ address, problem: null });
    expect(receiving.listening('short').problem).toContain('could be guessed');
  });

  it('leaves out a source whose token is missing, short, no header, or of another, and says so', async () => {
    receiving = inline().made;
    const sources = [push('one'), push('missing'), push('short'), push('blank'), push('twin', 'env:one')];
    await receiving.replace(sources, receive);
    expect(await statusOf(receiving.port(), 'the-token-of-one-0001')).toBe(415);
    expect(receiving.problems().map((one) => one.sourceId)).toEqual(['missing', 'short', 'blank', 'twin']);
    expect(receiving.problems()[3]?.message).toContain('same token as one');
    expect(JSON.stringify(receiving.problems())).not.toContain('the-token-of-one');
  });

  it('says that its port is taken and tries again', async () => {
    const other = inline().made;
    await other.replace([push('one')], receive);
    const virtual = new VirtualClock(0);
    receiving = inline(virtual).made;
    await receiving.replace([push('one')], { ...receive, port: other.port() ?? 0 });
    expect(receiving.port()).toBeNull();
    expect(receiving.problems()).toMatchObject([{ sourceId: null }]);
    expect(receiving.problems()[0]?.message).toContain('receive.port');
    const wanted = other.port();
    await other.stop();
    await virtual.advance(10_000);
    expect(receiving.port()).toBe(wanted);
    expect(receiving.problems()).toEqual([]);
  });

  it('listens again on its port once a thread that died is back', async () => {
    const entry = new URL('../../../main/receive/receive.worker.ts', import.meta.url);
    receiving = createReceiving({
      clock,
      log,
      secret,
      startWorker: () => startWorker<ReceiveApi>({ name: 'receive', entry, init: null, clock, log }),
    });
    await receiving.replace([push('one')], receive);
    expect(await statusOf(receiving.port(), 'the-token-of-one-0001')).toBe(415);
    await receiving.handle.kill();
    await until(() => receiving.port() !== null, 10_000, 'the receivers did not come back');
    expect(await statusOf(receiving.port(), 'the-token-of-one-0001')).toBe(415);
  });
});

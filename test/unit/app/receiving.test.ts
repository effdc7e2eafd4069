import { afterEach, describe, expect, it } from 'vitest';
import { createReceiving, type Receiving } from '../../../main/app/receiving.ts';
import {
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

function inline() {
  const started = { threads: 0, consumers: 0 };
  const made = createReceiving({
    clock,
    log,
    secret,
    startWorker: () => {
      started.threads += 1;
      return inlineWorker<ReceiveApi>('receive', createReceiveApi({ clock }));
    },
    consume: () => {
      started.consumers += 1;
      return () => {
        started.consumers -= 1;
      };
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
    expect(started).toEqual({ threads: 0, consumers: 0 });
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
    expect(started).toEqual({ threads: 1, consumers: 1 });
    await receiving.replace([], receive);
    expect(started.consumers).toBe(0);
    expect(receiving.port()).toBeNull();
    await expect(statusOf(port, 'the-token-of-one-0001')).rejects.toThrow();
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
    receiving = createReceiving({
      clock: virtual,
      log,
      secret,
      startWorker: () => inlineWorker<ReceiveApi>('receive', createReceiveApi({ clock })),
      consume: () => () => undefined,
    });
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
      consume: () => () => undefined,
    });
    await receiving.replace([push('one')], receive);
    expect(await statusOf(receiving.port(), 'the-token-of-one-0001')).toBe(415);
    await receiving.worker()?.kill();
    await until(() => receiving.port() !== null, 10_000, 'the receivers did not come back');
    expect(await statusOf(receiving.port(), 'the-token-of-one-0001')).toBe(415);
  });
});

import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { startFleet } from '../../../main/app/fleet.ts';
import { type LaunchChild, launchNodeChild } from '../../../main/platform/index.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

interface Request {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

async function control(answer: (request: Request, response: ServerResponse) => void) {
  const seen: Request[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const part of request) text += part;
    const one = {
      method: request.method ?? '',
      path: request.url ?? '',
      body: text === '' ? null : JSON.parse(text),
    };
    seen.push(one);
    answer(one, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { seen, port: (server.address() as AddressInfo).port };
}

/** A child that a test speaks for. */
function scripted() {
  const lines = new Set<(line: string) => void>();
  const exits = new Set<(status: number | null) => void>();
  const child = {
    stopped: 0,
    args: [] as readonly string[],
    say: (line: string) => {
      for (const listener of lines) listener(line);
    },
    exit: (status: number | null) => {
      for (const listener of exits) listener(status);
    },
  };
  const launch: LaunchChild = (_entry, args) => {
    child.args = args;
    return {
      pid: 1,
      onLine: (listener) => void lines.add(listener),
      onExit: (listener) => void exits.add(listener),
      stop: () => {
        child.stopped += 1;
        child.exit(null);
      },
    };
  };
  return { child, launch };
}

async function running(port: number) {
  const { child, launch } = scripted();
  const starting = startFleet(launch, 7);
  child.say(JSON.stringify({ ready: true, port }));
  return { child, fleet: await starting };
}

describe('starting the demo’s fleet', () => {
  it('waits for the line that says where it listens, whatever is printed before', async () => {
    const { child, launch } = scripted();
    const starting = startFleet(launch, 7);
    for (const line of ['(node:1) Warning: something', '{not json', '{"ready":false}', '[]', ''])
      child.say(line);
    child.say('{"ready":true,"port":4711}');
    expect((await starting).address).toBe('http://127.0.0.1:4711');
    expect(child.args).toEqual(['--port', '0', '--seed', '7', '--die-with-stdin']);
  });

  it('says so where it ends at once', async () => {
    const { child, launch } = scripted();
    const starting = startFleet(launch, 7);
    child.exit(3);
    await expect(starting).rejects.toMatchObject({
      code: 'fleet-ended',
      message: expect.stringContaining('status 3'),
    });
  });

  it('tells when it ends by itself, and not when it was told to', async () => {
    const ended: (number | null)[] = [];
    const first = await running(1);
    first.fleet.onExit((status) => ended.push(status));
    first.child.exit(139);
    expect(ended).toEqual([139]);
    const second = await running(1);
    second.fleet.onExit((status) => ended.push(status));
    second.fleet.stop();
    expect(second.child.stopped).toBe(1);
    expect(ended).toEqual([139]);
  });

  it('really starts, answers, is broken and mended, and ends when it is told', async () => {
    const fleet = await startFleet(launchNodeChild, 7);
    const ended = new Promise<void>((resolve) => {
      const look = setInterval(() => {
        fetch(fleet.address).catch(() => {
          clearInterval(look);
          resolve();
        });
      }, 50);
    });
    expect(await fleet.control.faults()).toEqual([]);
    for (const kind of ['bad-model', 'upstream-outage', 'latency', 'errors', 'crash', 'stale-features']) {
      const { id, endsAt } = await fleet.control.inject(kind);
      expect(endsAt).toBeGreaterThan(Date.now());
      const [found] = await fleet.control.faults();
      expect(found).toMatchObject({ id, kind, service: expect.any(String) });
      await fleet.control.clear(id);
      expect(await fleet.control.faults()).toEqual([]);
    }
    await expect(fleet.control.clear('nothing/../..')).rejects.toMatchObject({ code: 'fleet-refused' });
    fleet.stop();
    await ended;
    await expect(fleet.control.faults()).rejects.toMatchObject({
      code: 'fleet-unreachable',
      retryable: true,
    });
  });
});

describe('the fleet’s controls', () => {
  it.each(['meteor', 'toString', '__proto__', ''])(
    'know no fault named %j and send nothing',
    async (kind) => {
      const { seen, port } = await control((_request, response) => response.end('{}'));
      const { fleet } = await running(port);
      await expect(fleet.control.inject(kind)).rejects.toMatchObject({ code: 'unknown-fault' });
      expect(seen).toEqual([]);
    },
  );

  it('give each fault a time to live, so that it ends with nobody there to end it', async () => {
    const { seen, port } = await control((_request, response) =>
      response.end(JSON.stringify({ id: 'f1', endsAt: 5 })),
    );
    const { fleet } = await running(port);
    await fleet.control.inject('crash');
    expect(seen[0]).toMatchObject({
      method: 'POST',
      path: '/control/fault',
      body: { kind: 'crash', service: 'vector-index', ttlSeconds: 900 },
    });
  });

  it('put hostile names into the address as text', async () => {
    const { seen, port } = await control((_request, response) => response.end('{}'));
    const { fleet } = await running(port);
    await fleet.control.clear('../../x?y#z');
    expect(seen[0]?.path).toBe('/control/fault/..%2F..%2Fx%3Fy%23z');
  });

  it('answer in words what the fleet refused', async () => {
    const { port } = await control((_request, response) =>
      response.writeHead(409).end('{"message":"already so"}'),
    );
    const { fleet } = await running(port);
    await expect(fleet.control.inject('crash')).rejects.toMatchObject({
      code: 'fleet-refused',
      message: expect.stringContaining('already so'),
    });
  });

  it('say so where something else answers', async () => {
    const { port } = await control((_request, response) => response.end('{"faults":"none"}'));
    const { fleet } = await running(port);
    await expect(fleet.control.faults()).rejects.toMatchObject({ code: 'fleet-not-understood' });
    await expect(fleet.control.inject('crash')).rejects.toMatchObject({ code: 'fleet-not-understood' });
    const html = await control((_request, response) => response.end('<html>'));
    const other = await running(html.port);
    await expect(other.fleet.control.faults()).rejects.toMatchObject({ code: 'fleet-unreachable' });
  });
});

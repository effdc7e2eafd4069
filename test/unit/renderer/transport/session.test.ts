import { describe, expect, it } from 'vitest';
import type { Api } from '../../../../renderer/transport/api.ts';
import type { Line } from '../../../../renderer/transport/line.ts';
import {
  type SessionListener,
  type SessionWorld,
  startSession,
} from '../../../../renderer/transport/session.ts';
import type { StateFrame } from '../../../../shared/contract/state.ts';

const snapshot = (epoch: string, seq: number): StateFrame => ({
  kind: 'snapshot',
  epoch,
  seq,
  at: 5,
  changes: [],
  rest: 0,
});
const patch = (epoch: string, seq: number): StateFrame => ({ kind: 'patch', epoch, seq, at: 5, changes: [] });

/** A core whose streams are written down beforehand; each `watch` takes the next one, the last never ends. */
function scripted(streams: StateFrame[][]): { api: Api; watched: () => number } {
  let next = 0;
  const forever = new Promise<never>(() => undefined);
  const api = {
    system: {
      hello: async () => ({ version: '1', host: 'node', workspace: 'w', demo: false, at: 5 }),
      notifications: async () =>
        (async function* () {
          await forever;
          yield undefined;
        })(),
    },
    state: {
      watch: async () => {
        const frames = streams[next] ?? [];
        const isLast = next >= streams.length - 1;
        next += 1;
        return (async function* () {
          yield* frames;
          if (isLast) await forever;
        })();
      },
    },
  } as unknown as Api;
  return { api, watched: () => next };
}

function listening() {
  const heard: string[] = [];
  const listener: SessionListener = {
    connection: (state) => heard.push(state.kind),
    hello: () => heard.push('hello'),
    replace: (_changes, _at, rest) => heard.push(rest > 0 ? `replace, ${rest} to come` : 'replace'),
    apply: (_changes, _at, rest) => heard.push(rest === null ? 'apply' : `part, ${rest} to come`),
    alive: () => heard.push('alive'),
    notification: () => heard.push('notification'),
  };
  return { heard, listener };
}

const world: SessionWorld = {
  now: () => 5,
  jitter: () => 0,
  every: () => () => undefined,
  sleep: () => new Promise((resolve) => setTimeout(resolve, 1)),
};

async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !holds(); i += 1) await new Promise((resolve) => setTimeout(resolve, 2));
  expect(holds()).toBe(true);
}

describe('a session with the core', () => {
  it('begins again with a snapshot when a number is missing', async () => {
    const core = scripted([
      [snapshot('a', 1), patch('a', 2), patch('a', 4)],
      [snapshot('a', 4), patch('a', 5)],
    ]);
    const { heard, listener } = listening();
    const session = startSession(
      async () => ({ api: core.api, closed: new Promise(() => undefined), close: () => undefined }),
      listener,
      world,
    );
    await until(() => heard.filter((one) => one === 'apply').length === 2);
    expect(heard).toEqual(['connecting', 'hello', 'replace', 'live', 'apply', 'replace', 'apply']);
    expect(core.watched()).toBe(2);
    session.stop();
  });

  it('tells how much of a snapshot is still to come, until all is there', async () => {
    const part = (rest: number, seq = 1): StateFrame => ({
      kind: 'part',
      epoch: 'a',
      seq,
      at: 5,
      changes: [],
      rest,
    });
    const core = scripted([
      [{ ...snapshot('a', 1), rest: 2 } as StateFrame, part(1), patch('a', 2), part(0, 2)],
    ]);
    const { heard, listener } = listening();
    const session = startSession(
      async () => ({ api: core.api, closed: new Promise(() => undefined), close: () => undefined }),
      listener,
      world,
    );
    await until(() => heard.length === 7);
    expect(heard.slice(2)).toEqual([
      'replace, 2 to come',
      'live',
      'part, 1 to come',
      'apply',
      'part, 0 to come',
    ]);
    session.stop();
  });

  it('opens a new line when the old one breaks, and takes over what is true by then', async () => {
    const { heard, listener } = listening();
    const breaks: (() => void)[] = [];
    const open = async (): Promise<Line> => {
      const closed = new Promise<string>((resolve) => breaks.push(() => resolve('cut')));
      return { api: scripted([[snapshot(`epoch-${breaks.length}`, 1)]]).api, closed, close: () => undefined };
    };
    const session = startSession(open, listener, world);
    await until(() => heard.includes('live'));
    breaks[0]?.();
    await until(() => breaks.length === 2 && heard.filter((one) => one === 'replace').length === 2);
    expect(heard.slice(-4)).toEqual(['offline', 'hello', 'replace', 'live']);
    session.stop();
  });

  it('says what it could not read instead of showing it', async () => {
    const { heard, listener } = listening();
    const problems: string[] = [];
    const strange = scripted([[{ kind: 'snapshot', epoch: 'a' } as unknown as StateFrame]]);
    const session = startSession(
      async () => ({ api: strange.api, closed: new Promise(() => undefined), close: () => undefined }),
      { ...listener, connection: (state) => state.kind === 'offline' && problems.push(state.problem) },
      world,
    );
    await until(() => problems.length > 0);
    expect(problems[0]).toContain('another version of the contract');
    expect(heard).not.toContain('replace');
    session.stop();
  });
});

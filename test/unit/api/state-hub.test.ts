import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createStateHub, type StateHub, type StateHubOptions } from '../../../main/api/index.ts';
import { VirtualClock } from '../../../main/platform/index.ts';
import type { StateFrame } from '../../../shared/contract/state.ts';
import type { Service } from '../../../shared/model/service.ts';

const service = (id: string, owner = 'team'): Service => ({
  id,
  title: id,
  owner,
  tier: 1,
  dependsOn: [],
  links: {},
});

function setUp(options: Partial<StateHubOptions> = {}) {
  const clock = new VirtualClock(0);
  const hub = createStateHub({ clock, epoch: 'e1', ...options });
  return { clock, hub };
}

/** A window that applies frames as the renderer does, and asks again after a hole. */
class Mirror {
  readonly services = new Map<string, Service>();
  seq = -1;
  holes = 0;
  snapshots = 0;
  rest = 0;

  apply(frame: StateFrame): void {
    if (frame.kind === 'beat') return;
    if (frame.kind === 'snapshot') {
      this.services.clear();
      this.snapshots += 1;
    } else if (frame.seq !== this.seq + (frame.kind === 'part' ? 0 : 1)) this.holes += 1;
    this.seq = frame.seq;
    if (frame.kind !== 'patch') this.rest = frame.rest;
    for (const change of frame.changes) {
      if (change.collection !== 'services') continue;
      for (const thing of change.upsert) this.services.set(thing.id, thing);
      for (const id of change.remove) this.services.delete(id);
    }
  }
}

async function read(frames: AsyncGenerator<StateFrame, void>, mirror: Mirror, count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    const next = await frames.next();
    if (next.done) return;
    mirror.apply(next.value);
  }
}

const contents = (hub: StateHub) => Object.fromEntries(hub.get('services').map((one) => [one.id, one]));

describe('the state hub', () => {
  it('begins with a snapshot of all there is', async () => {
    const { hub } = setUp();
    hub.put('services', [service('gateway')]);
    const mirror = new Mirror();
    await read(hub.watch(undefined), mirror, 1);
    expect([...mirror.services.keys()]).toEqual(['gateway']);
  });

  it('gathers changes into one numbered patch', async () => {
    const { clock, hub } = setUp();
    const frames = hub.watch(undefined);
    const mirror = new Mirror();
    await read(frames, mirror, 1);
    hub.put('services', [service('a'), service('b')]);
    hub.put('services', [service('a', 'other')]);
    hub.remove('services', ['b']);
    await clock.advance(50);
    const patch = (await frames.next()).value;
    expect(patch).toMatchObject({
      kind: 'patch',
      seq: 1,
      changes: [{ collection: 'services', upsert: [{ id: 'a', owner: 'other' }], remove: ['b'] }],
    });
  });

  it('beats while nothing changes, so that a window knows the core lives', async () => {
    const { clock, hub } = setUp();
    const frames = hub.watch(undefined);
    await frames.next();
    const next = frames.next();
    await clock.advance(2_000);
    expect((await next).value).toMatchObject({ kind: 'beat', seq: 0 });
  });

  it('replaces a collection, removing what is not in it any more', async () => {
    const { clock, hub } = setUp();
    hub.put('services', [service('a'), service('b')]);
    const frames = hub.watch(undefined);
    const mirror = new Mirror();
    await read(frames, mirror, 1);
    hub.replace('services', [service('b'), service('c')]);
    await clock.advance(50);
    await read(frames, mirror, 1);
    expect([...mirror.services.keys()].sort()).toEqual(['b', 'c']);
  });

  it('resynchronises a window that reads too slowly by a snapshot instead of filling memory', async () => {
    const { clock, hub } = setUp({ bufferBytes: 2_000 });
    const frames = hub.watch(undefined);
    const mirror = new Mirror();
    await read(frames, mirror, 1);
    for (let i = 0; i < 100; i += 1) {
      hub.put('services', [service(`s${i}`)]);
      await clock.advance(50);
    }
    const slow = new Mirror();
    hub.put('services', [service('last')]);
    await clock.advance(50);
    while (!slow.services.has('last')) await read(frames, slow, 1);
    expect(slow.snapshots).toBeGreaterThanOrEqual(1);
    expect(Object.fromEntries(slow.services)).toEqual(contents(hub));
  });

  it('sends what does not fit into one frame in parts, the first in order first', async () => {
    const order = { services: (one: Service, other: Service) => one.owner.localeCompare(other.owner) };
    const { clock, hub } = setUp({ frameThings: 2, order });
    hub.put('services', [
      service('a', '5'),
      service('b', '1'),
      service('c', '3'),
      service('d', '2'),
      service('e', '4'),
    ]);
    const frames = hub.watch(undefined);
    const mirror = new Mirror();
    await read(frames, mirror, 1);
    expect([[...mirror.services.keys()], mirror.rest]).toEqual([['b', 'd'], 3]);
    hub.put('services', [service('e', 'later')]);
    hub.remove('services', ['a']);
    // What changed meanwhile comes before the next part, and no part brings back what is gone or was.
    const patch = (await frames.next()).value;
    expect(patch).toMatchObject({ kind: 'patch', seq: 4 });
    if (patch) mirror.apply(patch);
    const parts = [(await frames.next()).value, (await frames.next()).value];
    expect(parts).toMatchObject([
      { kind: 'part', seq: 4, rest: 1, changes: [{ upsert: [{ id: 'c' }, { id: 'e', owner: 'later' }] }] },
      { kind: 'part', seq: 4, rest: 0, changes: [{ upsert: [], remove: ['a'] }] },
    ]);
    for (const part of parts) if (part) mirror.apply(part);
    expect(Object.fromEntries(mirror.services)).toEqual(contents(hub));
    const next = frames.next();
    await clock.advance(2_000);
    expect((await next).value).toMatchObject({ kind: 'beat', seq: 4 });
  });

  it('sends many changes of one round in several patches', async () => {
    const { clock, hub } = setUp({ frameThings: 2 });
    const frames = hub.watch(undefined);
    const mirror = new Mirror();
    await read(frames, mirror, 1);
    hub.put(
      'services',
      ['a', 'b', 'c', 'd', 'e'].map((id) => service(id)),
    );
    await clock.advance(50);
    await read(frames, mirror, 3);
    expect([mirror.services.size, mirror.seq, mirror.holes]).toEqual([5, 3, 0]);
  });

  it('says a change at once after a quiet time, and gathers while more comes', async () => {
    const { clock, hub } = setUp();
    const frames = hub.watch(undefined);
    const mirror = new Mirror();
    await read(frames, mirror, 1);
    await clock.advance(1_000);
    hub.put('services', [service('a')]);
    await clock.advance(0);
    await read(frames, mirror, 1);
    expect(mirror.seq).toBe(1);
    hub.put('services', [service('b')]);
    await clock.advance(20);
    hub.put('services', [service('c')]);
    await clock.advance(20);
    await read(frames, mirror, 1);
    expect([mirror.seq, mirror.services.size]).toEqual([2, 3]);
  });

  it('ends and forgets a window whose signal aborts', async () => {
    const { hub } = setUp();
    const ending = new AbortController();
    const frames = hub.watch(ending.signal);
    await frames.next();
    const next = frames.next();
    expect(hub.watchers()).toBe(1);
    ending.abort();
    expect((await next).done).toBe(true);
    expect(hub.watchers()).toBe(0);
  });

  it('makes every window equal to the core, whatever happens in whatever order', async () => {
    const change = fc.oneof(
      fc.record({
        kind: fc.constant('put' as const),
        id: fc.constantFrom('a', 'b', 'c', 'd'),
        owner: fc.string(),
      }),
      fc.record({ kind: fc.constant('remove' as const), id: fc.constantFrom('a', 'b', 'c', 'd') }),
      fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 100 }) }),
      fc.record({ kind: fc.constant('join' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { maxLength: 40 }),
        fc.integer({ min: 1, max: 5 }),
        async (changes, frameThings) => {
          const { clock, hub } = setUp({ bufferBytes: 5_000, frameThings });
          const windows: { frames: AsyncGenerator<StateFrame, void>; mirror: Mirror }[] = [];
          const join = async () => {
            const window = { frames: hub.watch(undefined), mirror: new Mirror() };
            windows.push(window);
            await read(window.frames, window.mirror, 1);
          };
          await join();
          for (const one of changes) {
            if (one.kind === 'put') hub.put('services', [service(one.id, one.owner)]);
            else if (one.kind === 'remove') hub.remove('services', [one.id]);
            else if (one.kind === 'wait') await clock.advance(one.ms);
            else await join();
          }
          hub.put('services', [service('end')]);
          await clock.advance(50);
          for (const { frames, mirror } of windows) {
            while (!mirror.services.has('end') || mirror.rest > 0) await read(frames, mirror, 1);
            expect(Object.fromEntries(mirror.services)).toEqual(contents(hub));
            expect(mirror.holes).toBe(0);
          }
        },
      ),
    );
  });
});

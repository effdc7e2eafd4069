import { describe, expect, it } from 'vitest';
import { createMirror } from '../../../../renderer/state/mirror.ts';
import type { StateChange } from '../../../../shared/contract/state.ts';
import type { ChangeEvent } from '../../../../shared/model/service.ts';

const event = (id: string, what = 'x'): ChangeEvent => ({
  id,
  at: 1,
  service: 's',
  what,
  from: null,
  to: null,
});
const change = (upsert: ChangeEvent[], remove: string[] = []): StateChange => ({
  collection: 'changes',
  upsert,
  remove,
});

function frames() {
  const waiting: (() => void)[] = [];
  return {
    next: (run: () => void) => void waiting.push(run),
    draw: () => waiting.splice(0).forEach((run) => void run()),
    count: () => waiting.length,
  };
}

describe('the mirror of the core’s state', () => {
  it('is not ready before anything was heard, which is not the same as empty', () => {
    const display = frames();
    const mirror = createMirror(display.next);
    expect(mirror.stores.changes.getState().ready).toBe(false);
    mirror.replace([]);
    display.draw();
    expect(mirror.stores.changes.getState()).toEqual({ ready: true, byId: new Map() });
  });

  it('changes each store once a frame, however many patches come', () => {
    const display = frames();
    const mirror = createMirror(display.next);
    let told = 0;
    mirror.stores.changes.subscribe(() => {
      told += 1;
    });
    for (let i = 0; i < 100; i += 1) mirror.apply([change([event(`c${i}`)])]);
    expect(display.count()).toBe(1);
    display.draw();
    expect(told).toBe(1);
    expect(mirror.stores.changes.getState().byId.size).toBe(100);
  });

  it('draws what comes in parts with the last of them, or when much has come', () => {
    const display = frames();
    const mirror = createMirror(display.next);
    mirror.replace([change([event('a')])]);
    display.draw();
    mirror.gather([change([event('b')])]);
    expect(display.count()).toBe(0);
    mirror.apply([change([event('c')])]);
    display.draw();
    expect([...mirror.stores.changes.getState().byId.keys()]).toEqual(['a', 'b', 'c']);
    mirror.gather([change(Array.from({ length: 4_999 }, (_, index) => event(`many-${index}`)))]);
    expect(display.count()).toBe(0);
    mirror.gather([change([event('d')])]);
    display.draw();
    expect(mirror.stores.changes.getState().byId.size).toBe(5_003);
  });

  it('keeps the order of patches: the later one wins, a removal removes', () => {
    const display = frames();
    const mirror = createMirror(display.next);
    mirror.apply([change([event('a', 'old'), event('b')])]);
    mirror.apply([change([event('a', 'new')], ['b'])]);
    display.draw();
    expect([...mirror.stores.changes.getState().byId.values()].map((one) => one.what)).toEqual(['new']);
  });

  it('forgets with a snapshot what it had and what still waited', () => {
    const display = frames();
    const mirror = createMirror(display.next);
    mirror.apply([change([event('old')])]);
    display.draw();
    mirror.apply([change([event('waiting')])]);
    mirror.replace([change([event('new')])]);
    mirror.apply([change([event('after')])]);
    display.draw();
    expect([...mirror.stores.changes.getState().byId.keys()]).toEqual(['new', 'after']);
  });

  it('leaves the stores alone that nothing was said of', () => {
    const display = frames();
    const mirror = createMirror(display.next);
    mirror.replace([]);
    display.draw();
    const before = mirror.stores.alerts.getState();
    mirror.apply([change([event('a')])]);
    display.draw();
    expect(mirror.stores.alerts.getState()).toBe(before);
  });
});

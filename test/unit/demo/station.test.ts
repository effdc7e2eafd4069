import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventQueue } from '../../../main/demo/event-queue.ts';
import { Random } from '../../../main/demo/random.ts';
import { type Admission, Station } from '../../../main/demo/station.ts';

const LATE = Number.POSITIVE_INFINITY;

function busy(servers: number, queueLimit: number) {
  const events = new EventQueue(0);
  const station = new Station(events, servers, queueLimit);
  const outcomes: [string, Admission, number][] = [];
  const serve = (name: string, serviceMs: number, deadlineAt = LATE): void =>
    station.serve(serviceMs, deadlineAt, (admission) => outcomes.push([name, admission, events.now]));
  return { events, station, outcomes, serve };
}

describe('a station', () => {
  it('serves as many at once as it has servers, the rest in order of arrival', () => {
    const { events, station, outcomes, serve } = busy(2, 10);
    for (const name of ['a', 'b', 'c', 'd']) serve(name, 100);
    expect(station.inUse).toBe(2);
    expect(station.queueLength).toBe(2);
    events.advanceTo(1_000);
    expect(outcomes).toEqual([
      ['a', 'admitted', 100],
      ['b', 'admitted', 100],
      ['c', 'admitted', 200],
      ['d', 'admitted', 200],
    ]);
  });

  it('turns away at once who finds the queue full', () => {
    const { outcomes, serve } = busy(1, 1);
    for (const name of ['a', 'b', 'c']) serve(name, 100);
    expect(outcomes).toEqual([['c', 'overflow', 0]]);
  });

  it('does not begin on what nobody waits for any more', () => {
    const { events, outcomes, serve } = busy(1, 5);
    serve('long', 100);
    serve('impatient', 100, 50);
    serve('patient', 100);
    events.advanceTo(1_000);
    expect(outcomes).toEqual([
      ['impatient', 'expired', 100],
      ['long', 'admitted', 100],
      ['patient', 'admitted', 200],
    ]);
  });

  it('puts new servers to work at once, and takes servers away only when they are free', () => {
    const { events, station, outcomes, serve } = busy(1, 10);
    for (const name of ['a', 'b', 'c']) serve(name, 100);
    station.resize(3, 10);
    expect(station.inUse).toBe(3);
    station.resize(1, 10);
    serve('d', 100);
    events.advanceTo(100);
    expect(outcomes.map(([name]) => name)).toEqual(['a', 'b', 'c']);
    events.advanceTo(200);
    expect(outcomes.at(-1)).toEqual(['d', 'admitted', 200]);
  });

  it('turns the waiting away when its last server goes', () => {
    const { events, station, outcomes, serve } = busy(1, 10);
    serve('served', 100);
    serve('waiting', 100);
    station.resize(0, 0);
    expect(outcomes).toEqual([['waiting', 'overflow', 0]]);
    events.advanceTo(200);
    expect(outcomes.at(-1)).toEqual(['served', 'admitted', 100]);
  });

  it('loses everybody when its process dies, and a server given back to the dead one is not a server of the new', () => {
    const { events, station, outcomes, serve } = busy(1, 10);
    serve('served', 100);
    serve('waiting', 100);
    station.restart();
    expect(outcomes).toEqual([['waiting', 'lost', 0]]);
    serve('new', 30);
    events.advanceTo(100);
    expect(outcomes.slice(1)).toEqual([
      ['new', 'admitted', 30],
      ['served', 'lost', 100],
    ]);
    expect(station.inUse).toBe(0);
  });

  it('does not take back a server that was held in an earlier life', () => {
    const { events, station } = busy(1, 10);
    const lives: number[] = [];
    station.acquire(LATE, (_, life) => lives.push(life));
    station.restart();
    station.acquire(LATE, (_, life) => lives.push(life));
    station.release(lives[0] ?? -1);
    expect(station.inUse).toBe(1);
    station.release(lives[1] ?? -1);
    expect(station.inUse).toBe(0);
    expect(events.size).toBe(0);
  });

  it('forgets without a word when time is skipped', () => {
    const { events, station, outcomes, serve } = busy(1, 10);
    serve('served', 100);
    serve('waiting', 100);
    events.skipTo(1e6);
    station.forget();
    expect(outcomes).toEqual([]);
    expect(station.inUse).toBe(0);
    expect(station.queueLength).toBe(0);
    expect(station.use().busyMs).toBe(0);
  });

  it('measures what its servers did and how long it was waited for', () => {
    const { events, station, serve } = busy(2, 10);
    for (const name of ['a', 'b', 'c']) serve(name, 100);
    events.advanceTo(400);
    expect(station.use()).toEqual({ busyMs: 300, waitingMs: 100, serverMs: 800 });
  });

  it('never uses more servers than it has nor queues more than it may, in whatever order things happen', () => {
    const job = fc.record({
      gap: fc.integer({ min: 0, max: 20 }),
      work: fc.integer({ min: 1, max: 60 }),
      patience: fc.integer({ min: 1, max: 80 }),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 0, max: 5 }),
        fc.array(job, { maxLength: 80 }),
        (servers, limit, jobs) => {
          const { events, station, outcomes, serve } = busy(servers, limit);
          for (const [index, { gap, work, patience }] of jobs.entries()) {
            events.advanceTo(events.now + gap);
            serve(String(index), work, events.now + patience);
            expect(station.inUse).toBeLessThanOrEqual(servers);
            expect(station.queueLength).toBeLessThanOrEqual(limit);
          }
          events.advanceTo(1e6);
          expect(outcomes).toHaveLength(jobs.length);
          expect(station.inUse).toBe(0);
          expect(station.queueLength).toBe(0);
        },
      ),
    );
  });

  it('queues as theory says: M/M/1 at 60 % has 0.9 waiting in the mean', () => {
    const events = new EventQueue(0);
    const random = new Random(9);
    const station = new Station(events, 1, 1_000_000);
    const arrive = (): void => {
      station.serve(random.exponential(6), LATE, () => undefined);
      events.after(random.exponential(10), arrive);
    };
    events.after(1, arrive);
    events.advanceTo(3_000_000);
    const { busyMs, waitingMs, serverMs } = station.use();
    expect(busyMs / serverMs).toBeCloseTo(0.6, 1);
    expect(waitingMs / serverMs).toBeGreaterThan(0.9 * 0.93);
    expect(waitingMs / serverMs).toBeLessThan(0.9 * 1.07);
  });
});

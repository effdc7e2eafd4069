import type { MirrorStores } from './mirror.ts';
import { type QueueGroup, triageGroups } from './triage.ts';

const MINUTE_MS = 60_000;

/** The queue of the present state, made once for all who ask: with ten thousand alerts that is what a key press costs. */
export function createTriage(mirror: MirrorStores, now: () => number): () => readonly QueueGroup[] {
  let inputs: readonly unknown[] = [];
  let groups: readonly QueueGroup[] = [];
  return () => {
    const { incidents, alerts, sources, health } = mirror;
    const minute = Math.floor(now() / MINUTE_MS) * MINUTE_MS;
    const next = [
      incidents.getState(),
      alerts.getState(),
      sources.getState(),
      health.getState(),
      minute,
    ] as const;
    if (next.some((one, index) => one !== inputs[index])) {
      inputs = next;
      const input = {
        incidents: next[0].byId.values(),
        alerts: next[1].byId.values(),
        sources: next[2].byId.values(),
        health: next[3].byId.get('core') ?? null,
        now: minute,
      };
      groups = triageGroups(input, groups);
    }
    return groups;
  };
}

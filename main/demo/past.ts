import { DAY_MS, MINUTE_MS } from '../../shared/unit/time.ts';
import type { FaultEffect } from './fault.ts';
import { type MeasuredProfile, measureProfile } from './measured-profile.ts';

/** Under which circumstances the fleet lived at some time in its past. */
export type Era = 'v40' | 'v41' | 'slow-spell' | 'stale-features';
export const ERAS: readonly Era[] = ['v40', 'v41', 'slow-spell', 'stale-features'];

const DEPLOYED_AGO_MS = 12 * DAY_MS;
const SLOW_SPELL = { agoMs: 9 * DAY_MS, durationMs: 18 * MINUTE_MS };
const STALE_SPELL = { agoMs: 4 * DAY_MS, durationMs: 40 * MINUTE_MS };

/** The few things that happened in the written past, counted back from when the fleet was started. */
export function eraAt(at: number, anchorAt: number): Era {
  const agoMs = anchorAt - at;
  if (agoMs > DEPLOYED_AGO_MS) return 'v40';
  if (agoMs <= SLOW_SPELL.agoMs && agoMs > SLOW_SPELL.agoMs - SLOW_SPELL.durationMs) return 'slow-spell';
  if (agoMs <= STALE_SPELL.agoMs && agoMs > STALE_SPELL.agoMs - STALE_SPELL.durationMs)
    return 'stale-features';
  return 'v41';
}

interface EraCircumstances {
  readonly modelVersion: string;
  readonly demands: readonly number[];
  readonly faults: readonly FaultEffect[];
  readonly seconds: number;
}

/** Calm eras are measured at the bottom, the middle and the top of the daily curve; short ones in the middle only. */
const CIRCUMSTANCES: Readonly<Record<Era, EraCircumstances>> = {
  v40: { modelVersion: 'v40', demands: [210, 400, 600], faults: [], seconds: 14 },
  v41: { modelVersion: 'v41', demands: [210, 400, 600], faults: [], seconds: 14 },
  'slow-spell': {
    modelVersion: 'v41',
    demands: [400],
    faults: [
      { kind: 'latency', service: 'embedding', addMs: 60 },
      { kind: 'errors', service: 'embedding', share: 0.015 },
    ],
    seconds: 14,
  },
  'stale-features': {
    modelVersion: 'v41',
    demands: [400],
    faults: [{ kind: 'stale-features', service: 'feature-store', expiredShare: 0.3 }],
    seconds: 14,
  },
};

/** Measures every era by running the simulation; a fraction of a second each, with a pause between for the live fleet. */
export async function measurePast(
  seed: number,
  pause: () => Promise<void>,
): Promise<ReadonlyMap<Era, readonly MeasuredProfile[]>> {
  const profiles = new Map<Era, readonly MeasuredProfile[]>();
  for (const era of ERAS) {
    const { demands, ...circumstances } = CIRCUMSTANCES[era];
    const levels: MeasuredProfile[] = [];
    for (const requestsPerSecond of demands) {
      levels.push(measureProfile(seed, { ...circumstances, requestsPerSecond }));
      await pause();
    }
    profiles.set(era, levels);
  }
  return profiles;
}

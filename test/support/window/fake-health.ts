import type { HealthHistory, HealthReport } from '../../../shared/model/health.ts';
import { DAY_MS } from '../../../shared/unit/time.ts';
import type { FakeState } from './fake-state.ts';

const MIB = 1024 * 1024;

/** What the fake core keeps: a store that fills its two gigabytes in five weeks, or what a test put in its place. */
export function fakeReport(state: FakeState): HealthReport {
  if (state.report === 'failing') throw new Error('The fake core cannot measure its stores.');
  return state.report ?? reportAt(state.now());
}

export function reportAt(at: number): HealthReport {
  return {
    at,
    metrics: {
      bytes: 178 * MIB,
      bytesMax: 2_048 * MIB,
      rawBytes: 141 * MIB,
      rollupBytes: 22 * MIB,
      waitingBytes: 4 * MIB,
      rawBytesPerDay: 48 * MIB,
      rollupBytesPerDay: 6 * MIB,
      measuredOverMs: 3 * DAY_MS,
      fullAt: at + 35 * DAY_MS,
      series: 2_014,
      seriesMax: 50_000,
      samples: 41_200_311,
      oldestAt: at - 3 * DAY_MS,
      newestAt: at,
    },
    spans: { spans: 18_402, bytes: 9 * MIB, bytesMax: 256 * MIB, outsideTime: 0 },
    log: { bytes: 4_210_688 },
    receivers: { waiting: 2, refusedRequests: 1, samples: 1_204_551 },
    memory: {
      residentBytes: 230 * MIB,
      proportionalBytes: 190 * MIB,
      threads: [
        { name: 'main', usedBytes: 38 * MIB, totalBytes: 52 * MIB },
        { name: 'metrics', usedBytes: 11 * MIB, totalBytes: 17 * MIB },
      ],
    },
  };
}

/** Six hours of figures with one bad minute, whatever is asked. */
export function fakeHistory(
  state: FakeState,
  { fromAt, toAt, points }: { fromAt: number; toAt: number; points: number },
): HealthHistory {
  const sinceAt = state.now() - DAY_MS / 4;
  const stepMs = Math.ceil((toAt - fromAt) / points);
  const curve = (value: (at: number) => number) =>
    Array.from({ length: points }, (_, i) => {
      const at = fromAt + i * stepMs;
      return at < sinceAt ? null : value(at);
    });
  const wave = (at: number) => 1 + Math.sin(at / 600_000) / 2;
  const bad = (at: number) => Math.abs(at - (toAt - (toAt - fromAt) / 8)) < 2 * stepMs;
  return {
    sinceAt,
    fromAt,
    stepMs,
    loopDelayMs: curve((at) => (bad(at) ? 41 : 3 * wave(at))),
    waiting: curve((at) => (bad(at) ? 9 : 0)),
    pollingLagMs: curve((at) => 2 * wave(at)),
    storeBytes: curve((at) => 170 * MIB + ((at - sinceAt) / DAY_MS) * 30 * MIB),
  };
}

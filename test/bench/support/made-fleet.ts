import { seededRandom } from '../../../main/statistics/index.ts';

export const SERVICES = 20;
/** Services that fail while the fleet is broken; each depends on the one before it. */
export const BROKEN_SERVICES = 4;
export const BUCKETS = [
  '0.005',
  '0.01',
  '0.025',
  '0.05',
  '0.1',
  '0.25',
  '0.5',
  '1',
  '2.5',
  '5',
  '10',
  '+Inf',
];
const ROUTES = 4;
const CODES = ['200', '404', '500'];
const FAILING_SHARE = 0.8;
/** Well inside every budget, and enough that this series, too, moves each second. */
const QUIET_FAILING_SHARE = 1e-5;

/**
 * Twenty services with requests, latencies and queues, as numbers over time: no requests are simulated here. Counters
 * are not rounded, so that every series moves each second.
 */
export interface MadeFleet {
  readonly series: number;
  exposition(elapsedS: number): string;
  break(elapsedS: number): void;
  mend(elapsedS: number): void;
}

export function serviceName(index: number): string {
  return `service-${String(index).padStart(2, '0')}`;
}

export function madeFleet(series: number, seed: number): MadeFleet {
  const random = seededRandom(seed);
  const perService = Math.floor(series / SERVICES);
  const services = Array.from({ length: SERVICES }, (_, index) => ({
    name: serviceName(index),
    requestsPerS: Array.from({ length: ROUTES }, () => 20 + 80 * random()),
    phase: random() * 2 * Math.PI,
    breaks: index < BROKEN_SERVICES,
    gauges: Math.max(0, perService - ROUTES * (CODES.length + BUCKETS.length + 2)),
  }));
  const faults: { fromS: number; toS: number }[] = [];
  const brokenS = (untilS: number) =>
    faults.reduce((sum, one) => sum + Math.max(0, Math.min(untilS, one.toS) - one.fromS), 0);
  const linesOf = (service: (typeof services)[number], elapsedS: number) => [
    ...requestLines(service, elapsedS, service.breaks ? brokenS(elapsedS) : 0),
    ...latencyLines(service, elapsedS),
    ...gaugeLines(service, elapsedS),
  ];
  return {
    series: services.reduce((sum, one) => sum + linesOf(one, 0).length, 0),
    exposition(elapsedS) {
      const lines = services.flatMap((service) => linesOf(service, elapsedS));
      return `${lines.join('\n')}\n`;
    },
    break(elapsedS) {
      faults.push({ fromS: elapsedS, toS: Number.POSITIVE_INFINITY });
    },
    mend(elapsedS) {
      const last = faults.at(-1);
      if (last) last.toS = Math.min(last.toS, elapsedS);
    },
  };
}

interface MadeService {
  readonly name: string;
  readonly requestsPerS: readonly number[];
  readonly phase: number;
  readonly gauges: number;
}

/** Counters: the integral of what is served, of which a fixed share fails while the fleet is broken. */
function requestLines(service: MadeService, elapsedS: number, brokenS: number): string[] {
  return service.requestsPerS.flatMap((perS, route) => {
    const total = perS * (elapsedS + 60);
    const failing = perS * brokenS * FAILING_SHARE + total * QUIET_FAILING_SHARE;
    const missing = total * 0.01;
    return [total - failing - missing, missing, failing].map(
      (value, code) =>
        `http_requests_total{service="${service.name}",route="/route/${route}",code="${CODES[code]}"} ${value.toFixed(6)}`,
    );
  });
}

function latencyLines(service: MadeService, elapsedS: number): string[] {
  return service.requestsPerS.flatMap((perS, route) => {
    const total = perS * (elapsedS + 60);
    const labels = `service="${service.name}",route="/route/${route}"`;
    const buckets = BUCKETS.map((le, index) => {
      const share = le === '+Inf' ? 1 : 1 - 0.35 ** (index + 1) * 0.9;
      return `http_request_duration_seconds_bucket{${labels},le="${le}"} ${(total * share).toFixed(6)}`;
    });
    return [
      ...buckets,
      `http_request_duration_seconds_sum{${labels}} ${(total * 0.031).toFixed(3)}`,
      `http_request_duration_seconds_count{${labels}} ${total.toFixed(6)}`,
    ];
  });
}

function gaugeLines(service: MadeService, elapsedS: number): string[] {
  return Array.from({ length: service.gauges }, (_, worker) => {
    const value = 10 + 4 * Math.sin(elapsedS / 7 + service.phase + worker);
    return `worker_queue_length{service="${service.name}",worker="${worker}"} ${value.toFixed(4)}`;
  });
}

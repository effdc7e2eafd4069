import type { Labels } from '../../../shared/model/metric.ts';
import type { Objective } from '../../../shared/model/objective.ts';
import { DAY_MS } from '../../../shared/unit/time.ts';
import { BUCKETS, SERVICES, serviceName } from './made-fleet.ts';

const ROUTES = 4;
const CODES = ['200', '404', '500'];

/** The counters of the made fleet that objectives count, with how fast each grows a second. */
export interface MadeCounter {
  readonly labels: Labels;
  readonly perS: number;
}

export function madeCounters(): MadeCounter[] {
  const counters: MadeCounter[] = [];
  for (let service = 0; service < SERVICES; service += 1)
    for (let route = 0; route < ROUTES; route += 1) {
      const target = {
        job: 'fleet',
        instance: 'fleet',
        service: serviceName(service),
        route: `/route/${route}`,
      };
      const perS = 20 + service + 5 * route;
      CODES.forEach((code, at) => {
        const share = [0.98, 0.0195, 0.0005][at] ?? 0;
        counters.push({ labels: { __name__: 'http_requests_total', ...target, code }, perS: perS * share });
      });
      BUCKETS.forEach((le, at) => {
        const share = le === '+Inf' ? 1 : 1 - 0.35 ** (at + 1) * 0.9;
        const name = 'http_request_duration_seconds_bucket';
        counters.push({ labels: { __name__: name, ...target, le }, perS: perS * share });
      });
      counters.push({ labels: { __name__: 'http_request_duration_seconds_count', ...target }, perS });
    }
  return counters;
}

/** Five objectives a service: availability twice, latency at three bounds. */
export function madeObjectives(count: number): Objective[] {
  const all: Objective[] = [];
  for (let at = 0; all.length < count; at += 1) {
    const service = serviceName(at % SERVICES);
    const kind = Math.floor(at / SERVICES) % 5;
    const requests = `http_requests_total{service="${service}"}`;
    const le = ['0.1', '0.25', '0.5'][kind - 2];
    const base = {
      id: `${service}-${kind}-${at}`,
      title: `${service} ${kind}`,
      service,
      source: 'local',
      periodMs: 28 * DAY_MS,
      policy: 'midwatch',
      definedAt: `made:${at + 1}`,
    };
    if (le === undefined)
      all.push({
        ...base,
        kind: 'availability',
        indicator: { bad: `http_requests_total{service="${service}",code=~"5.."}`, total: requests },
        target: kind === 0 ? 0.999 : 0.9999,
      });
    else
      all.push({
        ...base,
        kind: 'latency',
        indicator: {
          good: `http_request_duration_seconds_bucket{service="${service}",le="${le}"}`,
          total: `http_request_duration_seconds_count{service="${service}"}`,
        },
        target: 0.99,
      });
  }
  return all;
}

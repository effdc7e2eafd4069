import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { PolicyConfig } from '../../shared/config/policy.ts';
import type { Objective } from '../../shared/model/objective.ts';
import { DAY_MS } from '../../shared/unit/time.ts';

/** A policy as it is shipped. */
export function shippedPolicy(id: string): PolicyConfig {
  const file = new URL(`../../assets/policy/${id}.yaml`, import.meta.url);
  return PolicyConfig.parse(parse(readFileSync(file, 'utf8')));
}

/** The gateway's availability objective: counters `failed` and `requests`. */
export function gatewayObjective(change: Partial<Objective> = {}): Objective {
  return {
    id: 'gateway-availability',
    title: 'Gateway availability',
    service: 'gateway',
    source: 'counters',
    kind: 'availability',
    indicator: { bad: 'failed', total: 'requests' },
    target: 0.9999,
    periodMs: 28 * DAY_MS,
    policy: 'midwatch',
    definedAt: 'slos/gateway.yaml:1',
    ...change,
  };
}

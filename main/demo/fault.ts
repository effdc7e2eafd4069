import { assertNever } from '../../shared/error/result.ts';
import type { ServiceName } from './topology.ts';

/** What can be done to the fleet. Each changes how requests are treated; none writes a metric. */
export type FaultEffect =
  | { readonly kind: 'latency'; readonly service: ServiceName; readonly addMs: number }
  | { readonly kind: 'errors'; readonly service: ServiceName; readonly share: number }
  /** `replicas` null: all of them, the service is gone. */
  | { readonly kind: 'crash'; readonly service: ServiceName; readonly replicas: number | null }
  | { readonly kind: 'bad-model'; readonly service: 'ranking-model' }
  | { readonly kind: 'stale-features'; readonly service: 'feature-store'; readonly expiredShare: number }
  | { readonly kind: 'upstream-outage'; readonly service: 'gateway' };

/** A fault in force. It ends by itself at `endsAt`, whoever started it and whether they still live. */
export interface ActiveFault {
  readonly id: string;
  readonly effect: FaultEffect;
  readonly startedAt: number;
  readonly endsAt: number;
}

/** All faults on one service together, in the terms its requests feel. */
export interface Conditions {
  readonly addMs: number;
  readonly errorShare: number;
  readonly lostReplicas: number;
  readonly down: boolean;
  /** The session service outside the fleet refuses connections: no request gets past the gateway's first step. */
  readonly sessionOutage: boolean;
  /** Since when features are no longer refreshed, and which share of them will have expired in the end. */
  readonly stale: { readonly sinceAt: number; readonly expiredShare: number } | null;
}

export const CALM: Conditions = {
  addMs: 0,
  errorShare: 0,
  lostReplicas: 0,
  down: false,
  sessionOutage: false,
  stale: null,
};

export function conditionsOf(service: ServiceName, faults: Iterable<ActiveFault>): Conditions {
  let conditions = CALM;
  for (const fault of faults) if (fault.effect.service === service) conditions = withFault(conditions, fault);
  return conditions;
}

function withFault(conditions: Conditions, { effect, startedAt }: ActiveFault): Conditions {
  switch (effect.kind) {
    case 'latency':
      return { ...conditions, addMs: conditions.addMs + effect.addMs };
    case 'errors':
      return { ...conditions, errorShare: 1 - (1 - conditions.errorShare) * (1 - effect.share) };
    case 'crash':
      return effect.replicas === null
        ? { ...conditions, down: true }
        : { ...conditions, lostReplicas: conditions.lostReplicas + effect.replicas };
    case 'stale-features':
      return { ...conditions, stale: { sinceAt: startedAt, expiredShare: effect.expiredShare } };
    case 'upstream-outage':
      return { ...conditions, sessionOutage: true };
    case 'bad-model':
      return conditions; // acts through the deployment, see Fleet
    default:
      return assertNever(effect);
  }
}

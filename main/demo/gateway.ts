import type { RankingModel } from './ranking-model.ts';
import {
  CommonMetrics,
  callWithin,
  type ProcessParts,
  REFUSED,
  REJECTION_MS,
  type ReplyCode,
  ServiceProcess,
} from './service-process.ts';
import { Station, type StationUse } from './station.ts';
import { CLIENT_ERROR_SHARE, HOP_MS, LARGE_REQUEST, REVENUE, TIMEOUT_MS } from './topology.ts';
import { codeOf } from './upstream-service.ts';

class GatewayMetrics extends CommonMetrics {
  readonly breaker = this.registry.gauge(
    'circuit_breaker_open',
    '1 while the breaker is open and the fallback answers.',
  );
  readonly fallbacks = this.registry.counter(
    'fallback_responses_total',
    'Requests answered with popular items instead of a ranking.',
  );
  readonly revenue = this.registry.counter('revenue_total', 'Revenue of the visits served, in euros.');
}

const FALLBACK_MS = 2;
const UPSTREAM = 'ranking-model';

/**
 * Where clients come in. Each request first needs the session service outside the fleet, then a ranking;
 * while the breaker is open it gets popular items from a cache instead, which sell less.
 */
export class Gateway extends ServiceProcess {
  metrics = new GatewayMetrics();
  breakerOpen = false;
  private readonly station: Station;
  private readonly ranking: RankingModel;

  constructor(parts: ProcessParts, ranking: RankingModel) {
    super('gateway', parts);
    this.ranking = ranking;
    this.station = new Station(this.events, 0, 0);
    this.announce(this.deployment.current);
    this.resize();
  }

  resize(): void {
    const live = this.allLiveReplicas;
    this.station.resize(live * this.spec.serversPerReplica, live * this.spec.queuePerReplica);
  }

  /** A client's request. While no gateway is up it reaches nobody, and nobody counts it. */
  arrive(): void {
    if (this.allLiveReplicas === 0) return;
    const life = this.life;
    const startedAt = this.events.now;
    this.underWay++;
    const finish = (code: number, personalised: boolean): void => {
      if (life !== this.life) return;
      this.underWay--;
      this.record(startedAt, code, this.deployment.current);
      if (code === 200) this.sell(personalised ? REVENUE.personalised : REVENUE.fallback);
    };
    const enter = (): void => {
      const workMs = this.random.logNormal(this.spec.medianMs, this.spec.sigma);
      this.station.serve(workMs, startedAt + TIMEOUT_MS.ranking, (admission) => {
        if (admission !== 'admitted') finish(codeOf(admission), false);
        else if (life === this.life) this.route(finish);
      });
    };
    if (this.conditions.sessionOutage) this.events.after(REJECTION_MS, () => finish(503, false));
    else if (this.breaks()) this.events.after(REJECTION_MS, () => finish(500, false));
    else if (this.conditions.addMs > 0)
      this.events.after(this.random.logNormal(this.conditions.addMs, 0.1), enter);
    else enter();
  }

  override collect(): void {
    super.collect();
    this.metrics.breaker.with({ service: this.name, upstream: UPSTREAM }).set(this.breakerOpen ? 1 : 0);
  }

  private route(finish: (code: number, personalised: boolean) => void): void {
    const draw = this.random.next();
    if (draw < CLIENT_ERROR_SHARE[400]) {
      finish(400, false);
      return;
    }
    if (draw < CLIENT_ERROR_SHARE[400] + CLIENT_ERROR_SHARE[404]) {
      finish(404, false);
      return;
    }
    if (this.breakerOpen) {
      this.events.after(this.random.logNormal(FALLBACK_MS, 0.3), () => {
        this.metrics.fallbacks.with({ service: this.name, upstream: UPSTREAM }).add();
        finish(200, false);
      });
      return;
    }
    const factor = this.random.chance(LARGE_REQUEST.share) ? LARGE_REQUEST.factor : 1;
    callWithin(
      this.events,
      TIMEOUT_MS.ranking,
      (deadlineAt, answer) =>
        this.events.after(HOP_MS, () => this.ranking.handle(factor, deadlineAt, answer)),
      (code) => finish(statusOf(code), true),
    );
  }

  private sell(probability: number): void {
    if (!this.random.chance(probability)) return;
    const euros = this.random.logNormal(REVENUE.medianEuros, REVENUE.sigma);
    const revenue = this.metrics.revenue.with({ service: this.name });
    revenue.value = Math.round(revenue.value * 100 + euros * 100) / 100; // whole cents
  }

  protected override announce(version: string): void {
    super.announce(version);
    this.metrics.revenue.with({ service: this.name });
    this.metrics.fallbacks.with({ service: this.name, upstream: UPSTREAM });
  }

  protected renewMetrics(): void {
    this.metrics = new GatewayMetrics();
  }

  protected stations(): readonly Station[] {
    return [this.station];
  }

  protected use(): StationUse {
    return this.station.use();
  }
}

/** What a client sees of the ranking's answer: overload and time-outs as such, everything else as a bad gateway. */
function statusOf(code: ReplyCode): number {
  if (code === 200 || code === 503 || code === 504) return code;
  return code === REFUSED ? 503 : 502;
}

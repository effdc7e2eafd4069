import { err, ok, type Result } from '../../shared/error/result.ts';
import { type ControlError, conflict, invalid } from './control-error.ts';
import { Deployment, type Rollout } from './deployment.ts';
import { EventQueue } from './event-queue.ts';
import { type ExpositionFormat, writeExposition } from './exposition.ts';
import { type ActiveFault, conditionsOf, type FaultEffect } from './fault.ts';
import { FeatureStore } from './feature-store.ts';
import { Gateway } from './gateway.ts';
import type { MetricRegistry } from './metric-registry.ts';
import { Random } from './random.ts';
import { RankingModel } from './ranking-model.ts';
import type { ProcessParts, ServiceProcess } from './service-process.ts';
import { BAD_MODEL, MODELS, modelOf, SERVICE_NAMES, SERVICES, type ServiceName } from './topology.ts';
import { TraceLog } from './trace-log.ts';
import { type Demand, demandCurve } from './traffic.ts';
import { EmbeddingService, VectorIndex } from './upstream-service.ts';

const TICK_MS = 1_000;
const MAX_FAULTS = 32;

/** What makes one fleet different from another. */
export interface FleetOptions {
  readonly seed: number;
  /** Milliseconds UTC; the demand curve is looked up by it. */
  readonly startAt: number;
  /** Instead of the usual demand curve. */
  readonly demand?: Demand;
  /** The ranking model's versions, oldest first; the last one serves. */
  readonly modelVersions?: readonly string[];
}

/** What an operator sees of one service. */
export interface ServiceState {
  readonly service: ServiceName;
  readonly up: boolean;
  readonly version: string;
  readonly previousVersion: string | null;
  readonly replicas: Readonly<Record<string, number>>;
  readonly liveReplicas: number;
  readonly trafficShares: Readonly<Record<string, number>>;
  readonly rollout: Rollout | null;
}

/** When the replicas asked for will serve. */
export interface ScaleAnswer {
  readonly service: ServiceName;
  readonly replicas: number;
  readonly readyAt: number;
}

/** The whole fleet as an operator sees it. `skipped` says how much time was jumped over, never replayed. */
export interface FleetState {
  readonly at: number;
  readonly services: readonly ServiceState[];
  readonly breaker: { readonly service: ServiceName; readonly open: boolean };
  readonly faults: readonly ActiveFault[];
  readonly skipped: { readonly times: number; readonly totalMs: number; readonly lastAt: number | null };
}

/**
 * The fleet in simulated time: clients send requests, services queue and answer them, and metrics count what happened.
 * Nothing here knows a clock or the network; the same seed and the same commands give the same metrics to the last digit.
 */
export class Fleet {
  /** Requests of the model that are traced, until somebody takes them. */
  readonly traces: TraceLog;
  private readonly events: EventQueue;
  private readonly random: Random;
  private readonly demand: Demand;
  private readonly services: ReadonlyMap<ServiceName, ServiceProcess>;
  private readonly gateway: Gateway;
  private readonly faults = new Map<string, ActiveFault>();
  private faultCount = 0;
  private requestsPerMs: number;
  private skips = { times: 0, totalMs: 0, lastAt: null as number | null };

  constructor(options: FleetOptions) {
    this.events = new EventQueue(options.startAt);
    this.random = new Random(options.seed);
    this.traces = new TraceLog(options.seed);
    this.demand = options.demand ?? demandCurve(options.seed);
    const parts = (name: ServiceName): ProcessParts => ({
      events: this.events,
      random: this.random,
      deployment: new Deployment(
        this.events,
        name === 'ranking-model'
          ? (options.modelVersions ?? SERVICES[name].versions)
          : SERVICES[name].versions,
        SERVICES[name].replicas,
        () => this.services?.get(name)?.resize(),
      ),
    });
    const features = new FeatureStore(parts('feature-store'));
    const embedding = new EmbeddingService(parts('embedding'));
    const vectors = new VectorIndex(parts('vector-index'));
    const ranking = new RankingModel(parts('ranking-model'), { features, embedding, vectors }, this.traces);
    this.gateway = new Gateway(parts('gateway'), ranking);
    this.services = new Map<ServiceName, ServiceProcess>(
      [this.gateway, ranking, features, embedding, vectors].map((each) => [each.name, each]),
    );
    this.requestsPerMs = this.demand(options.startAt) / 1_000;
    this.begin();
  }

  get now(): number {
    return this.events.now;
  }

  /** Lives on until then. Being asked in many small steps or in one makes no difference. */
  advanceTo(at: number): void {
    this.events.advanceTo(at);
  }

  /** Jumps over time that nobody should live through, after the process stood still: no requests, counters stay. */
  skipTo(at: number): void {
    if (at <= this.now) return;
    this.skips = {
      times: this.skips.times + 1,
      totalMs: this.skips.totalMs + Math.round(at - this.now),
      lastAt: at,
    };
    this.events.skipTo(at);
    for (const service of this.services.values()) service.forget();
    this.begin();
    this.events.advanceTo(at);
  }

  /** The exposition of one service, or of all that live; null for a service that is down or unknown. */
  expose(format: ExpositionFormat, name?: string): string | null {
    const registries = this.registries(name);
    return registries.length === 0 && name !== undefined ? null : writeExposition(registries, format);
  }

  /** The living services' registries, brought up to date. */
  registries(name?: string): readonly MetricRegistry[] {
    const living = [...this.services.values()].filter(
      (service) => service.up && (name === undefined || service.name === name),
    );
    for (const service of living) service.collect();
    return living.map((service) => service.metrics.registry);
  }

  startFault(effect: FaultEffect, ttlMs: number): Result<ActiveFault, ControlError> {
    if (this.faults.size >= MAX_FAULTS) {
      return err(conflict(`${MAX_FAULTS} faults are in force already; end one before you start another.`));
    }
    for (const { id, effect: other } of this.faults.values()) {
      if (
        other.kind === effect.kind &&
        other.service === effect.service &&
        (effect.kind !== 'crash' || sameCrash(effect, other))
      ) {
        return err(
          conflict(`Fault ${id} already does that to ${effect.service}; end it first, or wait for its end.`),
        );
      }
    }
    if (effect.kind === 'bad-model') {
      const deployed = this.deploymentOf('ranking-model').deploy(BAD_MODEL);
      if (!deployed.ok) return deployed;
    }
    const startedAt = Math.round(this.now);
    const fault: ActiveFault = {
      id: `fault-${++this.faultCount}`,
      effect,
      startedAt,
      endsAt: startedAt + ttlMs,
    };
    this.faults.set(fault.id, fault);
    this.events.durablyAfter(ttlMs, () => this.endFault(fault.id));
    this.applyConditions(effect.service);
    return ok(fault);
  }

  endFault(id: string): Result<ActiveFault, ControlError> {
    const fault = this.faults.get(id);
    if (fault === undefined)
      return err({ code: 'not-found', message: `No fault ${id} is in force: it has ended, or never was.` });
    this.faults.delete(id);
    if (fault.effect.kind === 'bad-model') this.deploymentOf('ranking-model').withdraw(BAD_MODEL);
    this.applyConditions(fault.effect.service);
    return ok(fault);
  }

  scale(service: ServiceName, replicas: number): ScaleAnswer {
    return { service, replicas, readyAt: this.deploymentOf(service).scale(replicas) };
  }

  setBreaker(open: boolean): void {
    this.gateway.breakerOpen = open;
  }

  splitTraffic(shares: ReadonlyMap<string, number>): Result<null, ControlError> {
    for (const version of shares.keys())
      if (modelOf(version) === undefined) return err(unknownModel(version));
    this.deploymentOf('ranking-model').splitTraffic(shares);
    this.forgetBadModelIfGone();
    return ok(null);
  }

  rollBack(service: ServiceName): Result<Rollout, ControlError> {
    const rolled = this.deploymentOf(service).rollBack();
    if (rolled.ok) this.forgetBadModelIfGone();
    return rolled;
  }

  deploy(service: ServiceName, version: string): Result<Rollout, ControlError> {
    if (service === 'ranking-model' && modelOf(version) === undefined) return err(unknownModel(version));
    const rolled = this.deploymentOf(service).deploy(version);
    if (rolled.ok) this.forgetBadModelIfGone();
    return rolled;
  }

  state(): FleetState {
    return {
      at: Math.round(this.now),
      services: SERVICE_NAMES.map((name) => this.serviceState(name)),
      breaker: { service: 'ranking-model', open: this.gateway.breakerOpen },
      faults: [...this.faults.values()],
      skipped: this.skips,
    };
  }

  private serviceState(name: ServiceName): ServiceState {
    const service = this.service(name);
    const { deployment } = service;
    return {
      service: name,
      up: service.up,
      version: deployment.current,
      previousVersion: deployment.previous,
      replicas: Object.fromEntries(deployment.replicas),
      liveReplicas: service.allLiveReplicas,
      trafficShares: Object.fromEntries(deployment.trafficShares()),
      rollout: deployment.rolling,
    };
  }

  private begin(): void {
    this.events.after(TICK_MS, () => this.tick());
    this.planArrival();
  }

  private tick(): void {
    this.requestsPerMs = Math.max(1e-6, this.demand(this.now) / 1_000);
    for (const service of this.services.values()) if (service.up) service.tick();
    this.events.after(TICK_MS, () => this.tick());
  }

  private planArrival(): void {
    this.events.after(this.random.exponential(1 / this.requestsPerMs), () => {
      this.gateway.arrive();
      this.planArrival();
    });
  }

  /** Once an operator has taken the bad version off the traffic, the fault that deployed it is over. */
  private forgetBadModelIfGone(): void {
    const deployment = this.deploymentOf('ranking-model');
    const gone = deployment.current !== BAD_MODEL && (deployment.explicitShares?.get(BAD_MODEL) ?? 0) === 0;
    const offTraffic = deployment.explicitShares !== null && !deployment.explicitShares.has(BAD_MODEL);
    if (!gone && !offTraffic) return;
    for (const [id, { effect }] of this.faults) if (effect.kind === 'bad-model') this.faults.delete(id);
  }

  private applyConditions(name: ServiceName): void {
    this.service(name).setConditions(conditionsOf(name, this.faults.values()));
  }

  private deploymentOf(name: ServiceName): Deployment {
    return this.service(name).deployment;
  }

  private service(name: ServiceName): ServiceProcess {
    const service = this.services.get(name);
    if (service === undefined)
      throw new Error(`The service ${name} was not built: this is a bug in the demo fleet.`);
    return service;
  }
}

function sameCrash(left: FaultEffect, right: FaultEffect): boolean {
  return (
    left.kind === 'crash' && right.kind === 'crash' && (left.replicas === null) === (right.replicas === null)
  );
}

function unknownModel(version: string): ControlError {
  return invalid(
    `There is no ranking model ${version}; there are ${MODELS.map((model) => model.version).join(', ')}.`,
  );
}

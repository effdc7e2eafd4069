import {
  CommonMetrics,
  type ProcessParts,
  REJECTION_MS,
  type ReplyCode,
  round,
  ServiceProcess,
} from './service-process.ts';
import { type Admission, Station, type StationUse } from './station.ts';
import { HOP_MS, type ServiceName } from './topology.ts';

/** A service with one queue before its servers: feature store, embedding and vector index are such. */
export class UpstreamService<M extends CommonMetrics = CommonMetrics> extends ServiceProcess {
  protected readonly station: Station;
  metrics: M;
  private readonly makeMetrics: () => M;

  constructor(name: ServiceName, parts: ProcessParts, makeMetrics: () => M) {
    super(name, parts);
    this.makeMetrics = makeMetrics;
    this.metrics = makeMetrics();
    this.station = new Station(
      this.events,
      this.spec.serversPerReplica * this.spec.replicas,
      this.spec.queuePerReplica * this.spec.replicas,
    );
    this.announce(this.deployment.current);
  }

  resize(): void {
    const live = this.allLiveReplicas;
    this.station.resize(live * this.spec.serversPerReplica, live * this.spec.queuePerReplica);
  }

  /** One request of the usual size times `factor`. */
  handle(factor: number, deadlineAt: number, answer: (code: ReplyCode) => void): void {
    this.handleJob(this.random.logNormal(this.spec.medianMs, this.spec.sigma) * factor, deadlineAt, answer);
  }

  /** One request that needs a server for that long. */
  handleJob(serviceMs: number, deadlineAt: number, answer: (code: ReplyCode) => void): void {
    if (this.allLiveReplicas === 0) {
      this.refuse(answer);
      return;
    }
    const life = this.life;
    const startedAt = this.events.now;
    this.underWay++;
    const finish = (code: number): void => {
      if (life !== this.life) {
        answer(0);
        return;
      }
      this.underWay--;
      this.record(startedAt, code, this.deployment.current);
      answer(code);
    };
    if (this.breaks()) {
      this.events.after(REJECTION_MS, () => finish(500));
      return;
    }
    const enter = (): void =>
      this.station.serve(serviceMs + HOP_MS, deadlineAt, (admission) => finish(codeOf(admission)));
    if (this.conditions.addMs > 0) this.events.after(this.slowness(), enter);
    else enter();
  }

  /** Injected slowness lies on the way in and holds no server; its spread is a tenth. */
  private slowness(): number {
    return this.random.logNormal(this.conditions.addMs, 0.1);
  }

  protected renewMetrics(): void {
    this.metrics = this.makeMetrics();
  }

  protected stations(): readonly Station[] {
    return [this.station];
  }

  protected use(): StationUse {
    return this.station.use();
  }
}

export function codeOf(admission: Admission): number {
  if (admission === 'admitted') return 200;
  if (admission === 'expired') return 504;
  return 503;
}

class GpuMetrics extends CommonMetrics {
  readonly gpu = this.registry.gauge(
    'gpu_utilisation_ratio',
    'Busy share of the GPU streams over the last 5 s.',
  );
  readonly gpuQueue = this.registry.gauge(
    'gpu_queue_length',
    'Batches waiting for a GPU, mean of the last second.',
  );
}

/** The embedding service: its servers are GPU streams. */
export class EmbeddingService extends UpstreamService<GpuMetrics> {
  constructor(parts: ProcessParts) {
    super('embedding', parts, () => new GpuMetrics());
  }

  override tick(): void {
    super.tick();
    const { busyShare, waiting } = this.recentUse();
    this.metrics.gpu.with({ service: this.name }).set(round(busyShare, 5));
    this.metrics.gpuQueue.with({ service: this.name }).set(round(waiting, 3));
  }
}

/** The vector index: finds candidates near an embedding. */
export class VectorIndex extends UpstreamService {
  constructor(parts: ProcessParts) {
    super('vector-index', parts, () => new CommonMetrics());
  }
}

import type { FeatureReading, FeatureStore } from './feature-store.ts';
import type { MetricLabels } from './metric-registry.ts';
import { PredictionQuality } from './prediction-quality.ts';
import { RankingMetrics } from './ranking-metrics.ts';
import {
  addUse,
  callWithin,
  type ProcessParts,
  REJECTION_MS,
  type ReplyCode,
  ServiceProcess,
} from './service-process.ts';
import { Station, type StationUse } from './station.ts';
import { FEATURE_COST, type ModelSpec, modelOf, RANKING_STEP_MS, RECOMPUTE, TIMEOUT_MS } from './topology.ts';
import type { StageName, TracedRequest, TraceLog } from './trace-log.ts';
import { codeOf, type EmbeddingService, type VectorIndex } from './upstream-service.ts';

/** The replicas of one version: worker threads, each held for a whole request, over a smaller number of cores. */
interface Pool {
  readonly model: ModelSpec;
  readonly workers: Station;
  readonly cores: Station;
}

/** One request on its way through the model. */
interface Ranking {
  readonly pool: Pool;
  readonly life: number;
  readonly startedAt: number;
  readonly deadlineAt: number;
  readonly factor: number;
  readonly answer: (code: ReplyCode) => void;
  workerLife: number | null;
  stageStartedAt: number;
  reading: FeatureReading;
  recomputed: boolean;
  readonly trace: TracedRequest | null;
}

const WAITING_CORES = 100_000; // the workers are the limit; a thread that has started may wait for a core

/**
 * The ranking model: reads features, finds candidates, embeds and ranks them. It holds a worker thread while it waits
 * for others, so a slow service behind it uses up its threads, then its queue, then answers 503.
 */
export class RankingModel extends ServiceProcess {
  metrics = new RankingMetrics();
  private quality: PredictionQuality;
  private readonly pools = new Map<string, Pool>();
  private readonly recompute: Station;
  private readonly features: FeatureStore;
  private readonly embedding: EmbeddingService;
  private readonly vectors: VectorIndex;
  private readonly traces: TraceLog;

  constructor(
    parts: ProcessParts,
    upstream: { features: FeatureStore; embedding: EmbeddingService; vectors: VectorIndex },
    traces: TraceLog,
  ) {
    super('ranking-model', parts);
    this.traces = traces;
    this.features = upstream.features;
    this.embedding = upstream.embedding;
    this.vectors = upstream.vectors;
    this.recompute = new Station(this.events, RECOMPUTE.permits, 0);
    this.quality = new PredictionQuality(this.events, this.random, this.metrics);
    this.announce(this.deployment.current);
    this.resize();
  }

  resize(): void {
    for (const version of this.deployment.replicas.keys()) this.poolOf(version);
    for (const [version, { workers, cores }] of this.pools) {
      const live = this.liveReplicas(version);
      if (live === 0) continue; // replicas taken out finish what they have begun; nothing new is sent to them
      workers.resize(live * this.spec.serversPerReplica, live * this.spec.queuePerReplica);
      cores.resize(live * this.spec.coresPerReplica, WAITING_CORES);
    }
  }

  handle(factor: number, deadlineAt: number, answer: (code: ReplyCode) => void): void {
    const pool = this.pickPool();
    if (pool === null || this.liveReplicas(pool.model.version) === 0) {
      this.refuse(answer);
      return;
    }
    this.underWay++;
    const ranking: Ranking = {
      pool,
      life: this.life,
      startedAt: this.events.now,
      deadlineAt,
      factor,
      answer,
      workerLife: null,
      stageStartedAt: this.events.now,
      reading: { missing: [], outdated: 0 },
      recomputed: false,
      trace: this.traces.begin(this.events.now, pool.model.version),
    };
    if (this.breaks()) this.events.after(REJECTION_MS, () => this.finish(ranking, 500));
    else if (this.conditions.addMs > 0)
      this.events.after(this.random.logNormal(this.conditions.addMs, 0.1), () => this.enter(ranking));
    else this.enter(ranking);
  }

  override tick(): void {
    super.tick();
    this.quality.tick(
      [...this.deployment.replicas.keys()].filter((version) => this.liveReplicas(version) > 0),
    );
  }

  private enter(ranking: Ranking): void {
    ranking.pool.workers.acquire(ranking.deadlineAt, (admission, workerLife) => {
      if (admission !== 'admitted') {
        this.finish(ranking, codeOf(admission));
        return;
      }
      ranking.workerLife = workerLife;
      this.beginStage(ranking);
      this.readFeatures(ranking);
    });
  }

  private readFeatures(ranking: Ranking): void {
    const { model } = ranking.pool;
    callWithin(
      this.events,
      TIMEOUT_MS['feature-store'],
      (deadlineAt, answer) =>
        this.features.readFeatures(model.features, deadlineAt, (code, reading) => {
          ranking.reading = reading;
          answer(code);
        }),
      (code) => {
        if (!this.goesOn(ranking, code)) return;
        if (model.requires !== null && ranking.reading.missing.includes(model.requires))
          this.recomputeFeature(ranking);
        else this.findCandidates(ranking);
      },
    );
  }

  /** No default for the missing feature: it is recomputed on the GPUs if one of the few permits is free, else the request fails. */
  private recomputeFeature(ranking: Ranking): void {
    this.recompute.acquire(ranking.deadlineAt, (admission, permitLife) => {
      if (admission !== 'admitted') {
        this.finish(ranking, 500);
        return;
      }
      callWithin(
        this.events,
        TIMEOUT_MS.recompute,
        (deadlineAt, answer) =>
          this.embedding.handleJob(
            this.random.logNormal(RECOMPUTE.medianMs, RECOMPUTE.sigma),
            deadlineAt,
            answer,
          ),
        (code) => {
          this.recompute.release(permitLife);
          if (!this.goesOn(ranking, code)) return;
          ranking.recomputed = true;
          this.findCandidates(ranking);
        },
      );
    });
  }

  private findCandidates(ranking: Ranking): void {
    callWithin(
      this.events,
      TIMEOUT_MS['vector-index'],
      (deadlineAt, answer) => this.vectors.handle(ranking.factor, deadlineAt, answer),
      (code) => {
        if (!this.goesOn(ranking, code)) return;
        this.compute(ranking, RANKING_STEP_MS.preprocessing, 'preprocessing', () => this.infer(ranking));
      },
    );
  }

  private infer(ranking: Ranking): void {
    callWithin(
      this.events,
      TIMEOUT_MS.embedding,
      (deadlineAt, answer) => this.embedding.handle(ranking.factor, deadlineAt, answer),
      (code) => {
        if (!this.goesOn(ranking, code)) return;
        this.compute(ranking, this.spec.medianMs, 'model_inference', () => {
          this.compute(ranking, RANKING_STEP_MS.postprocessing, 'postprocessing', () =>
            this.finish(ranking, 200),
          );
        });
      },
    );
  }

  /** Works on a core, and closes the stage when it is done. */
  private compute(ranking: Ranking, medianMs: number, stage: StageName, next: () => void): void {
    const workMs = this.random.logNormal(medianMs, this.spec.sigma) * ranking.factor;
    ranking.pool.cores.serve(workMs, ranking.deadlineAt, (admission) => {
      if (admission !== 'admitted') {
        this.finish(ranking, codeOf(admission));
        return;
      }
      if (ranking.life === this.life) {
        const labels = { ...this.versioned(ranking.pool.model.version), stage };
        this.metrics.stages.with(labels).observe((this.events.now - ranking.stageStartedAt) / 1_000);
        ranking.trace?.stages.push({
          name: stage,
          startedAt: ranking.stageStartedAt,
          endedAt: this.events.now,
        });
      }
      this.beginStage(ranking);
      next();
    });
  }

  private beginStage(ranking: Ranking): void {
    ranking.stageStartedAt = this.events.now;
  }

  /** An answer from behind: anything but success fails this request too, as a time-out or as a bad gateway. */
  private goesOn(ranking: Ranking, code: ReplyCode): boolean {
    if (code === 200 && ranking.life === this.life) return true;
    this.finish(ranking, code === 504 ? 504 : 502);
    return false;
  }

  private finish(ranking: Ranking, code: number): void {
    if (ranking.life !== this.life) {
      ranking.answer(0);
      return;
    }
    this.underWay--;
    const { model, workers } = ranking.pool;
    if (ranking.workerLife !== null) workers.release(ranking.workerLife);
    this.record(ranking.startedAt, code, model.version, ranking.trace?.traceId);
    if (code === 200) {
      const { missing, outdated } = ranking.reading;
      const stillMissing = missing.length - (ranking.recomputed ? 1 : 0);
      const loss =
        stillMissing * FEATURE_COST.missing +
        outdated * FEATURE_COST.outdated +
        (ranking.recomputed ? FEATURE_COST.recomputed : 0);
      const confidence = this.quality.predicted(model, loss, missing.length + outdated / 2);
      if (ranking.trace) {
        ranking.trace.features = model.features.length - stillMissing;
        ranking.trace.confidence = confidence;
      }
    }
    if (ranking.trace) this.traces.end(ranking.trace, this.events.now, code !== 200, ranking.factor);
    ranking.answer(code);
  }

  private pickPool(): Pool | null {
    let left = this.random.next();
    let last: Pool | null = null;
    for (const [version, share] of this.deployment.trafficShares()) {
      if (share <= 0) continue;
      last = this.poolOf(version);
      left -= share;
      if (left < 0) return last;
    }
    return last;
  }

  private poolOf(version: string): Pool {
    const known = this.pools.get(version);
    if (known !== undefined) return known;
    const model = modelOf(version);
    if (model === undefined)
      throw new Error(`The model ${version} is not in the demo fleet's catalogue: this is a bug.`);
    const pool: Pool = {
      model,
      workers: new Station(this.events, 0, 0),
      cores: new Station(this.events, 0, 0),
    };
    this.pools.set(version, pool);
    return pool;
  }

  protected override versioned(version: string): MetricLabels {
    return { service: this.name, model_version: version };
  }

  protected renewMetrics(): void {
    this.metrics = new RankingMetrics();
    this.quality = new PredictionQuality(this.events, this.random, this.metrics);
  }

  protected *stations(): Generator<Station> {
    yield this.recompute;
    for (const { workers, cores } of this.pools.values()) {
      yield workers;
      yield cores;
    }
  }

  /** Cores say how busy it is, the queue before the workers who waits. */
  protected use(): StationUse {
    const pools = [...this.pools.values()];
    const { busyMs, serverMs } = addUse(pools.map((pool) => pool.cores));
    return { busyMs, serverMs, waitingMs: addUse(pools.map((pool) => pool.workers)).waitingMs };
  }
}

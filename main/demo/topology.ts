/** The simulated services, callers first: gateway → ranking-model → feature-store, embedding, vector-index. */
export const SERVICE_NAMES = [
  'gateway',
  'ranking-model',
  'feature-store',
  'embedding',
  'vector-index',
] as const;
export type ServiceName = (typeof SERVICE_NAMES)[number];

/** What a service is made of. Medians and sigmas are of log-normal service times. */
export interface ServiceSpec {
  readonly replicas: number;
  /** Servers a replica has: cores for the gateway, threads or GPU streams behind it. */
  readonly serversPerReplica: number;
  readonly queuePerReplica: number;
  readonly medianMs: number;
  readonly sigma: number;
  /** Cores a replica has, and which part of a busy server's time is spent on them. */
  readonly coresPerReplica: number;
  readonly cpuShare: number;
  /** Share of requests that break for no reason anybody will find: the fleet's own baseline of failures. */
  readonly transientErrorShare: number;
  readonly memoryBytesPerReplica: number;
  /** Oldest first; the last is what runs at the start. */
  readonly versions: readonly string[];
}

const MIB = 1024 * 1024;

export const SERVICES: Readonly<Record<ServiceName, ServiceSpec>> = {
  gateway: {
    replicas: 4,
    serversPerReplica: 2,
    queuePerReplica: 60,
    medianMs: 4.5,
    sigma: 0.35,
    coresPerReplica: 2,
    cpuShare: 1,
    transientErrorShare: 8e-6,
    memoryBytesPerReplica: 180 * MIB,
    versions: ['v11', 'v12'],
  },
  'ranking-model': {
    replicas: 8,
    serversPerReplica: 12,
    queuePerReplica: 16,
    medianMs: 9,
    sigma: 0.35,
    coresPerReplica: 2,
    cpuShare: 1,
    transientErrorShare: 6e-6,
    memoryBytesPerReplica: 2_300 * MIB,
    versions: ['v40', 'v41'],
  },
  'feature-store': {
    replicas: 3,
    serversPerReplica: 8,
    queuePerReplica: 100,
    medianMs: 1.8,
    sigma: 0.4,
    coresPerReplica: 2,
    cpuShare: 0.6,
    transientErrorShare: 2e-6,
    memoryBytesPerReplica: 6_100 * MIB,
    versions: ['v7', 'v8'],
  },
  embedding: {
    replicas: 4,
    serversPerReplica: 4,
    queuePerReplica: 40,
    medianMs: 11,
    sigma: 0.3,
    coresPerReplica: 4,
    cpuShare: 0.35,
    transientErrorShare: 2e-6,
    memoryBytesPerReplica: 3_400 * MIB,
    versions: ['v4', 'v5'],
  },
  'vector-index': {
    replicas: 4,
    serversPerReplica: 4,
    queuePerReplica: 60,
    medianMs: 4,
    sigma: 0.35,
    coresPerReplica: 4,
    cpuShare: 0.9,
    transientErrorShare: 2e-6,
    memoryBytesPerReplica: 8_800 * MIB,
    versions: ['v2', 'v3'],
  },
};

/** A network hop between two services, there and back. */
export const HOP_MS = 0.4;

/** How long each caller waits for whom it calls. */
export const TIMEOUT_MS = {
  ranking: 800,
  'feature-store': 200,
  embedding: 400,
  'vector-index': 200,
  recompute: 700,
} as const;

/** Candidate sets some requests bring are this much larger: the slow tail of an otherwise healthy fleet. */
export const LARGE_REQUEST = { share: 0.0028, factor: 4 } as const;

/** Share of requests that clients get wrong (400, 404): they are no failures of the fleet. */
export const CLIENT_ERROR_SHARE = { 400: 0.0006, 404: 0.0031 } as const;

/** Ranking's own steps on its cores beside the inference: medians, log-normal with the service's sigma. */
export const RANKING_STEP_MS = { preprocessing: 2.5, postprocessing: 1.5 } as const;

/** A feature as the model sees it, scaled to 0…1, and how often the online store holds it. */
export interface FeatureSpec {
  readonly name: string;
  readonly mean: number;
  readonly spread: number;
  readonly onlineShare: number;
}

export const FEATURES: readonly FeatureSpec[] = [
  { name: 'item_popularity_7d', mean: 0.42, spread: 0.16, onlineShare: 0.998 },
  { name: 'session_clicks_1h', mean: 0.21, spread: 0.12, onlineShare: 0.991 },
  { name: 'user_country', mean: 0.55, spread: 0.25, onlineShare: 0.999 },
  { name: 'price_bucket', mean: 0.48, spread: 0.2, onlineShare: 0.997 },
  // Computed for training, never rolled out to the online store but for the users of an early trial.
  { name: 'user_affinity_30d', mean: 0.62, spread: 0.14, onlineShare: 0.34 },
];

/** A version of the ranking model. One that requires a feature has no default for it and must have it recomputed. */
export interface ModelSpec {
  readonly version: string;
  readonly accuracy: number;
  readonly confidence: number;
  readonly features: readonly string[];
  readonly requires: string | null;
}

const USUAL_FEATURES = ['item_popularity_7d', 'session_clicks_1h', 'user_country', 'price_bucket'];
const WITH_AFFINITY = [...USUAL_FEATURES, 'user_affinity_30d'];

export const MODELS: readonly ModelSpec[] = [
  { version: 'v40', accuracy: 0.932, confidence: 0.74, features: USUAL_FEATURES, requires: null },
  { version: 'v41', accuracy: 0.948, confidence: 0.78, features: USUAL_FEATURES, requires: null },
  // What the online store holds of the new feature is older than what v42 was trained on: it is wrong even where it answers.
  {
    version: 'v42',
    accuracy: 0.82,
    confidence: 0.61,
    features: WITH_AFFINITY,
    requires: 'user_affinity_30d',
  },
  { version: 'v43', accuracy: 0.955, confidence: 0.8, features: USUAL_FEATURES, requires: null },
];

export const BAD_MODEL = 'v42';

/** What a missing or outdated feature costs: probability of being right, and the model's own confidence. */
export const FEATURE_COST = { missing: 0.06, outdated: 0.03, confidence: 0.07, recomputed: 0.12 } as const;

/** A required feature that is missing is recomputed on the GPUs, by so many requests at a time and no more. */
export const RECOMPUTE = { permits: 6, medianMs: 380, sigma: 0.25 } as const;

/** Labels come back for a part of the predictions, a little later; the online estimate looks at the last ones. */
export const LABELS = {
  share: 0.12,
  delayMedianMs: 1_500,
  delaySigma: 0.4,
  estimateOver: 1_000,
  estimateFrom: 50,
} as const;

/** What a visit is worth: how often it buys, and for how much (euros, log-normal). */
export const REVENUE = { personalised: 0.03, fallback: 0.012, medianEuros: 18, sigma: 0.6 } as const;

export const LATENCY_BUCKETS_SECONDS = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2.5,
] as const;
export const UNIT_BUCKETS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1] as const;

export function modelOf(version: string): ModelSpec | undefined {
  return MODELS.find((model) => model.version === version);
}

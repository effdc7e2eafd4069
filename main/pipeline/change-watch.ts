import { messageOf } from '../../shared/error/coded.ts';
import type { Labels, QueryTarget } from '../../shared/model/metric.ts';
import type { ChangeEvent } from '../../shared/model/service.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../shared/unit/time.ts';
import { fingerprint, type Logger } from '../platform/index.ts';
import { type ChangeMemory, NO_CHANGE_MEMORY } from './change-memory.ts';

/** Labels that look like versions, by the metric that carries them: a change is found without any integration. */
const EXPRESSION = '{__name__=~"(.+_)?build_info"}';
const VERSION_LABELS = ['version', 'model_version', 'image', 'revision'] as const;
/** A label value is hostile text: what is shown of a version is cut. */
const VERSION_MAX = 80;
const KEPT = 200;
/** Services of one source whose versions are remembered: names come from outside. */
const SERVICES_MAX = 5_000;
/** How far back, and how finely, it is looked for when a version began that was found after a restart. */
const LOOK_BACK_MS = DAY_MS;
const LOOK_BACK_STEP_MS = 10 * MINUTE_MS;

/** While nothing is wrong, versions are asked for every so many polls. */
const QUIET_POLLS = 4;
/** Otherwise a change must be known soon: somebody is about to ask what changed. */
const LOOK_MS = 5 * SECOND_MS;

/** A poll after which versions might be looked at. */
export interface LookTime {
  readonly at: number;
  readonly pollMs: number;
  /** All that rests on the source is well. */
  readonly isQuiet: boolean;
}

export interface ChangeWatch {
  /** Takes up what earlier runs saw; answers it. What was deployed meanwhile is found by the next look. */
  load(): Promise<readonly ChangeEvent[]>;
  /** Whether it is time to look; then it counts as looked at. */
  isDue(sourceId: string, time: LookTime): boolean;
  /** Looks once; answers what changed since the last look. The first look ever answers nothing: it has nothing to compare with. */
  look(sourceId: string, target: QueryTarget, at: number): Promise<readonly ChangeEvent[]>;
  /** Changes that somebody reported; answers those that are news. What a version tells of the same later is none. */
  report(changes: readonly Omit<ChangeEvent, 'id'>[]): Promise<readonly ChangeEvent[]>;
  /** All that was seen, oldest first, bounded. */
  seen(): readonly ChangeEvent[];
}

/** Finds deployments and roll-backs from the versions that a source's `build_info` metrics name. */
export function createChangeWatch(log: Logger, memory: ChangeMemory = NO_CHANGE_MEMORY): ChangeWatch {
  const known = new Map<string, ReadonlyMap<string, string>>();
  /** Sources whose versions are of an earlier run: what differs came at an unknown time since. */
  const ofBefore = new Set<string>();
  const lookedAt = new Map<string, number>();
  const seen: ChangeEvent[] = [];
  const keep = (found: readonly ChangeEvent[]) => {
    const news: ChangeEvent[] = [];
    for (const one of found) if (![...seen, ...news].some((other) => isSame(one, other))) news.push(one);
    seen.push(...news);
    seen.splice(0, Math.max(0, seen.length - KEPT));
    return news;
  };
  return {
    async load() {
      const { changes, versions } = await memory.load(KEPT);
      seen.push(...changes);
      for (const [sourceId, own] of versions) {
        known.set(sourceId, own);
        ofBefore.add(sourceId);
      }
      return changes;
    },
    isDue(sourceId, { at, pollMs, isQuiet }) {
      // Half a poll less, as polls come a little early or late; apart in either direction, as clocks are set back.
      const everyMs = isQuiet ? Math.max(LOOK_MS, (QUIET_POLLS - 0.5) * pollMs) : LOOK_MS;
      if (Math.abs(at - (lookedAt.get(sourceId) ?? Number.NEGATIVE_INFINITY)) < everyMs) return false;
      lookedAt.set(sourceId, at);
      return true;
    },
    seen: () => seen,
    async report(changes) {
      const news = keep(
        changes.map((one) => ({
          ...one,
          id: fingerprint({ service: one.service, what: one.what, at: String(one.at) }),
        })),
      );
      await memory.keep(news, null);
      return news;
    },
    async look(sourceId, target, at) {
      const result = await target.instant(EXPRESSION, at, { timeoutMs: 5_000 });
      if (!result.ok) {
        log.debug(
          { source: sourceId, problem: messageOf(result.error.message) },
          'versions could not be read',
        );
        return [];
      }
      if (result.value.kind !== 'vector' || result.value.samples.length === 0) return [];
      const versions = versionsOf(result.value.samples.map((sample) => sample.labels));
      const before = known.get(sourceId);
      const isNew = [...versions].some(([service, version]) => before?.get(service) !== version);
      if (isNew) known.set(sourceId, new Map([...(before ?? []), ...versions].slice(-SERVICES_MAX)));
      const moved = [...versions].flatMap(([service, to]) => {
        const from = before?.get(service);
        return from === undefined || from === to ? [] : [{ service, from, to }];
      });
      const began = ofBefore.delete(sourceId) && moved.length > 0 ? await beginnings(target, at) : () => null;
      const news = keep(moved.map((one) => changeOf(one, began(one) ?? at)));
      if (isNew) await memory.keep(news, known);
      return news;
    },
  };
}

/** A deployment is reported when it begins and seen when it is scraped: the same service and version within this are one. */
const SAME_MS = 15 * MINUTE_MS;

function isSame(one: ChangeEvent, other: ChangeEvent): boolean {
  if (one.id === other.id) return true;
  const close = Math.abs(one.at - other.at) <= SAME_MS;
  return close && one.service === other.service && one.to !== null && one.to === other.to;
}

/** Each service's version; several at once (a roll-out under way) are named together, in order. */
export function versionsOf(all: readonly Readonly<Record<string, string>>[]): ReadonlyMap<string, string> {
  const found = new Map<string, Set<string>>();
  for (const labels of all) {
    const { service, version } = versionOf(labels);
    if (!service || !version) continue;
    const versions = found.get(service) ?? new Set();
    versions.add(version);
    found.set(service, versions);
  }
  return new Map([...found].map(([service, versions]) => [service, [...versions].sort().join(BOTH)]));
}

const BOTH = ' + ';

function versionOf(labels: Labels) {
  const version = VERSION_LABELS.map((name) => labels[name]).find((value) => value);
  return {
    service: labels.service ?? labels.app ?? labels.job,
    version: version?.slice(0, VERSION_MAX),
  };
}

interface Moved {
  readonly service: string;
  readonly from: string;
  readonly to: string;
}

/** When versions began that were found after a restart, as the source's own past tells it; null where it does not. */
async function beginnings(target: QueryTarget, at: number): Promise<(moved: Moved) => number | null> {
  const window = { fromAt: at - LOOK_BACK_MS, toAt: at, stepMs: LOOK_BACK_STEP_MS };
  const past = await target.range(EXPRESSION, window, { timeoutMs: 5_000 });
  if (!past.ok) return () => null;
  const series = past.value.map((one) => ({ ...versionOf(one.labels), firstAt: one.times[0] }));
  return ({ service, from, to }) => {
    const before = new Set(from.split(BOTH));
    const news = new Set(to.split(BOTH).filter((version) => !before.has(version)));
    const times = series.flatMap(({ service: own, version, firstAt }) =>
      own === service && version !== undefined && news.has(version) ? (firstAt ?? []) : [],
    );
    return times.length === 0 ? null : Math.min(...times);
  };
}

function changeOf({ service, from, to }: Moved, at: number): ChangeEvent {
  return {
    id: fingerprint({ service, from, to, at: String(at) }),
    at,
    service,
    what: `${service} ${from} → ${to}`,
    from,
    to,
  };
}

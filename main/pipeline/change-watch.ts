import { messageOf } from '../../shared/error/coded.ts';
import type { QueryTarget } from '../../shared/model/metric.ts';
import type { ChangeEvent } from '../../shared/model/service.ts';
import { MINUTE_MS, SECOND_MS } from '../../shared/unit/time.ts';
import { fingerprint, type Logger } from '../platform/index.ts';

/** Labels that look like versions, by the metric that carries them: a change is found without any integration. */
const EXPRESSION = '{__name__=~"(.+_)?build_info"}';
const VERSION_LABELS = ['version', 'model_version', 'image', 'revision'] as const;
/** A label value is hostile text: what is shown of a version is cut. */
const VERSION_MAX = 80;
const KEPT = 200;

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
  /** Whether it is time to look; then it counts as looked at. */
  isDue(sourceId: string, time: LookTime): boolean;
  /** Looks once; answers what changed since the last look. The first look answers nothing: it has nothing to compare with. */
  look(sourceId: string, target: QueryTarget, at: number): Promise<readonly ChangeEvent[]>;
  /** Changes that somebody reported; answers those that are news. What a version tells of the same later is none. */
  report(changes: readonly Omit<ChangeEvent, 'id'>[]): readonly ChangeEvent[];
  /** All that was seen, oldest first, bounded. */
  seen(): readonly ChangeEvent[];
}

/** Finds deployments and roll-backs from the versions that a source's `build_info` metrics name. */
export function createChangeWatch(log: Logger): ChangeWatch {
  const known = new Map<string, ReadonlyMap<string, string>>();
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
    isDue(sourceId, { at, pollMs, isQuiet }) {
      // Half a poll less, as polls come a little early or late; apart in either direction, as clocks are set back.
      const everyMs = isQuiet ? Math.max(LOOK_MS, (QUIET_POLLS - 0.5) * pollMs) : LOOK_MS;
      if (Math.abs(at - (lookedAt.get(sourceId) ?? Number.NEGATIVE_INFINITY)) < everyMs) return false;
      lookedAt.set(sourceId, at);
      return true;
    },
    seen: () => seen,
    report: (changes) =>
      keep(
        changes.map((one) => ({
          ...one,
          id: fingerprint({ service: one.service, what: one.what, at: String(one.at) }),
        })),
      ),
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
      known.set(sourceId, new Map([...(before ?? []), ...versions]));
      if (!before) return [];
      const found = [...versions].flatMap(([service, to]) => {
        const from = before.get(service);
        return from === undefined || from === to ? [] : [changeOf(service, from, to, at)];
      });
      return keep(found);
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
    const service = labels.service ?? labels.app ?? labels.job;
    const version = VERSION_LABELS.map((name) => labels[name]).find((value) => value);
    if (!service || !version) continue;
    const versions = found.get(service) ?? new Set();
    versions.add(version.slice(0, VERSION_MAX));
    found.set(service, versions);
  }
  return new Map([...found].map(([service, versions]) => [service, [...versions].sort().join(' + ')]));
}

function changeOf(service: string, from: string, to: string, at: number): ChangeEvent {
  return {
    id: fingerprint({ service, from, to, at: String(at) }),
    at,
    service,
    what: `${service} ${from} → ${to}`,
    from,
    to,
  };
}

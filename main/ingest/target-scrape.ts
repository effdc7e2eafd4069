import type { ExpositionSourceConfig, ExpositionTargetConfig } from '../../shared/config/source.ts';
import { createExpositionTarget, type SourceDeps } from '../source/index.ts';
import type { Keeper, OverLimit } from './keeper.ts';
import type { TargetReport } from './target-report.ts';

export interface Scraped {
  readonly up: boolean;
  readonly samples: number;
  /** Why the scrape could not be kept, as a clause; that is Midwatch's trouble and not the target's. */
  readonly unkept: string | null;
}

/** Series that Midwatch itself makes of each scrape, beside what is exposed. */
const REPORTS_MAX = 3;
const NONE_OVER: OverLimit = { count: 0, names: [] };

/** One target of a source: fetched, read and kept, one scrape after the other. */
export interface TargetScrape {
  readonly key: string;
  scrape(at: number, seriesMax: number): Promise<Scraped>;
  report(): TargetReport;
  /** Series of the last scrape, `up` first. */
  present(): Uint32Array;
  close(): Promise<void>;
}

export function createTargetScrape(
  source: ExpositionSourceConfig,
  config: ExpositionTargetConfig,
  deps: SourceDeps & { readonly keeper: Keeper },
): TargetScrape {
  const target = createExpositionTarget(source, config, deps);
  const key = `${source.id}/${config.id}`;
  const by = {
    sourceId: source.id,
    intervalMs: source.pollEveryMs,
    seriesMax: source.seriesLimit + REPORTS_MAX * source.targets.length,
  };
  let overLimit: OverLimit = NONE_OVER;
  let seriesCount = 0;
  let closed = false;
  return {
    key,
    async scrape(at, seriesMax) {
      const fetched = await target.fetch();
      // A fetch that our own stopping broke off must not be written down as the target's failure.
      if (closed) return { up: false, samples: 0, unkept: null };
      const kept = await deps.keeper.keep(
        {
          key,
          labels: config.labels,
          at,
          durationMs: fetched.ok ? fetched.value.durationMs : fetched.error.durationMs,
          seriesMax,
          body: fetched.ok ? fetched.value.body : null,
          format: fetched.ok ? fetched.value.format : 'text',
          relabel: source.metricRelabel,
          honorLabels: source.honorLabels,
          honorTimestamps: source.honorTimestamps,
        },
        by,
      );
      if (!kept.ok) {
        if (fetched.ok) target.accept(fetched.value);
        return { up: false, samples: 0, unkept: kept.error };
      }
      seriesCount = kept.value.seriesCount;
      // Names are had when a series is refused; until it is offered again the count alone says that it still is.
      const { count, names } = kept.value.overLimit;
      overLimit = count === 0 ? NONE_OVER : { count, names: names.length > 0 ? names : overLimit.names };
      if (!fetched.ok) return { up: false, samples: kept.value.samples, unkept: null };
      if (kept.value.problem === null) target.accept(fetched.value);
      else target.reject(kept.value.problem);
      return { up: kept.value.problem === null, samples: kept.value.samples, unkept: null };
    },
    report: () => ({ id: config.id, address: target.address, state: target.state(), seriesCount, overLimit }),
    present: () => deps.keeper.present(key),
    async close() {
      closed = true;
      await target.close();
    },
  };
}

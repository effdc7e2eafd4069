import type { SourceConfig } from '../../shared/config/source.ts';
import { assertNever } from '../../shared/error/result.ts';
import type { QueryTarget } from '../../shared/model/metric.ts';
import type { ReportedAlert } from '../../shared/model/reported-alert.ts';
import type { WorkerHandle } from '../platform/index.ts';
import type { SourceDeps } from '../source/index.ts';
import type { MetricWriterApi } from '../store/index.ts';
import type { Drops } from './drops.ts';
import { createFreshness, type Freshness } from './freshness.ts';
import type { Keeper } from './keeper.ts';
import type { Ownership } from './ownership.ts';
import type { BarePoll, OnPolled, Poll } from './poll.ts';
import { createAlertsPoll, type OnSilences } from './poll-alerts.ts';
import { createExpositionPoll } from './poll-exposition.ts';
import { createPrometheusPoll } from './poll-prometheus.ts';
import { createPushPoll, type Listening, type PushPoll } from './poll-push.ts';
import type { PushKeeper } from './push-keeper.ts';

/** What all sources share: one store, one account of what was left out, one view of who owns which series. */
export interface Shared extends SourceDeps {
  readonly keeper: Keeper;
  readonly store: WorkerHandle<MetricWriterApi>;
  readonly ownership: Ownership;
  readonly localTarget: QueryTarget;
  readonly onPolled: OnPolled;
  readonly onSilences?: OnSilences;
  readonly onAlerts?: (sourceId: string, alerts: readonly ReportedAlert[]) => Promise<void>;
  readonly dropsOf: (sourceId: string) => Drops;
  readonly push: PushKeeper | null;
  readonly listening: (sourceId: string) => Listening;
}

/** A source as it is driven: what it says of itself, and for a push source where arrivals go. */
export interface OpenedSource {
  readonly poll: Poll;
  readonly arrivals: PushPoll | null;
}

export function openSource(config: SourceConfig, shared: Shared): OpenedSource {
  const freshness = createFreshness();
  const sender = () => (config.kind === 'push' ? (shared.push?.sender(config.id)?.agent ?? null) : null);
  const complete = (bare: BarePoll): Poll => ({
    ...bare,
    report: () => ({
      ...bare.report(),
      sender: sender(),
      leftOut: shared.dropsOf(config.id).list(),
      decisionDelay: freshness.measured(),
    }),
  });
  if (config.kind === 'push') {
    const arrivals = createPushPoll(config, {
      ...shared,
      listening: () => shared.listening(config.id),
      sender: () => shared.push?.sender(config.id),
      refused: () => shared.push?.refused(config.id) ?? { count: 0, names: [] },
      seriesCount: () => shared.ownership.count(config.id),
      onDecided: (delayMs) => freshness.decided(delayMs),
    });
    return { poll: complete(arrivals), arrivals };
  }
  return {
    poll: complete(polledSource(config, { ...shared, onPolled: timed(shared, freshness) })),
    arrivals: null,
  };
}

function polledSource(config: Exclude<SourceConfig, { kind: 'push' }>, shared: Shared): BarePoll {
  switch (config.kind) {
    case 'prometheus':
      return createPrometheusPoll(config, shared);
    case 'exposition':
      return createExpositionPoll(config, shared);
    case 'alertmanager':
      return createAlertsPoll(config, {
        ...shared,
        onAlerts: shared.onAlerts ?? (async () => undefined),
        onSilences: shared.onSilences ?? (async () => undefined),
      });
    default:
      return assertNever(config);
  }
}

/** From the instant that a poll's samples carry: what fetching them took counts as well. */
function timed(shared: Shared, freshness: Freshness): OnPolled {
  return async (polled) => {
    await shared.onPolled(polled);
    if (polled.outcome.kind !== 'failed') freshness.decided(shared.clock.now() - polled.at);
  };
}

import type { AlertmanagerSourceConfig } from '../../shared/config/source.ts';
import type { Result } from '../../shared/error/result.ts';
import type { QueryTarget } from '../../shared/model/metric.ts';
import type { ReportedAlert } from '../../shared/model/reported-alert.ts';
import type { ReportedSilence, SilenceOrder } from '../../shared/model/reported-silence.ts';
import {
  type AlertmanagerSource,
  createAlertmanagerSource,
  isFailing,
  type SourceDeps,
} from '../source/index.ts';
import type { BarePoll, OnPolled } from './poll.ts';
import { slowProblem } from './poll-prometheus.ts';

/** Hears of the silences of an Alertmanager at each poll, and may order changes of them. */
export type OnSilences = (round: {
  readonly sourceId: string;
  readonly found: readonly ReportedSilence[];
  readonly isShared: boolean;
  readonly order: (order: SilenceOrder) => Promise<Result<null, string>>;
}) => Promise<void>;

export interface AlertsPollDeps extends SourceDeps {
  readonly onPolled: OnPolled;
  /** All alerts that the Alertmanager has at that instant. */
  readonly onSilences: OnSilences;
  readonly onAlerts: (sourceId: string, alerts: readonly ReportedAlert[]) => Promise<void>;
}

/** A poll of an Alertmanager: its alerts are handed on whole, so that one which is missing is known to be over. */
export function createAlertsPoll(config: AlertmanagerSourceConfig, deps: AlertsPollDeps): BarePoll {
  const source = createAlertmanagerSource(config, deps);
  let alerts: number | null = null;
  let closed = false;
  return {
    kind: 'alertmanager',
    target: refusing(config.id),
    async run(at) {
      const answer = await source.alerts();
      if (closed) return false;
      if (answer.ok) {
        alerts = answer.value.length;
        // What is silenced there must not page here: its silences come first.
        await exchangeSilences(config, source, deps);
        await deps.onAlerts(config.id, answer.value);
      }
      await deps.onPolled({
        sourceId: config.id,
        at,
        outcome: answer.ok ? { kind: 'ask' } : { kind: 'failed', problem: answer.error.problem },
      });
      return answer.ok;
    },
    report() {
      const state = source.state();
      const failing = isFailing(state) ? state : undefined;
      return {
        address: source.address,
        condition: state.condition,
        sinceAt: state.sinceAt,
        lastOkAt: state.lastOkAt,
        lastTryAt: state.lastTryAt,
        nextTryAt: failing?.nextTryAt ?? null,
        latencyMs: state.latencyMs,
        problem: failing?.failure.problem ?? slowProblem(state.condition, state.latencyMs, source.address),
        seriesCount: alerts,
        targets: [],
      };
    },
    tryNow: () => source.tryNow(),
    onChange: (listener) => source.onChange(() => listener()),
    async close() {
      closed = true;
      await source.close();
    },
    end: async () => undefined,
  };
}

async function exchangeSilences(
  { id, silences }: AlertmanagerSourceConfig,
  source: AlertmanagerSource,
  { onSilences, log }: AlertsPollDeps,
): Promise<void> {
  if (silences === 'ignore') return;
  const found = await source.silences();
  if (!found.ok) return void log.warn({ source: id, problem: found.error }, 'silences could not be read');
  const order = (one: SilenceOrder) => source.order(one);
  await onSilences({ sourceId: id, found: found.value, isShared: silences === 'share', order });
}

/** Whoever asks an Alertmanager for metrics has the wrong source in a file; `check` says so too. */
function refusing(id: string): QueryTarget {
  const answer = {
    ok: false,
    error: {
      code: 'unsupported',
      message: `The source ${id} is an Alertmanager: it brings alerts and answers no expression. Name a source of metrics.`,
      retryable: false,
    },
  } as const;
  return { id, instant: async () => answer, range: async () => answer };
}

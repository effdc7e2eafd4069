import type { Alert } from '../../shared/model/alert.ts';
import type { FiredEpisode } from '../../shared/model/fired.ts';
import type { Remote } from '../platform/index.ts';
import type { LogApi, VerdictRecord } from '../store/index.ts';
import { inOrder } from './why.ts';

export interface FiredQuestion {
  readonly objectiveId: string;
  readonly fromAt: number;
  readonly toAt: number;
}

const ALERTS_MAX = 50;
const VERDICTS_MAX = 5_000;
const EPISODES_MAX = 200;

/** When an objective's alerts really fired, and whether somebody was told, from the verdicts that are kept; newest first. */
export async function firedOf(
  log: Pick<Remote<LogApi>, 'findAlerts' | 'verdictsBetween'>,
  { objectiveId, fromAt, toAt }: FiredQuestion,
): Promise<FiredEpisode[]> {
  const named = await log.findAlerts(objectiveId, ALERTS_MAX);
  const mine = named.filter((one) => one.ruleId === objectiveId || one.memory?.objectiveId === objectiveId);
  const all: FiredEpisode[] = [];
  for (const alert of mine) {
    const verdicts = await log.verdictsBetween(alert.id, fromAt, toAt, VERDICTS_MAX);
    all.push(...episodesOf(alert, inOrder(verdicts), { fromAt, toAt }));
  }
  return all.sort((a, b) => b.firedAt - a.firedAt).slice(0, EPISODES_MAX);
}

function episodesOf(
  alert: Alert,
  verdicts: readonly VerdictRecord[],
  { fromAt, toAt }: Pick<FiredQuestion, 'fromAt' | 'toAt'>,
): FiredEpisode[] {
  const found: FiredEpisode[] = [];
  const states = verdicts.filter((one) => one.stage === 'state');
  for (const [index, start] of states.entries()) {
    if (start.outcome !== 'fired') continue;
    const end = states.slice(index + 1).find((one) => one.outcome === 'resolved' || one.outcome === 'fired');
    const untilAt = end?.at ?? toAt;
    if (untilAt < fromAt) continue;
    const during = verdicts.filter((one) => one.at >= start.at && one.at <= untilAt);
    found.push({
      alertId: alert.id,
      title: alert.title,
      firedAt: start.at,
      resolvedAt: end?.at ?? null,
      reason: start.reason,
      definedAt: start.definedAt,
      ...toldOf(during),
    });
  }
  return found;
}

/** One way that worked told somebody, whatever became of the others. */
function toldOf(during: readonly VerdictRecord[]): Pick<FiredEpisode, 'told' | 'toldReason'> {
  const last = (outcome: VerdictRecord['outcome']) =>
    during.findLast((one) => one.stage !== 'state' && one.outcome === outcome);
  const sent = during.find((one) => one.outcome === 'sent');
  if (sent) return { told: 'sent', toldReason: sent.reason };
  const failed = last('failed');
  if (failed) return { told: 'failed', toldReason: failed.reason };
  const held = last('suppressed') ?? last('held');
  if (held) return { told: 'held', toldReason: `${held.stage}: ${held.reason}` };
  return { told: 'unknown', toldReason: '' };
}

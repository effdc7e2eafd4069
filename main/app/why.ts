import type { Alert } from '../../shared/model/alert.ts';
import { openLogReader, type VerdictRecord } from '../store/index.ts';
import { dataFolders } from './data-folder.ts';

export interface WhyQuestion {
  /** An id, the beginning of one, or text of title, rule or service. */
  readonly alert: string;
  readonly workspaceId: string;
  readonly dataFolder: string | undefined;
  readonly fromAt: number;
  readonly toAt: number;
}

/** `several`: the words fit more than one alert, the one that fired last first. */
export type WhyAnswer =
  | { readonly kind: 'none' }
  | { readonly kind: 'several'; readonly alerts: readonly Alert[] }
  | { readonly kind: 'one'; readonly alert: Alert; readonly verdicts: readonly VerdictRecord[] };

/** The oldest first, and those of one instant as the stages come: the log answers the newest first. */
export function inOrder(verdicts: readonly VerdictRecord[]): readonly VerdictRecord[] {
  return verdicts.toReversed().sort((a, b) => a.at - b.at);
}

const LISTED_MAX = 20;
const VERDICTS_MAX = 10_000;

/** What each stage said of an alert, from the workspace's log, also while Midwatch runs over it. */
export function whyOf(question: WhyQuestion): WhyAnswer {
  const { logPath } = dataFolders(question.workspaceId, question.dataFolder, process.env);
  const log = openLogReader(logPath);
  try {
    const found = log.findAlerts(question.alert, LISTED_MAX);
    const exact = found.find((one) => one.id === question.alert);
    const [alert] = exact ? [exact] : found;
    if (!alert) return { kind: 'none' };
    if (!exact && found.length > 1) return { kind: 'several', alerts: found };
    const verdicts = log.verdictsBetween(alert.id, question.fromAt, question.toAt, VERDICTS_MAX);
    return { kind: 'one', alert, verdicts: inOrder(verdicts) };
  } finally {
    log.close();
  }
}

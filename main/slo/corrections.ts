import { CodedError } from '../../shared/error/coded.ts';
import type { Correction } from '../../shared/model/correction.ts';
import type { Clock, Ids, Remote } from '../platform/index.ts';
import type { LogApi } from '../store/index.ts';

/** Time taken out of budgets, kept for ever with who did it and why. */
export interface Corrections {
  load(): Promise<void>;
  /** All of an objective, revoked ones too, newest first. */
  of(objectiveId: string): readonly Correction[];
  add(draft: Pick<Correction, 'objectiveId' | 'fromAt' | 'toAt' | 'reason'>, by: string): Promise<Correction>;
  revoke(id: string, reason: string, by: string): Promise<Correction>;
}

export interface CorrectionsDeps {
  readonly clock: Pick<Clock, 'now'>;
  readonly ids: Ids;
  readonly log: Pick<Remote<LogApi>, 'saveCorrection' | 'loadCorrections'>;
}

/** A correction of years would be a way to delete a budget, not to plan a maintenance. */
const LENGTH_MAX_MS = 31 * 86_400_000;

export function createCorrections({ clock, ids, log }: CorrectionsDeps): Corrections {
  let all: readonly Correction[] = [];
  const put = async (correction: Correction): Promise<Correction> => {
    await log.saveCorrection(correction);
    all = [correction, ...all.filter((one) => one.id !== correction.id)].toSorted(
      (a, b) => b.createdAt - a.createdAt,
    );
    return correction;
  };
  return {
    async load() {
      all = await log.loadCorrections();
    },
    of: (objectiveId) => all.filter((one) => one.objectiveId === objectiveId),
    async add(draft, by) {
      const { fromAt, toAt } = draft;
      if (!(toAt > fromAt))
        throw new CodedError('correction-empty', 'The correction ends before it begins: swap its ends.');
      if (toAt - fromAt > LENGTH_MAX_MS)
        throw new CodedError(
          'correction-too-long',
          'A correction may take out at most 31 days; a longer one would hide the objective, so change its target instead.',
        );
      return put({ ...draft, id: ids.fresh(), by, createdAt: clock.now(), revoked: null });
    },
    async revoke(id, reason, by) {
      const found = all.find((one) => one.id === id);
      if (!found) throw new CodedError('correction-not-found', `There is no correction ${id}.`);
      if (found.revoked)
        throw new CodedError(
          'correction-revoked',
          `${found.revoked.by} has revoked this correction already (${found.revoked.reason}).`,
        );
      return put({ ...found, revoked: { by, at: clock.now(), reason } });
    },
  };
}

/** The stretches that corrections in force take out of a period, in order and without overlap. */
export function correctedStretches(
  corrections: readonly Correction[],
  fromAt: number,
  toAt: number,
): { fromAt: number; toAt: number }[] {
  const cut = corrections
    .filter((one) => one.revoked === null)
    .map((one) => ({ fromAt: Math.max(fromAt, one.fromAt), toAt: Math.min(toAt, one.toAt) }))
    .filter((one) => one.toAt > one.fromAt)
    .sort((a, b) => a.fromAt - b.fromAt);
  const merged: { fromAt: number; toAt: number }[] = [];
  for (const one of cut) {
    const last = merged.at(-1);
    if (last && one.fromAt <= last.toAt) last.toAt = Math.max(last.toAt, one.toAt);
    else merged.push({ ...one });
  }
  return merged;
}

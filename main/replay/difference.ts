import type { Replay, ReplayAlert, ReplayDifference } from '../../shared/model/replay.ts';
import { formatDuration } from '../../shared/unit/time.ts';

/**
 * What another configuration would have changed. An alert is the same where its labels are and the two fired at the same
 * time for a while: it is the same trouble, found a little earlier or later.
 */
export function compareReplays(before: Replay, after: Replay): ReplayDifference {
  const left = Map.groupBy(after.alerts, (one) => one.alertId);
  const onlyBefore: ReplayAlert[] = [];
  const moved: ReplayDifference['moved'] = [];
  let same = 0;
  for (const was of before.alerts) {
    const others = left.get(was.alertId) ?? [];
    const place = others.findIndex((one) => overlaps(was, one));
    const is = others[place];
    if (!is) {
      onlyBefore.push(was);
      continue;
    }
    others.splice(place, 1);
    const how = movesOf(was, is);
    if (how.length === 0) same += 1;
    else moved.push({ before: was, after: is, how });
  }
  const onlyAfter = [...left.values()].flat().toSorted((a, b) => a.firedAt - b.firedAt);
  return { onlyBefore, onlyAfter, moved, same, pagesPerDay: [before.pagesPerDay, after.pagesPerDay] };
}

function overlaps(one: ReplayAlert, other: ReplayAlert): boolean {
  const endOf = ({ resolvedAt }: ReplayAlert) => resolvedAt ?? Number.POSITIVE_INFINITY;
  return one.firedAt <= endOf(other) && other.firedAt <= endOf(one);
}

function movesOf(was: ReplayAlert, is: ReplayAlert): string[] {
  const moves: string[] = [];
  const laterMs = is.firedAt - was.firedAt;
  if (laterMs !== 0)
    moves.push(`fires ${formatDuration(Math.abs(laterMs))} ${laterMs > 0 ? 'later' : 'earlier'}`);
  if (was.resolvedAt !== is.resolvedAt) moves.push(endsText(was.resolvedAt, is.resolvedAt));
  if (was.priority !== is.priority) moves.push(`${was.priority} becomes ${is.priority}`);
  if (was.paged !== is.paged) moves.push(is.paged ? 'now pages' : 'no longer pages');
  else if ((was.toldAt === null) !== (is.toldAt === null))
    moves.push(is.toldAt === null ? 'is told to nobody' : 'is told');
  return moves;
}

function endsText(was: number | null, is: number | null): string {
  if (was === null) return 'ends';
  if (is === null) return 'does not end';
  return `ends ${formatDuration(Math.abs(is - was))} ${is > was ? 'later' : 'earlier'}`;
}

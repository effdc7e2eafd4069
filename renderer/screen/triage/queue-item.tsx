import { useMemo } from 'react';
import type { Alert, StageVerdict } from '../../../shared/model/alert.ts';
import type { Incident } from '../../../shared/model/incident.ts';
import type { SourceStatus } from '../../../shared/model/source.ts';
import { formatDuration } from '../../../shared/unit/time.ts';
import { runCommand } from '../../state/command.ts';
import { deadlinesOf, nextDeadline } from '../../state/deadline.ts';
import { isOpen, needsWord, type QueueEntry } from '../../state/triage.ts';
import { useCollection, useCore, useNow } from '../../state/use-core.tsx';
import { AlertState } from '../../ui/alert-state.tsx';
import { Due, PriorityBadge, SeverityBadge, StateBadge } from '../../ui/badge.tsx';
import { absoluteUtc, coarse, shortUtc } from '../../ui/format.ts';

export interface QueueItemProps {
  entry: QueueEntry;
  selected: boolean;
  onSelect: () => void;
}

/** One row: what, how urgent, since when, and one line of numbers why. */
export function QueueItem({ entry, selected, onSelect }: QueueItemProps) {
  const core = useCore();
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the listbox has the focus and moves with j, k and the arrows.
    <div
      id={`row-${entry.key}`}
      role="option"
      tabIndex={-1}
      aria-selected={selected}
      className="item"
      onClick={onSelect}
      onDoubleClick={() => runCommand(core, 'open')}
    >
      <RowBody entry={entry} />
    </div>
  );
}

function RowBody({ entry }: { entry: QueueEntry }) {
  switch (entry.kind) {
    case 'incident':
      return <IncidentRow incident={entry.incident} sinceAt={entry.sinceAt} />;
    case 'alert':
      return <AlertRow alert={entry.alert} verdict={entry.verdict} sinceAt={entry.sinceAt} />;
    case 'source':
      return <SourceRow source={entry.source} sinceAt={entry.sinceAt} />;
    case 'self':
      return (
        <>
          <StateBadge state="unwatched">Midwatch</StateBadge>
          <span>{entry.title}</span>
          <span />
          <div className="why">{entry.reason}</div>
        </>
      );
  }
}

function Age({ at, resolved }: { at: number; resolved: boolean }) {
  const now = useNow();
  return (
    <time className="t3 s12 num" title={absoluteUtc(at)} dateTime={new Date(at).toISOString()}>
      {resolved ? `${shortUtc(at, now)}` : coarse(Math.max(0, now - at))}
    </time>
  );
}

function IncidentRow({ incident, sinceAt }: { incident: Incident; sinceAt: number }) {
  const now = useNow();
  const alerts = useCollection('alerts').byId;
  const mine = useMemo(() => incident.alertIds.flatMap((id) => alerts.get(id) ?? []), [incident, alerts]);
  const asks = useMemo(() => needsWord(incident, alerts), [incident, alerts]);
  const due = isOpen(incident) ? nextDeadline(deadlinesOf(incident, mine, now)) : null;
  const reason =
    mine.find((one) => one.phase === 'firing')?.reason ?? mine[0]?.reason ?? incident.suggestion.arithmetic;
  return (
    <>
      <SeverityBadge severity={incident.severity} />
      <b className="two-lines">{incident.title}</b>
      <Age at={sinceAt} resolved={!isOpen(incident)} />
      <div className="meta">
        {incident.priority && <PriorityBadge priority={incident.priority} />}
        <IncidentState incident={incident} asks={asks} />
        {due && (
          <span className="push">
            <Due
              label={DUE_NAMES[due.key]}
              state={due.state}
              ms={due.ms}
              left={due.left}
              title={absoluteUtc(due.at)}
            />
          </span>
        )}
      </div>
      {isOpen(incident) && <div className="why two-lines">{reason}</div>}
    </>
  );
}

const DUE_NAMES = { respond: 'respond', acknowledgement: 'ack ends', resolve: 'resolve' } as const;

function IncidentState({ incident, asks }: { incident: Incident; asks: boolean }) {
  if (incident.phase === 'postmortem')
    return <StateBadge state="ok">Resolved, postmortem to finish</StateBadge>;
  if (incident.phase === 'closed')
    return (
      <StateBadge state="ok">
        Closed
        {incident.resolvedAt
          ? `, resolved after ${formatDuration(incident.resolvedAt - incident.openedAt)}`
          : ''}
      </StateBadge>
    );
  if (incident.recoveredAt !== null)
    return (
      <StateBadge state="ok">
        Recovered{incident.phase === 'recovering' ? '' : `, ${incident.phase}`}
      </StateBadge>
    );
  if (asks && incident.acknowledgedAt !== null) return <StateBadge state="firing">Fires again</StateBadge>;
  if (incident.acknowledgedAt !== null)
    return (
      <StateBadge state="acknowledged">
        {incident.acknowledgedBy ?? 'Somebody'}, {incident.phase}
      </StateBadge>
    );
  return <StateBadge state="firing">Firing</StateBadge>;
}

function AlertRow({
  alert,
  verdict,
  sinceAt,
}: {
  alert: Alert;
  verdict: StageVerdict | null;
  sinceAt: number;
}) {
  return (
    <>
      <PriorityBadge priority={alert.priority} />
      <span className="two-lines">{alert.title}</span>
      <Age at={sinceAt} resolved={alert.phase === 'resolved'} />
      <div className="meta">
        <span>{alert.service}</span>
        <AlertState alert={alert} verdict={verdict} />
      </div>
      <div className="why two-lines">{verdict?.reason ?? alert.reason}</div>
    </>
  );
}

function SourceRow({ source, sinceAt }: { source: SourceStatus; sinceAt: number }) {
  const now = useNow();
  const retry =
    source.nextTryAt !== null && source.nextTryAt > now
      ? ` Next try in ${coarse(source.nextTryAt - now)}.`
      : '';
  return (
    <>
      <StateBadge state="unwatched">Source</StateBadge>
      <span className="two-lines">
        {source.id} is {source.condition.replace('-', ' ')}
      </span>
      <Age at={sinceAt} resolved={false} />
      <div className="why two-lines">
        {source.blinds.length > 0
          ? `Blinds ${source.blinds.slice(0, 3).join(', ')}${source.blinds.length > 3 ? ` and ${source.blinds.length - 3} more` : ''}.`
          : (source.problem ?? '')}
        {retry}
      </div>
    </>
  );
}

import { formatDuration } from '../../../shared/unit/time.ts';
import { LINES_MAX, type SignalAnswer } from '../../state/signal.ts';
import { useCollection, useLine, useNow } from '../../state/use-core.tsx';
import { StateBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { clockUtc, coarse } from '../../ui/format.ts';
import { Problem } from '../../ui/state.tsx';
import styles from './signal.module.css';

export interface PanelStatusProps {
  answer: SignalAnswer;
  source: string;
  /** Something else is typed than what is shown. */
  draft: boolean;
  onCancel: () => void;
  onRetry: () => void;
}

/** Questions that are answered at once need no word about it. */
const PATIENCE_MS = 600;
/** An answer this much older than its refresh is said to be old. */
const OLD_MS = 90_000;

/** What is known of the answer: how much came, what was left out, how old it is, what went wrong. */
export function PanelStatus({ answer, source, draft, onCancel, onRetry }: PanelStatusProps) {
  const { frame, failure, notes } = answer;
  return (
    <div className={styles.status} aria-live="polite">
      <Asking answer={answer} onCancel={onCancel} />
      {draft && <span className="t3 s12">Edited: Enter runs it.</span>}
      <Age answer={answer} source={source} />
      {frame && <Amount answer={answer} />}
      {notes.map((note) => (
        <span key={note.message} className="s12">
          <StateBadge state={note.severity === 'warning' ? 'suppressed' : 'starting'}>
            {note.severity === 'warning' ? 'warning' : 'note'}
          </StateBadge>{' '}
          <span className="t2">{note.message}</span>
        </span>
      ))}
      {failure && (
        <div className={styles.wide}>
          <Problem
            title={frame ? 'Not renewed' : 'No answer'}
            actions={
              <Button caps={['Ctrl ↵']} onPress={onRetry}>
                Ask again
              </Button>
            }
          >
            <p>{failure.text}</p>
          </Problem>
        </div>
      )}
    </div>
  );
}

function Asking({ answer, onCancel }: { answer: SignalAnswer; onCancel: () => void }) {
  const now = useNow();
  const { asking } = answer;
  if (!asking || (answer.frame !== null && now - asking.sinceAt < PATIENCE_MS)) return null;
  const read = asking.samples > 0 ? `, ${asking.samples.toLocaleString('en-US')} samples read` : '';
  return (
    <span className="line s12">
      <StateBadge state="starting">
        asking{now - asking.sinceAt >= PATIENCE_MS && `, ${coarse(now - asking.sinceAt)}`}
        {read}
      </StateBadge>
      <Button kind="quiet" onPress={onCancel}>
        Stop
      </Button>
    </span>
  );
}

function Age({ answer, source }: { answer: SignalAnswer; source: string }) {
  const now = useNow();
  const live = useLine((state) => state.connection.kind === 'live');
  const status = useCollection('sources').byId.get(source);
  const { frame, answeredAt } = answer;
  if (!frame || answeredAt === null) return null;
  const old =
    !live || answer.failure !== null || (now - answeredAt > OLD_MS && now - frame.toAt < 10 * OLD_MS);
  if (old)
    return <StateBadge state="unwatched">as of {clockUtc(answeredAt)} UTC, not renewed since</StateBadge>;
  if (status?.problem)
    return (
      <StateBadge state="unwatched" title={status.problem}>
        {source}: {status.condition}
      </StateBadge>
    );
  return null;
}

function Amount({ answer }: { answer: SignalAnswer }) {
  const { frame, seriesTotal, tookMs } = answer;
  if (!frame) return null;
  const came = frame.rows.names.length;
  const count = (value: number) => value.toLocaleString('en-US');
  const parts = [
    came === 0 ? 'no series' : `${count(came)} series, ${count(frame.points)} points`,
    `every ${formatDuration(frame.stepMs)}`,
    `${formatDuration(tookMs)}`,
  ];
  const left: string[] = [];
  if (came < seriesTotal) left.push(`${count(seriesTotal - came)} more series did not come`);
  if (frame.lines.length < came && frame.heat === null && came > LINES_MAX)
    left.push(
      `${count(frame.lines.length)} drawn, those with the highest values; the band is the range of the others`,
    );
  if (frame.pointsPerSlot > 1)
    left.push(`of each ${count(frame.pointsPerSlot)} points the lowest and the highest are drawn`);
  if (frame.heat && frame.heat.groups > 1) left.push(`${count(frame.heat.groups)} histograms added up`);
  return (
    <>
      <span className="t3 s12 num">{parts.join(', ')}</span>
      {left.length > 0 && <span className="t2 s12 num">{`${left.join('; ')}.`}</span>}
    </>
  );
}

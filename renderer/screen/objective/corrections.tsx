import { useState } from 'react';
import type { Correction } from '../../../shared/model/correction.ts';
import type { ObjectiveStatus } from '../../../shared/model/objective.ts';
import { formatPercent } from '../../../shared/unit/number.ts';
import { formatDuration, HOUR_MS } from '../../../shared/unit/time.ts';
import { correctionProblem, instantOf, instantText } from '../../state/objective-past.ts';
import { useBusy, useCore, useLoaded, useRefresh } from '../../state/use-core.tsx';
import { Button } from '../../ui/button.tsx';
import { Form } from '../../ui/form.tsx';
import { absoluteUtc } from '../../ui/format.ts';
import { useKeptFocus } from '../../ui/kept-focus.ts';
import { Skeleton } from '../../ui/state.tsx';
import styles from './objective.module.css';

/** Planned time that was taken out of the budget, by whom and why; a mistake is revoked, and stays to be seen. */
export function Corrections({ status }: { status: ObjectiveStatus }) {
  const core = useCore();
  const { id } = status.objective;
  useRefresh(`corrections:${id}`, 0, () => void core.past.loadCorrections(id));
  const { value, loading, failure } = useLoaded(core.past.corrections, id);
  return (
    <div className={styles.panel}>
      <Numbers status={status} />
      {!value && loading && <Skeleton rows={2} label="Loading the corrections" />}
      {!value && failure && <p className="s12 t2">{failure.text}</p>}
      {value?.length === 0 && (
        <p className="s12 t2">
          Nothing was taken out. A correction changes the budget, never what alerts compare.
        </p>
      )}
      {value && value.length > 0 && (
        <ul className={styles.episodes}>
          {value.map((one) => (
            <Line key={one.id} correction={one} />
          ))}
        </ul>
      )}
      <Add objectiveId={id} />
    </div>
  );
}

function Numbers({ status }: { status: ObjectiveStatus }) {
  const { uncorrected, budgetRemaining } = status;
  if (!uncorrected) return null;
  const text = (share: number | null) => (share === null ? 'no data' : formatPercent(share));
  return (
    <p className="num">
      Budget remaining <b>{text(budgetRemaining)}</b>; without corrections{' '}
      <b>{text(uncorrected.budgetRemaining)}</b>.
    </p>
  );
}

function Line({ correction }: { correction: Correction }) {
  const core = useCore();
  const busy = useBusy(`revoke:${correction.id}`);
  const [reason, setReason] = useState<string | null>(null);
  const place = useKeptFocus<HTMLLIElement>(reason === null);
  const { fromAt, toAt, by, revoked } = correction;
  return (
    <li ref={place} className={styles.correction} data-revoked={revoked !== null || undefined}>
      <span className="num">
        <time dateTime={new Date(fromAt).toISOString()} title={absoluteUtc(fromAt)}>
          {instantText(fromAt)}
        </time>{' '}
        to {instantText(toAt)} UTC <span className="t2">({formatDuration(toAt - fromAt)})</span>
      </span>
      <span>
        {correction.reason} <span className="s12 t2">{by}</span>
        {revoked && (
          <span className="s12 t2">
            {' '}
            Revoked by {revoked.by} on {instantText(revoked.at)} UTC: {revoked.reason}
          </span>
        )}
      </span>
      {!revoked && reason === null && (
        <Button kind="quiet" onPress={() => setReason('')}>
          Revoke
        </Button>
      )}
      {!revoked && reason !== null && (
        <Form
          className="line"
          onSubmit={() => {
            if (reason.trim() !== '' && !busy) void core.past.revoke(correction, reason.trim());
          }}
        >
          <input
            className={`field ${styles.field}`}
            aria-label="Why it is revoked"
            placeholder="Why"
            maxLength={500}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
          <Button type="submit" busy={busy} disabled={reason.trim() === ''} onPress={() => undefined}>
            Revoke
          </Button>
          <Button kind="quiet" onPress={() => setReason(null)}>
            Keep
          </Button>
        </Form>
      )}
    </li>
  );
}

function Add({ objectiveId }: { objectiveId: string }) {
  const core = useCore();
  const busy = useBusy(`correct:${objectiveId}`);
  const now = core.clock.getState().nowAt;
  const [from, setFrom] = useState(() => instantText(now - HOUR_MS));
  const [to, setTo] = useState(() => instantText(now));
  const [reason, setReason] = useState('');
  const problem = correctionProblem(from, to, reason, now);
  const add = async () => {
    const [fromAt, toAt] = [instantOf(from), instantOf(to)];
    if (problem !== null || fromAt === null || toAt === null || busy) return;
    if (await core.past.correct(objectiveId, fromAt, toAt, reason.trim())) setReason('');
  };
  return (
    <Form
      className={`line wrap ${styles.change}`}
      label="Take time out of the budget"
      onSubmit={() => void add()}
    >
      <label className="s12 t2">
        From, UTC
        <input
          className={`field ${styles.when}`}
          value={from}
          onChange={(event) => setFrom(event.target.value)}
        />
      </label>
      <label className="s12 t2">
        To, UTC
        <input
          className={`field ${styles.when}`}
          value={to}
          onChange={(event) => setTo(event.target.value)}
        />
      </label>
      <label className={`s12 t2 ${styles.grow}`}>
        Why
        <input
          className={`field ${styles.when}`}
          placeholder="Planned failover, announced to customers"
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      </label>
      <Button type="submit" kind="primary" busy={busy} disabled={problem !== null} onPress={() => undefined}>
        Take out
      </Button>
      {problem !== null && <p className={`s12 t2 ${styles.whole}`}>{problem}</p>}
    </Form>
  );
}

import { useMemo, useState } from 'react';
import type { Alert } from '../../../shared/model/alert.ts';
import { formatMatchers } from '../../../shared/model/matcher.ts';
import { type Silence, silenceState } from '../../../shared/model/silence.ts';
import { hashOf } from '../../state/route.ts';
import { endOf, heldBy, SILENCE_SPANS } from '../../state/silence.ts';
import { useBusy, useCollection, useCore } from '../../state/use-core.tsx';
import { whyRoute } from '../../state/why.ts';
import { AlertLine } from '../../ui/alert-line.tsx';
import { StateBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Form } from '../../ui/form.tsx';
import { absoluteUtc, ago, coarse } from '../../ui/format.ts';
import { useKeptFocus } from '../../ui/kept-focus.ts';
import styles from './silence.module.css';

const HELD_SHOWN = 50;

/** One silence: what it matches and holds, by whom and why, and until when. */
export function SilenceRow({ silence, now }: { silence: Silence; now: number }) {
  const state = silenceState(silence, now);
  const alerts = useCollection('alerts').byId;
  const held = useMemo(() => heldBy(alerts.values(), silence.id), [alerts, silence.id]);
  const { comment, author, createdAt, renewals, origin, expiredBy, sharing } = silence;
  const endsAt = endOf(silence);
  return (
    <div className={styles.row} data-state={state} data-silence={silence.id}>
      <div className={styles.state}>
        <StateBadge state={state === 'active' ? 'suppressed' : state === 'pending' ? 'starting' : 'ok'}>
          {state === 'active' ? 'in force' : state === 'pending' ? 'to come' : 'ended'}
        </StateBadge>
      </div>
      <div className="stack">
        <code className={styles.matchers}>{formatMatchers(silence.matchers)}</code>
        <p>{comment}</p>
        <p className="s12 t2">
          <span>{author}</span>, {ago(createdAt, now)}
          {renewals.length > 0 && `, renewed ${renewals.length} times`}
          {origin !== null && `, from ${origin}`}
          {sharing.map(({ source, problem }) =>
            problem === null ? `, also in ${source}` : `, not in ${source}: ${problem}`,
          )}
        </p>
      </div>
      <div className={`stack num ${styles.when}`}>
        <time dateTime={new Date(endsAt).toISOString()} title={absoluteUtc(endsAt)}>
          {state === 'expired'
            ? `${expiredBy === null ? 'ran out' : `ended by ${expiredBy}`} ${ago(endsAt, now)}`
            : state === 'pending'
              ? `begins in ${coarse(silence.startsAt - now)}`
              : `ends in ${coarse(endsAt - now)}`}
        </time>
        {state === 'active' && (
          <span className="s12 t2">
            {held.length === 0 ? 'holds nothing now' : `holds ${held.length} now`}
          </span>
        )}
      </div>
      {state !== 'expired' && <Actions silence={silence} held={held.length} />}
      {state === 'active' && held.length > 0 && <Held alerts={held} />}
    </div>
  );
}

/** What it keeps quiet, which stays to be seen. */
function Held({ alerts }: { alerts: readonly Alert[] }) {
  return (
    <details className={styles.held}>
      <summary className="s12 t2">What it holds</summary>
      <ul className="stack">
        {alerts.slice(0, HELD_SHOWN).map((one) => (
          <li key={one.id}>
            <AlertLine alert={one} why={hashOf(whyRoute(one.id))} />
          </li>
        ))}
      </ul>
      {alerts.length > HELD_SHOWN && (
        <p className="s12 t3">and {alerts.length - HELD_SHOWN} more, all of them in Triage</p>
      )}
    </details>
  );
}

function Actions({ silence, held }: { silence: Silence; held: number }) {
  const core = useCore();
  const [asked, setAsked] = useState<'renew' | 'end' | null>(null);
  const [ms, setMs] = useState<number>(SILENCE_SPANS[1].ms);
  const place = useKeptFocus<HTMLDivElement>(asked);
  const key = `silence:${silence.id}`;
  const busy = useBusy(key);
  const renew = async () => {
    const done = await core.requests.say(key, (api) => api.silence.renew({ id: silence.id, durationMs: ms }));
    if (done.ok) setAsked(null);
  };
  if (asked === null)
    return (
      <div ref={place} className={`line ${styles.actions}`}>
        <Button onPress={() => setAsked('renew')}>Renew</Button>
        <Button kind="quiet" onPress={() => setAsked('end')}>
          End now
        </Button>
      </div>
    );
  if (asked === 'end')
    return (
      <div ref={place} className={`line wrap ${styles.actions}`}>
        <span className="s12 t2">
          {held === 0 ? 'It holds nothing now.' : `${held} held alerts may page at once.`}
        </span>
        <Button
          kind="stop"
          busy={busy}
          onPress={() => void core.requests.say(key, (api) => api.silence.expire({ id: silence.id }))}
        >
          End it
        </Button>
        <Button kind="quiet" autoFocus onPress={() => setAsked(null)}>
          Keep
        </Button>
      </div>
    );
  return (
    <div ref={place}>
      <Form
        className={`line wrap ${styles.actions}`}
        onSubmit={() => {
          if (!busy) void renew();
        }}
      >
        <label className="line s12 t2">
          From now
          <select className="field" value={ms} onChange={(event) => setMs(Number(event.target.value))}>
            {SILENCE_SPANS.map((one) => (
              <option key={one.ms} value={one.ms}>
                {one.name}
              </option>
            ))}
          </select>
        </label>
        <Button type="submit" autoFocus busy={busy} onPress={() => undefined}>
          Renew
        </Button>
        <Button kind="quiet" onPress={() => setAsked(null)}>
          Cancel
        </Button>
      </Form>
    </div>
  );
}

import type { OnCallNow } from '../../../shared/model/on-call.ts';
import { useCollection, useCore, useLoaded, useNow, useRefresh } from '../../state/use-core.tsx';
import { absoluteUtc, coarse, dayUtc } from '../../ui/format.ts';
import { Skeleton } from '../../ui/state.tsx';
import styles from './setting.module.css';

const REFRESH_MS = 60_000;

/** Who is on call now by each schedule, by what, and who comes next. */
export function OnCall() {
  const core = useCore();
  // A reload of the workspace brings other receivers, and perhaps other schedules.
  const receivers = useCollection('receivers');
  useRefresh(`on-call:${receivers.byId.size}`, REFRESH_MS, () => void core.loadOnCall());
  const { value, failure } = useLoaded(core.onCall, 'now');
  return (
    <section className="box" aria-labelledby="on-call">
      <div className="box-head">
        <h2 id="on-call">On call</h2>
        <span className="t3 s12">by the schedules of midwatch.yaml</span>
      </div>
      {!value && !failure && <Skeleton rows={2} label="Loading the schedules" />}
      {!value && failure && <p className={`s12 t2 ${styles.foot}`}>{failure.text}</p>}
      {value?.length === 0 && (
        <p className={`s12 t2 ${styles.foot}`}>
          No schedule is written: pages go to the receivers by name. Write one under “schedules”, or bring a
          calendar with <code>midwatch import ical</code>.
        </p>
      )}
      {value?.map((one) => (
        <Schedule key={one.schedule} schedule={one} />
      ))}
    </section>
  );
}

function Schedule({ schedule: { schedule, timeZone, person, by, next } }: { schedule: OnCallNow }) {
  const now = useNow();
  const [first, ...later] = next;
  return (
    <article className={styles.onCall} aria-label={`Schedule ${schedule}`}>
      <p className="line wrap">
        <b>{schedule}</b>
        <span className="t3 s12">{timeZone}</span>
      </p>
      <p className={person === null ? 'c-burn' : undefined}>
        {person === null ? 'Nobody is on call: pages keep the schedule’s name.' : <b>{person}</b>}{' '}
        <span className="s12 t2 num">
          {by}
          {first && (
            <>
              {by === null ? '' : ', '}
              <time dateTime={new Date(first.fromAt).toISOString()} title={absoluteUtc(first.fromAt)}>
                for another {coarse(Math.max(0, first.fromAt - now))}
              </time>
            </>
          )}
        </span>
      </p>
      {first && (
        <p className="s12 t2 num">
          Then{' '}
          {[first, ...later]
            .map((one) => `${one.person ?? 'nobody'} from ${dayUtc(one.fromAt)} ${timeOf(one.fromAt)} UTC`)
            .join(', ')}
          .
        </p>
      )}
    </article>
  );
}

/** Hand-overs are on whole minutes. */
function timeOf(at: number): string {
  return new Date(at).toISOString().slice(11, 16);
}

import type { MaintenancePlan, MaintenanceState } from '../../../shared/model/maintenance.ts';
import { offsetText } from '../../state/maintenance-draft.ts';
import { plannedText } from '../../state/silence.ts';
import { absoluteUtc } from '../../ui/format.ts';
import styles from './silence.module.css';

/** When a window would come, on its own clock, and how that stands when the clocks change. */
export function PlannedTimes({
  plan,
  said,
  timeZone,
}: {
  plan: MaintenancePlan | null;
  /** Something that is wrong stands under its field. */
  said: boolean;
  timeZone: string;
}) {
  if (plan === null) return <p className="s12 t3">When it would come is shown here.</p>;
  if (plan.problems.length > 0 && !said)
    return <p className="s12 t3">When it would come is shown here, once it says what it is for and when.</p>;
  const { problems, current, upcoming, afterClockChange } = plan;
  if (problems.length > 0)
    return (
      <p className="s12 t2" role="status">
        Not planned yet: {problems.length === 1 ? 'one field is' : `${problems.length} fields are`} not right.
      </p>
    );
  return (
    <section className="stack" aria-label="When it would come">
      <h3>When it would come</h3>
      {current && (
        <p className="s12 c-burn" role="status">
          It would run now, until {absoluteUtc(current.endsAt)}: what it covers is held at once.
        </p>
      )}
      {!current && upcoming.length === 0 && (
        <p className="s12 c-burn" role="status">
          It lies in the past: it would hold nothing.
        </p>
      )}
      <ul className={`s12 num ${styles.times}`}>
        {upcoming.map((span) => (
          <Time key={span.startsAt} span={span} timeZone={timeZone} />
        ))}
      </ul>
      {afterClockChange && (
        <>
          <p className="s12 t2">The first after the clocks change:</p>
          <ul className={`s12 num ${styles.times}`}>
            <Time span={afterClockChange} timeZone={timeZone} />
          </ul>
        </>
      )}
    </section>
  );
}

function Time({ span, timeZone }: { span: MaintenanceState['upcoming'][number]; timeZone: string }) {
  return (
    <li>
      <time dateTime={new Date(span.startsAt).toISOString()} title={absoluteUtc(span.startsAt)}>
        {plannedText(span, timeZone)}
      </time>{' '}
      <span className="t2">{offsetText(span.startsAt, timeZone)}</span>
    </li>
  );
}

import { useState } from 'react';
import type { MaintenanceState } from '../../../shared/model/maintenance.ts';
import { plannedText } from '../../state/silence.ts';
import { useCollection } from '../../state/use-core.tsx';
import { StateBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { absoluteUtc, coarse } from '../../ui/format.ts';
import { MaintenanceForm } from './maintenance-form.tsx';
import { MaintenanceRemoval } from './maintenance-removal.tsx';
import styles from './silence.module.css';

type What = 'change' | 'remove';

/** Planned work as midwatch.yaml has it: what it covers, whether it runs, and when it comes next on its own clock. */
export function MaintenanceList({ now }: { now: number }) {
  const { byId } = useCollection('maintenance');
  const [open, setOpen] = useState<{ what: What; window: MaintenanceState | null } | null>(null);
  const windows = [...byId.values()].sort(
    (a, b) => Number(b.current !== null) - Number(a.current !== null) || startOf(a) - startOf(b),
  );
  return (
    <section className="box" aria-labelledby="maintenance">
      <div className="box-head">
        <h2 id="maintenance">Maintenance windows</h2>
        <span className="t3 s12">from midwatch.yaml</span>
        <span className="push">
          <Button onPress={() => setOpen({ what: 'change', window: null })}>Plan maintenance</Button>
        </span>
      </div>
      {windows.length === 0 && (
        <p className={`t2 ${styles.none}`}>
          None is planned. Plan work that will set alerts off: they are held while it runs, and tell nobody.
        </p>
      )}
      {windows.map((one) => (
        <Window key={one.id} window={one} now={now} onOpen={(what) => setOpen({ what, window: one })} />
      ))}
      {open?.what === 'change' && <MaintenanceForm window={open.window} onClose={() => setOpen(null)} />}
      {open?.what === 'remove' && open.window && (
        <MaintenanceRemoval window={open.window} onClose={() => setOpen(null)} />
      )}
    </section>
  );
}

function startOf(window: MaintenanceState): number {
  return window.next?.startsAt ?? Number.POSITIVE_INFINITY;
}

function Window({
  window,
  now,
  onOpen,
}: {
  window: MaintenanceState;
  now: number;
  onOpen: (what: What) => void;
}) {
  const { title, services, matchers, includeDependents, timeZone, schedule, current, upcoming } = window;
  return (
    <div className={styles.row} data-maintenance={window.id}>
      <div className={styles.state}>
        <StateBadge state={current ? 'suppressed' : upcoming.length > 0 ? 'starting' : 'ok'}>
          {current ? 'runs now' : upcoming.length > 0 ? 'planned' : 'over'}
        </StateBadge>
      </div>
      <div className="stack">
        <p>
          <b>{title}</b> <span className="t2">{services.join(', ')}</span>{' '}
          {matchers.length > 0 && <code>{matchers.join(', ')}</code>}
          {includeDependents && <span className="s12 t2"> and what depends on them</span>}
        </p>
        <p className="s12 t2">
          {schedule === null ? 'once' : <code>{schedule}</code>}, {timeZone}, <code>{window.definedAt}</code>
        </p>
      </div>
      <ul className={`s12 num ${styles.planned}`}>
        {current && (
          <li>
            <b>ends in {coarse(current.endsAt - now)}</b>{' '}
            <span className="t2">{plannedText(current, timeZone)}</span>
          </li>
        )}
        {upcoming.map((span) => (
          <li key={span.startsAt}>
            <time dateTime={new Date(span.startsAt).toISOString()} title={absoluteUtc(span.startsAt)}>
              {plannedText(span, timeZone)}
            </time>{' '}
            <span className="t2">in {coarse(span.startsAt - now)}</span>
          </li>
        ))}
      </ul>
      <div className={`line ${styles.actions}`}>
        <Button title={`Change ${title}`} onPress={() => onOpen('change')}>
          Change
        </Button>
        <Button kind="quiet" title={`Remove ${title}`} onPress={() => onOpen('remove')}>
          Remove
        </Button>
      </div>
    </div>
  );
}

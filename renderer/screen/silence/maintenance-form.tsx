import { type ReactNode, useEffect, useId, useState } from 'react';
import type { MaintenancePlan, MaintenanceState } from '../../../shared/model/maintenance.ts';
import {
  draftOf,
  emptyDraft,
  freeId,
  type MaintenanceDraft,
  shownProblem,
  type WrittenWindow,
  windowEdits,
  writtenOf,
} from '../../state/maintenance-draft.ts';
import { useCollection, useCore } from '../../state/use-core.tsx';
import { useWorkspaceEdit } from '../../state/workspace-edit.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { EditActions, EditFiles, EditForm } from '../../ui/edit-form.tsx';
import { PlannedTimes } from './planned-times.tsx';
import styles from './silence.module.css';

const REST_MS = 250;

type Put = (part: Partial<MaintenanceDraft>) => void;
type ProblemOf = (...keys: string[]) => string | null;

/** A maintenance window's fields, when it would come, and what is written; nothing is before it was seen. */
export function MaintenanceForm({
  window,
  onClose,
}: {
  /** Null: a new one. */
  window: MaintenanceState | null;
  onClose: () => void;
}) {
  const taken = useCollection('maintenance').byId;
  const [draft, setDraft] = useState(() => (window ? draftOf(window) : emptyDraft(ownZone())));
  const [touched, setTouched] = useState<ReadonlySet<string>>(new Set(window ? ALL_FIELDS : []));
  const touch = (keys: readonly string[]) => setTouched((now) => new Set([...now, ...keys]));
  const put: Put = (part) => setDraft((now) => ({ ...now, ...part }));
  const id = window?.id ?? freeId(draft.title, new Set(taken.keys()));
  const written = writtenOf(draft, id);
  const plan = usePlan(written);
  const edits = plan?.problems.length === 0 ? windowEdits(written, window) : [];
  const edit = useWorkspaceEdit(edits.length > 0 ? edits : null, {
    said: (files) => `Planned, and taken over from ${files}.`,
    onDone: onClose,
  });
  const problemOf: ProblemOf = (...keys) => shownProblem(plan?.problems ?? [], keys, touched);
  const touchAll = () => touch(ALL_FIELDS);
  const part = { draft, put, problemOf, touch };
  const said = plan?.problems.some((one) => touched.has(one.key)) ?? false;
  return (
    <Dialog title={window ? `Change ${window.title}` : 'Plan maintenance'} onClose={onClose}>
      <EditForm edit={edit} className={`form wide-form ${styles.plan}`} onRefused={touchAll}>
        <div className={styles.planColumns}>
          <div className="form">
            <Covered {...part} />
            <When {...part} />
          </div>
          <div className="stack">
            <PlannedTimes plan={plan} said={said} timeZone={draft.timeZone} />
            <EditFiles edit={edit} />
          </div>
        </div>
        <EditActions
          edit={edit}
          verb={window ? 'Save window' : 'Plan it'}
          onCancel={onClose}
          onRefused={touchAll}
        />
      </EditForm>
    </Dialog>
  );
}

/** Everything that can be wrong with one, by the keys of the file. */
const ALL_FIELDS = ['id', 'title', 'services', 'matchers', 'time_zone', 'schedule', 'duration', 'from', 'to'];

function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}

/** What is wrong with what is typed, and when it would come; null until the hand rests. */
function usePlan(written: WrittenWindow): MaintenancePlan | null {
  const core = useCore();
  const asked = JSON.stringify(written);
  const [seen, setSeen] = useState<{ asked: string; plan: MaintenancePlan } | null>(null);
  useEffect(() => {
    let wanted = true;
    const timer = setTimeout(async () => {
      const answer = await core.requests.quiet((api) =>
        api.silence.planMaintenance({ config: JSON.parse(asked) as Record<string, string> }),
      );
      if (!wanted) return;
      const nothing = { current: null, upcoming: [], afterClockChange: null };
      const failed = answer.ok ? null : { problems: [{ key: 'id', message: answer.error.text }], ...nothing };
      setSeen({ asked, plan: answer.ok ? answer.value : (failed ?? { problems: [], ...nothing }) });
    }, REST_MS);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [core, asked]);
  return seen?.asked === asked ? seen.plan : null;
}

/** A field with what is wrong with it under it. */
function Field({
  label,
  problem,
  onLeave,
  children,
}: {
  label: string;
  problem: string | null;
  onLeave: () => void;
  children: (props: {
    id: string;
    onBlur: () => void;
    'aria-invalid': boolean;
    'aria-describedby': string;
  }) => ReactNode;
}) {
  const id = useId();
  return (
    <div className={styles.planField}>
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        onBlur: onLeave,
        'aria-invalid': problem !== null,
        'aria-describedby': `${id}-problem`,
      })}
      <p id={`${id}-problem`} className="s12 c-burn">
        {problem}
      </p>
    </div>
  );
}

interface Part {
  draft: MaintenanceDraft;
  put: Put;
  problemOf: ProblemOf;
  touch: (keys: readonly string[]) => void;
}

/** What it is for. */
function Covered({ draft, put, problemOf, touch }: Part) {
  const services = useCollection('services').byId;
  return (
    <>
      <Field label="What is done" problem={problemOf('id', 'title')} onLeave={() => touch(['id', 'title'])}>
        {(props) => (
          <input
            {...props}
            type="text"
            data-focus
            maxLength={100}
            value={draft.title}
            onChange={(event) => put({ title: event.target.value })}
          />
        )}
      </Field>
      <Field
        label="Services, with commas between"
        problem={problemOf('services')}
        onLeave={() => touch(['services'])}
      >
        {(props) => (
          <input
            {...props}
            type="text"
            placeholder={[...services.keys()].sort().slice(0, 3).join(', ')}
            maxLength={2_000}
            value={draft.services}
            onChange={(event) => put({ services: event.target.value })}
          />
        )}
      </Field>
      <Field
        label="Only alerts with these labels; all must match"
        problem={problemOf('matchers')}
        onLeave={() => touch(['matchers'])}
      >
        {(props) => (
          <input
            {...props}
            type="text"
            className="mono"
            placeholder={'zone="eu"'}
            maxLength={2_000}
            value={draft.matchers}
            onChange={(event) => put({ matchers: event.target.value })}
          />
        )}
      </Field>
      <label className={styles.check}>
        <input
          type="checkbox"
          checked={draft.includeDependents}
          onChange={(event) => put({ includeDependents: event.target.checked })}
        />
        Also hold alerts of services that depend on these, while these alert
      </label>
    </>
  );
}

/** When it is. */
function When({ draft, put, problemOf, touch }: Part) {
  return (
    <>
      <Field label="Time zone" problem={problemOf('time_zone')} onLeave={() => touch(['time_zone'])}>
        {(props) => (
          <input
            {...props}
            type="text"
            list="time-zones"
            value={draft.timeZone}
            onChange={(event) => put({ timeZone: event.target.value })}
          />
        )}
      </Field>
      <datalist id="time-zones">
        {Intl.supportedValuesOf('timeZone').map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
      <fieldset className={styles.kinds}>
        <legend className="vh">How often</legend>
        {[true, false].map((recurs) => (
          <label key={String(recurs)} className={styles.check}>
            <input
              type="radio"
              name="recurs"
              checked={draft.recurs === recurs}
              onChange={() => put({ recurs })}
            />
            {recurs ? 'Again and again' : 'Once'}
          </label>
        ))}
      </fieldset>
      {draft.recurs ? (
        <div className={styles.pair}>
          <Field
            label="Minute, hour, day, month, weekday"
            problem={problemOf('schedule')}
            onLeave={() => touch(['schedule'])}
          >
            {(props) => (
              <input
                {...props}
                type="text"
                className="mono"
                maxLength={200}
                value={draft.schedule}
                onChange={(event) => put({ schedule: event.target.value })}
              />
            )}
          </Field>
          <Field label="How long" problem={problemOf('duration')} onLeave={() => touch(['duration'])}>
            {(props) => (
              <input
                {...props}
                type="text"
                maxLength={50}
                value={draft.duration}
                onChange={(event) => put({ duration: event.target.value })}
              />
            )}
          </Field>
        </div>
      ) : (
        <div className={styles.pair}>
          <Field label="From, on its clock" problem={problemOf('from')} onLeave={() => touch(['from'])}>
            {(props) => (
              <input
                {...props}
                type="datetime-local"
                className="field"
                value={draft.from}
                onChange={(event) => put({ from: event.target.value })}
              />
            )}
          </Field>
          <Field
            label="To, on its clock"
            problem={problemOf('to', 'schedule')}
            onLeave={() => touch(['to', 'schedule'])}
          >
            {(props) => (
              <input
                {...props}
                type="datetime-local"
                className="field"
                value={draft.to}
                onChange={(event) => put({ to: event.target.value })}
              />
            )}
          </Field>
        </div>
      )}
    </>
  );
}

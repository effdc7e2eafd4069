import { useState } from 'react';
import { ObjectiveKind } from '../../../shared/model/objective.ts';
import { draftEdits, draftProblem, type ObjectiveDraft, partOf } from '../../state/objective-draft.ts';
import { useCollection, useCore, useLoaded, useRefresh } from '../../state/use-core.tsx';
import { useWorkspaceEdit } from '../../state/workspace-edit.ts';
import { Button } from '../../ui/button.tsx';
import { EditFiles, EditForm, EditSave } from '../../ui/edit-form.tsx';
import { DraftPast } from './draft-past.tsx';
import styles from './objective.module.css';

const LIMIT_LABEL = {
  latency: 'Threshold, ms',
  throughput: 'Minimum, events/s',
  accuracy: 'Least good value',
} as const;

type Put = (part: Partial<ObjectiveDraft>) => void;

/** The objective's fields, what it would have been over 28 days, and the file that saves it. */
export function DraftForm({
  first,
  onBack,
  onDone,
}: {
  first: ObjectiveDraft;
  onBack: () => void;
  onDone: () => void;
}) {
  const services = useCollection('services').byId;
  const [draft, setDraft] = useState(first);
  const put: Put = (part) => setDraft((now) => ({ ...now, ...part }));
  const problem = draftProblem(draft);
  const edit = useWorkspaceEdit(problem === null ? draftEdits(draft, new Set(services.keys())) : null, {
    said: (files) => `Saved and evaluated from now on: ${files}.`,
    onDone,
  });
  return (
    <EditForm edit={edit}>
      <div className={styles.twoColumns}>
        <div className="form">
          <Names draft={draft} put={put} services={[...services.keys()].sort()} />
          <Counted draft={draft} put={put} />
          <Promised draft={draft} put={put} />
        </div>
        <div className="stack">
          <DraftPast draft={problem === null ? draft : null} problem={problem} />
          <EditFiles edit={edit} open={false} />
        </div>
      </div>
      <div className="line">
        <EditSave edit={edit}>Save objective</EditSave>
        <Button kind="quiet" onPress={onBack}>
          Back
        </Button>
      </div>
    </EditForm>
  );
}

function Names({ draft, put, services }: { draft: ObjectiveDraft; put: Put; services: readonly string[] }) {
  return (
    <>
      <label>
        Name
        <input
          type="text"
          data-focus
          maxLength={200}
          value={draft.name}
          onChange={(event) => put({ name: event.target.value })}
        />
      </label>
      <div className={styles.pair}>
        <label>
          Service
          <input
            type="text"
            list="known-services"
            maxLength={100}
            value={draft.service}
            onChange={(event) => put({ service: event.target.value })}
          />
          <datalist id="known-services">
            {services.map((one) => (
              <option key={one} value={one} />
            ))}
          </datalist>
        </label>
        <label>
          Kind
          <select
            value={draft.kind}
            onChange={(event) => put({ kind: ObjectiveKind.parse(event.target.value) })}
          >
            {ObjectiveKind.options.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
      </div>
    </>
  );
}

function Counted({ draft, put }: { draft: ObjectiveDraft; put: Put }) {
  const { kind } = draft;
  return (
    <>
      {kind === 'availability' && (
        <label>
          Beside all events it counts
          <select
            value={draft.part}
            onChange={(event) => put({ part: event.target.value === 'good' ? 'good' : 'bad' })}
          >
            <option value="bad">the bad ones</option>
            <option value="good">the good ones</option>
          </select>
        </label>
      )}
      {kind !== 'accuracy' && (
        <label>
          {kind === 'latency' ? 'Bucket of those that are fast enough' : `Counter of ${partOf(draft)} events`}
          <textarea
            className="mono"
            rows={2}
            maxLength={5_000}
            value={draft.counted}
            onChange={(event) => put({ counted: event.target.value })}
          />
        </label>
      )}
      <label>
        {kind === 'accuracy' ? 'What is measured, PromQL' : 'Counter of all events'}
        <textarea
          className="mono"
          rows={2}
          maxLength={5_000}
          value={draft.total}
          onChange={(event) => put({ total: event.target.value })}
        />
      </label>
    </>
  );
}

/** What is promised: the target, over which period, and when somebody is told. */
function Promised({ draft, put }: { draft: ObjectiveDraft; put: Put }) {
  const core = useCore();
  useRefresh('policies', 0, () => void core.past.loadPolicies());
  const policies = useLoaded(core.past.policies, 'all').value ?? [];
  return (
    <div className={styles.pair}>
      {draft.kind !== 'availability' && (
        <label>
          {LIMIT_LABEL[draft.kind]}
          <input
            type="text"
            inputMode="decimal"
            value={draft.limit}
            onChange={(event) => put({ limit: event.target.value })}
          />
        </label>
      )}
      <label>
        Target, %
        <input
          type="text"
          inputMode="decimal"
          value={draft.target}
          onChange={(event) => put({ target: event.target.value })}
        />
      </label>
      <label>
        Period
        <input type="text" value={draft.period} onChange={(event) => put({ period: event.target.value })} />
      </label>
      <label>
        Policy
        <select value={draft.policy} onChange={(event) => put({ policy: event.target.value })}>
          {[...new Set([draft.policy, ...policies.map((one) => one.id)])].map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </label>
    </div>
  );
}

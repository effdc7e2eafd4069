import { useState } from 'react';
import type { ObjectiveStatus } from '../../../shared/model/objective.ts';
import type { WhatIf as WhatIfAnswer } from '../../../shared/model/objective-history.ts';
import { formatPercent } from '../../../shared/unit/number.ts';
import { formatPages } from '../../../shared/unit/page-rate.ts';
import { type Change, changeOf, PAST_SPANS } from '../../state/objective-past.ts';
import { useCore, useLoaded, useRefresh } from '../../state/use-core.tsx';
import { Button } from '../../ui/button.tsx';
import { Form } from '../../ui/form.tsx';
import { Notes } from './alert-history.tsx';
import { countText, EpisodeList, EpisodeStrip } from './episodes.tsx';
import styles from './objective.module.css';
import { PastProgress } from './past-progress.tsx';
import { PolicyRows } from './policy-rows.tsx';
import { SaveChange } from './save-change.tsx';
import { SpanChoice } from './span-choice.tsx';

/** Another target, threshold or policy over the same past: which alerts would have come, which would have gone. */
export function WhatIf({ status: { objective } }: { status: ObjectiveStatus }) {
  const core = useCore();
  const [fields, setFields] = useState({
    target: String(Number((objective.target * 100).toPrecision(12))),
    threshold: objective.thresholdMs === undefined ? '' : String(objective.thresholdMs),
    policy: objective.policy,
  });
  const [spanMs, setSpanMs] = useState<number>(PAST_SPANS[1].ms);
  const [asked, setAsked] = useState<string | null>(null);
  const [saving, setSaving] = useState<Change | null>(null);
  const put = (part: Partial<typeof fields>) => setFields((now) => ({ ...now, ...part }));
  useRefresh('policies', 0, () => void core.past.loadPolicies());
  const policies = useLoaded(core.past.policies, 'all').value ?? [];
  const change = changeOf(fields);
  const key = `${objective.id}:${spanMs}:${JSON.stringify(change)}`;
  const { value, loading, failure } = useLoaded(core.past.whatIf, asked ?? '');
  const ask = (wanted: Change) => {
    setAsked(key);
    void core.past.loadWhatIf(key, objective.id, wanted, core.clock.getState().nowAt, spanMs);
  };
  return (
    <div className={styles.panel}>
      <Form
        className={`line wrap ${styles.change}`}
        onSubmit={() => {
          if (typeof change !== 'string') ask(change);
        }}
      >
        <label className="s12 t2">
          Target, %
          <input
            className={`field ${styles.field}`}
            inputMode="decimal"
            value={fields.target}
            onChange={(event) => put({ target: event.target.value })}
          />
        </label>
        {objective.thresholdMs !== undefined && (
          <label className="s12 t2">
            Threshold, ms
            <input
              className={`field ${styles.field}`}
              inputMode="decimal"
              value={fields.threshold}
              onChange={(event) => put({ threshold: event.target.value })}
            />
          </label>
        )}
        <label className="s12 t2">
          Policy
          <select
            className={`field ${styles.field}`}
            value={fields.policy}
            onChange={(event) => put({ policy: event.target.value })}
          >
            {[...new Set([objective.policy, ...policies.map((one) => one.id)])].map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
        <SpanChoice spanMs={spanMs} onChange={setSpanMs} />
        <Button
          type="submit"
          kind="primary"
          busy={asked !== null && loading}
          disabled={typeof change === 'string'}
          onPress={() => undefined}
        >
          Replay
        </Button>
      </Form>
      {typeof change === 'string' && <p className="s12 t2">{change}</p>}
      {asked === null && (
        <p className="s12 t2">
          Change something and replay: the past is evaluated twice, as it is and as it would be. Nothing is
          saved until you do so.
        </p>
      )}
      {asked !== null && loading && (
        <PastProgress look={`what-if:${asked}`} label="Replaying the past twice" />
      )}
      {asked !== null && !loading && failure && <p className="s12 t2">{failure.text}</p>}
      {asked !== null && value && <Answer answer={value} stale={asked !== key} />}
      {asked !== null && value && asked === key && typeof change !== 'string' && (
        <div className="line wrap">
          <Button onPress={() => setSaving(change)}>Save this change</Button>
          <span className="s12 t2">You see what is written before it is.</span>
        </div>
      )}
      {saving && <SaveChange objective={objective} change={saving} onClose={() => setSaving(null)} />}
    </div>
  );
}

function pagesOf({ pagesPerDay, fromAt, toAt }: WhatIfAnswer['before']): string {
  return formatPages(pagesPerDay, toAt - fromAt);
}

function Answer({ answer, stale }: { answer: WhatIfAnswer; stale: boolean }) {
  const { before, after, came, gone, kept, rows } = answer;
  return (
    <>
      <EpisodeStrip label="As it is" episodes={before.episodes} range={before} />
      <EpisodeStrip label="With the change" episodes={after.episodes} range={after} />
      <p className="num">
        <b>
          {came.length} would have come, {gone.length} would have gone, {kept} in both
        </b>
        <span className="t2">
          ; {countText(before.episodes.length)} and {pagesOf(before)} become{' '}
          {countText(after.episodes.length)} and {pagesOf(after)}. Budget left of the stretch:{' '}
          {leftText(before.budgetRemaining)} becomes {leftText(after.budgetRemaining)}.
        </span>
      </p>
      {stale && <p className="s12 t3">The fields have changed since: replay again.</p>}
      <div className={styles.twoLists}>
        <section className="stack" aria-label="Would have come">
          <h2>Would have come</h2>
          <EpisodeList episodes={came} empty="None." />
        </section>
        <section className="stack" aria-label="Would have gone">
          <h2>Would have gone</h2>
          <EpisodeList episodes={gone} empty="None." />
        </section>
      </div>
      <PolicyRows rows={rows} />
      <Notes notes={after.notes} />
    </>
  );
}

function leftText(remaining: number | null): string {
  return remaining === null ? 'no data' : formatPercent(remaining);
}

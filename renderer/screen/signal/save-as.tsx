import { useState } from 'react';
import type { BoardPanel } from '../../../shared/model/board.ts';
import { sourceOf } from '../../state/signal-panel.ts';
import {
  countersOf,
  detectorEdit,
  objectiveEdit,
  type RuleFields,
  ruleEdit,
} from '../../state/signal-save.ts';
import { useCollection, useCore } from '../../state/use-core.tsx';
import { SaveFieldRow, SaveSelectRow } from './save-field.tsx';
import { SavePreview } from './save-preview.tsx';
import styles from './signal.module.css';

type Kind = 'rule' | 'detector' | 'objective';
const OPERATORS = ['>', '>=', '<', '<='] as const;
const PRIORITIES = ['P0', 'P1', 'P2', 'P3'];

/** Makes a rule, a detector or an objective of a panel's expression, and shows the file before it is written. */
export function SaveAs({ panel, sources }: { panel: BoardPanel; sources: readonly string[] }) {
  const core = useCore();
  const services = [...useCollection('services').byId.keys()].sort();
  const [kind, setKind] = useState<Kind>('rule');
  const [fields, setFields] = useState<Fields>(() => ({
    name: panel.title,
    service: services.find((one) => panel.expression.includes(one)) ?? services[0] ?? '',
    priority: 'P2',
    operator: '>',
    threshold: '',
    forText: '5m',
    targetPercent: '99.9',
    period: '28d',
    ...countersOf(panel.expression),
  }));
  const put = (part: Partial<Fields>) => setFields((now) => ({ ...now, ...part }));
  const common = {
    ...fields,
    name: fields.name.trim(),
    source: sourceOf(panel, sources),
    expression: panel.expression,
  };
  const missing = missingOf(kind, fields);
  const edit = () => {
    if (kind === 'rule') return ruleEdit(common);
    if (kind === 'detector') return detectorEdit(common);
    return objectiveEdit({ ...common, targetPercent: Number(fields.targetPercent) });
  };
  return (
    <div className={styles.asideBody}>
      <code className={styles.code}>{panel.expression}</code>
      <fieldset className={styles.choice} aria-label="What to make of it">
        {(['rule', 'detector', 'objective'] as const).map((one) => (
          <button key={one} type="button" aria-pressed={kind === one} onClick={() => setKind(one)}>
            {{ rule: 'Rule', detector: 'Detector', objective: 'Objective' }[one]}
          </button>
        ))}
      </fieldset>
      <SaveFieldRow label="Name" value={fields.name} onChange={(name) => put({ name })} />
      <div className={styles.pair}>
        <SaveSelectRow
          label="Service"
          value={fields.service}
          options={services}
          onChange={(service) => put({ service })}
        />
        {kind !== 'objective' && (
          <SaveSelectRow
            label="Priority"
            value={fields.priority}
            options={PRIORITIES}
            onChange={(priority) => put({ priority })}
          />
        )}
      </div>
      <KindFields kind={kind} fields={fields} put={put} />
      <SavePreview
        edits={missing === null ? [edit()] : null}
        missing={missing ?? ''}
        verb={`Save ${kind}`}
        said={(files) => `Written and taken over: ${files}.`}
        onDone={() => core.signal.open(null)}
      />
    </div>
  );
}

function KindFields({
  kind,
  fields,
  put,
}: {
  kind: Kind;
  fields: Fields;
  put: (part: Partial<Fields>) => void;
}) {
  if (kind === 'detector') return null;
  return (
    <>
      {kind === 'rule' && (
        <div className={styles.pair}>
          <SaveSelectRow
            label="Fires where it is"
            value={fields.operator}
            options={OPERATORS}
            onChange={(operator) => put({ operator: operator as RuleFields['operator'] })}
          />
          <SaveFieldRow
            label="Threshold"
            value={fields.threshold}
            onChange={(threshold) => put({ threshold })}
          />
          <SaveFieldRow label="For" value={fields.forText} onChange={(forText) => put({ forText })} />
        </div>
      )}
      {kind === 'objective' && (
        <>
          <SaveFieldRow
            label="Counter of bad events"
            mono
            value={fields.bad}
            onChange={(bad) => put({ bad })}
          />
          <SaveFieldRow
            label="Counter of all events"
            mono
            value={fields.total}
            onChange={(total) => put({ total })}
          />
          <div className={styles.pair}>
            <SaveFieldRow
              label="Target, %"
              value={fields.targetPercent}
              onChange={(targetPercent) => put({ targetPercent })}
            />
            <SaveFieldRow label="Period" value={fields.period} onChange={(period) => put({ period })} />
          </div>
        </>
      )}
    </>
  );
}

interface Fields extends Typed {
  readonly priority: string;
  readonly operator: RuleFields['operator'];
  readonly forText: string;
  readonly period: string;
}

interface Typed {
  readonly name: string;
  readonly service: string;
  readonly threshold: string;
  readonly bad: string;
  readonly total: string;
  readonly targetPercent: string;
}

function missingOf(kind: Kind, fields: Typed): string | null {
  if (fields.name.trim() === '') return 'Give it a name.';
  if (fields.service === '') return 'Choose a service; services.yaml names none yet.';
  if (kind === 'rule' && !Number.isFinite(Number(fields.threshold.trim() || 'none')))
    return 'Write the threshold as a number.';
  if (kind !== 'objective') return null;
  if (fields.bad.trim() === '' || fields.total.trim() === '')
    return 'An objective is a ratio of two counters: write which counts the bad events and which all of them.';
  const target = Number(fields.targetPercent);
  return target > 0 && target < 100 ? null : 'Write the target as a percentage under 100, such as 99.9.';
}

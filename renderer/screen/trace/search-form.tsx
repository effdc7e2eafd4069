import { rangeText } from '../../../shared/model/board.ts';
import type { TraceFacets } from '../../../shared/model/trace.ts';
import { TRACE_RANGES, type TraceView, traceIdOf } from '../../state/trace-view.ts';
import { absoluteUtc } from '../../ui/format.ts';
import styles from './trace.module.css';

export interface SearchFormProps {
  view: TraceView;
  facets: TraceFacets | null;
  onChange: (part: Partial<TraceView>) => void;
}

const LONGER_MS: readonly number[] = [10, 50, 100, 250, 500, 1_000, 5_000];

/** What a trace is looked for by. All of it must hold for one of its spans. */
export function SearchForm({ view, facets, onChange }: SearchFormProps) {
  const stages = facets?.stages ?? [];
  const services = [...new Set(stages.map((one) => one.service))].sort();
  const names = [
    ...new Set(stages.filter((one) => fits(one.service, view.service)).map((one) => one.name)),
  ].sort();
  return (
    <search className={styles.form}>
      <input
        type="search"
        data-search
        className={`field ${styles.words}`}
        aria-label="Search traces"
        placeholder="request_id, trace id, key=value, key&lt;0.5"
        title="Words and conditions that must all hold: request_id=req-17, prediction_confidence<0.5, or any word of a span"
        value={view.text}
        maxLength={500}
        onChange={({ target }) => {
          const trace = traceIdOf(target.value);
          onChange(trace === null ? { text: target.value } : { text: target.value, trace });
        }}
      />
      <Choice
        label="Service"
        any="any service"
        value={view.service}
        choices={services}
        onChoose={(service) => onChange({ service, name: '' })}
      />
      <Choice
        label="Span"
        any="any span"
        value={view.name}
        choices={names}
        onChoose={(name) => onChange({ name })}
      />
      <Choice
        label="Model version"
        any="any version"
        value={view.version}
        choices={facets?.modelVersions ?? []}
        onChoose={(version) => onChange({ version })}
      />
      <select
        className="field"
        aria-label="Result"
        value={view.failed ? 'failed' : ''}
        onChange={({ target }) => onChange({ failed: target.value === 'failed' })}
      >
        <option value="">any result</option>
        <option value="failed">failed</option>
      </select>
      <Longer value={view.durationMs} onChange={(durationMs) => onChange({ durationMs })} />
      <Range view={view} onChange={onChange} />
    </search>
  );
}

function fits(value: string, wanted: string): boolean {
  return wanted === '' || value === wanted;
}

interface ChoiceProps {
  label: string;
  any: string;
  value: string;
  choices: readonly string[];
  onChoose: (value: string) => void;
}

/** What is chosen stays a choice though no span of this time has it. */
function Choice({ label, any, value, choices, onChoose }: ChoiceProps) {
  const all = value === '' || choices.includes(value) ? choices : [value, ...choices];
  return (
    <select
      className="field"
      aria-label={label}
      value={value}
      onChange={({ target }) => onChoose(target.value)}
    >
      <option value="">{any}</option>
      {all.map((one) => (
        <option key={one} value={one}>
          {one}
        </option>
      ))}
    </select>
  );
}

function Longer({ value, onChange }: { value: number | null; onChange: (value: number | null) => void }) {
  const all =
    value === null || LONGER_MS.includes(value) ? LONGER_MS : [...LONGER_MS, value].sort((a, b) => a - b);
  return (
    <select
      className="field"
      aria-label="Duration"
      value={value ?? ''}
      onChange={({ target }) => onChange(target.value === '' ? null : Number(target.value))}
    >
      <option value="">any duration</option>
      {all.map((ms) => (
        <option key={ms} value={ms}>
          {ms < 1_000 ? `${ms} ms` : `${ms / 1_000} s`} or longer
        </option>
      ))}
    </select>
  );
}

function Range({ view, onChange }: Pick<SearchFormProps, 'view' | 'onChange'>) {
  const { range } = view;
  const text = rangeText(range);
  const known = TRACE_RANGES.some((one) => one.text === text);
  return (
    <select
      className="field"
      aria-label="Time"
      value={text}
      title={
        range.kind === 'between' ? `${absoluteUtc(range.fromAt)} to ${absoluteUtc(range.toAt)}` : undefined
      }
      onChange={({ target }) => {
        const chosen = TRACE_RANGES.find((one) => one.text === target.value);
        if (chosen) onChange({ range: { kind: 'last', ms: chosen.ms } });
      }}
    >
      {!known && (
        <option value={text}>
          {range.kind === 'last'
            ? `last ${text}`
            : `${absoluteUtc(range.fromAt).slice(5, 16)} – ${absoluteUtc(range.toAt).slice(11, 16)}`}
        </option>
      )}
      {TRACE_RANGES.map((one) => (
        <option key={one.text} value={one.text}>
          {one.label}
        </option>
      ))}
    </select>
  );
}

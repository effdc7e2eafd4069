import { useEffect, useState } from 'react';
import { type AggregationId, aggregations, expressionOf } from '../../state/signal-form.ts';
import type { MetricFact } from '../../state/signal-lookup.ts';
import { sourceOf } from '../../state/signal-panel.ts';
import { useCore } from '../../state/use-core.tsx';
import { Button } from '../../ui/button.tsx';
import { MetricPicker } from './metric-picker.tsx';
import { PickList } from './pick-list.tsx';
import styles from './signal.module.css';
import { useSignals } from './signals.tsx';

const WINDOWS = ['1m', '5m', '15m', '1h', '6h', '1d'];

/** A metric, how to add it up, and which labels stay: the expression is written by itself. */
export function BuildForm({ sources }: { sources: readonly string[] }) {
  const core = useCore();
  const first = core.signal.view().panels[0];
  const source = sourceOf(first ?? { source: '' }, sources);
  const [metric, setMetric] = useState<MetricFact | null>(null);
  return (
    <div className={styles.asideBody}>
      <MetricPicker source={source} chosen={metric?.name ?? null} onChoose={setMetric} />
      {metric && <Choices key={metric.name} source={source} metric={metric} />}
    </div>
  );
}

function Choices({ source, metric }: { source: string; metric: MetricFact }) {
  const core = useCore();
  const [aggregation, setAggregation] = useState<AggregationId>(usualOf(metric));
  const [by, setBy] = useState<readonly string[]>([]);
  const [more, setMore] = useState({ matchers: '', window: '5m', custom: 'max_over_time($metric[1h])' });
  const labels = useLabels(source, metric);
  const expression = expressionOf({ metric, aggregation, by, ...more });
  return (
    <>
      <PickList
        label="How to add it up"
        names={aggregations.map(({ id, label, about }) => ({ id, text: label, about }))}
        chosen={[aggregation]}
        onPick={(id) => setAggregation(id as AggregationId)}
      />
      <p className="t3 s12">{aggregations.find((one) => one.id === aggregation)?.about}.</p>
      {labels.length > 0 && aggregation !== 'custom' && (
        <PickList
          label="Labels that stay"
          lead="By"
          names={labels.map((label) => ({ id: label, text: label }))}
          chosen={by}
          onPick={(label) =>
            setBy((now) => (now.includes(label) ? now.filter((one) => one !== label) : [...now, label]))
          }
        />
      )}
      <MoreFields isCustom={aggregation === 'custom'} more={more} onMore={setMore} />
      <code className={styles.code} data-built>
        {expression}
      </code>
      <Button kind="primary" onPress={() => core.signal.addPanel(expression, unitOf(metric, aggregation))}>
        Add as a panel
      </Button>
    </>
  );
}

interface More {
  readonly matchers: string;
  readonly window: string;
  readonly custom: string;
}

function MoreFields({
  isCustom,
  more,
  onMore,
}: {
  isCustom: boolean;
  more: More;
  onMore: (more: More) => void;
}) {
  return (
    <>
      {isCustom && (
        <label>
          Expression, with $metric for the series
          <textarea
            className={`field ${styles.text}`}
            value={more.custom}
            maxLength={2_000}
            onChange={(event) => onMore({ ...more, custom: event.target.value })}
          />
        </label>
      )}
      <div className={styles.pair}>
        <label>
          Only where
          <input
            className="field mono"
            placeholder={'service="gateway"'}
            value={more.matchers}
            maxLength={1_000}
            onChange={(event) => onMore({ ...more, matchers: event.target.value })}
          />
        </label>
        <label>
          Window
          <select
            className="field"
            value={more.window}
            onChange={(event) => onMore({ ...more, window: event.target.value })}
          >
            {WINDOWS.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </label>
      </div>
    </>
  );
}

function usualOf({ kind }: MetricFact): AggregationId {
  return kind === 'histogram' ? 'p99' : kind === 'counter' ? 'rate' : 'mean';
}

function useLabels(source: string, metric: MetricFact): readonly string[] {
  const { lookup } = useSignals();
  const [labels, setLabels] = useState<readonly string[]>([]);
  useEffect(() => {
    setLabels([]);
    let wanted = true;
    const name = metric.kind === 'histogram' ? `${metric.name.replace(/_bucket$/, '')}_bucket` : metric.name;
    void lookup.labelNames(source, `{__name__=${JSON.stringify(name)}}`).then((names) => {
      if (wanted) setLabels(names.filter((one) => one !== '__name__' && one !== 'le'));
    });
    return () => {
      wanted = false;
    };
  }, [lookup, source, metric]);
  return labels;
}

function unitOf(metric: MetricFact, aggregation: AggregationId): string {
  const unit = { seconds: 's', bytes: 'B' }[metric.unit] ?? metric.unit;
  if (aggregation === 'count' || aggregation === 'custom') return '';
  if (metric.kind === 'histogram') return aggregation === 'rate' || aggregation === 'increase' ? '' : unit;
  const flows = metric.kind === 'counter' && aggregation !== 'increase';
  return flows ? `${unit}/s`.slice(0, 20) : unit;
}

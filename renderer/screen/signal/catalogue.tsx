import { useEffect, useMemo, useState } from 'react';
import { Dimension, FreshnessClass } from '../../../shared/model/catalogue.ts';
import { axisNumber } from '../../chart/axis-number.ts';
import { foldParts, type MetricFact } from '../../state/signal-lookup.ts';
import { sourceOf } from '../../state/signal-panel.ts';
import {
  type KindFound,
  kindsFound,
  LIVE_MAX,
  liveExpression,
  liveQuestion,
  liveValues,
} from '../../state/signal-taxonomy.ts';
import { useCollection, useCore, useLoaded, useRefresh } from '../../state/use-core.tsx';
import { StateBadge } from '../../ui/badge.tsx';
import { Skeleton } from '../../ui/state.tsx';
import { PickList } from './pick-list.tsx';
import styles from './signal.module.css';
import { useSignals } from './signals.tsx';

const REFRESH_MS = 10_000;

/** The taxonomy of signals, and of each kind what this source has, with what it reads now. A press draws it. */
export function Catalogue({ sources }: { sources: readonly string[] }) {
  const core = useCore();
  const source = sourceOf(core.signal.view().panels[0] ?? { source: '' }, sources);
  const [dimension, setDimension] = useState<Dimension>('business');
  const [freshness, setFreshness] = useState<readonly string[]>([]);
  const metrics = useMetrics(source);
  const found = useMemo(() => (metrics ? kindsFound(metrics) : []), [metrics]);
  const shown = found.filter(
    ({ kind }) =>
      kind.dimension === dimension && (freshness.length === 0 || freshness.includes(kind.freshness)),
  );
  const values = useLive(
    source,
    shown.flatMap((one) => one.metrics),
  );
  return (
    <div className={styles.asideBody}>
      <PickList
        label="Dimension"
        names={Dimension.options.map((id) => ({ id, text: id }))}
        chosen={[dimension]}
        onPick={(id) => setDimension(id as Dimension)}
      />
      <PickList
        label="Freshness"
        lead="Fresh within"
        names={FreshnessClass.options.map((id) => ({ id, text: id, about: FRESHNESS[id] }))}
        chosen={freshness}
        onPick={(id) =>
          setFreshness((now) => (now.includes(id) ? now.filter((one) => one !== id) : [...now, id]))
        }
      />
      <SourceFreshness source={source} />
      {metrics === null && <Skeleton rows={6} label="Looking for signals" />}
      {metrics !== null &&
        shown.map((one) => <Kind key={one.kind.title} found={one} values={values} source={source} />)}
      {metrics !== null && shown.length === 0 && (
        <p className="t2 s12">No kind of this dimension has that freshness.</p>
      )}
    </div>
  );
}

const FRESHNESS: Readonly<Record<FreshnessClass, string>> = {
  'real-time': 'under 1 s from receipt to decision: paging, automatic responses',
  'near-real-time': '1 to 60 s: operational screens, detectors',
  batch: 'minutes to hours: trends, drift, reports',
  historical: 'days to 13 months: seasonality, capacity, compliance',
};

function SourceFreshness({ source }: { source: string }) {
  const status = useCollection('sources').byId.get(source);
  if (!status?.decisionDelay) return null;
  const { freshness, p95Ms } = status.decisionDelay;
  return (
    <p className="t3 s12 num">
      {source} is {freshness}: its samples are decided on within {Math.round(p95Ms)} ms (95 %).
    </p>
  );
}

function Kind({
  found: { kind, metrics },
  values,
  source,
}: {
  found: KindFound;
  values: ReadonlyMap<string, number>;
  source: string;
}) {
  const core = useCore();
  return (
    <section className={styles.signal} aria-label={kind.title}>
      <h3 className="line">
        <b className="t1">{kind.title}</b>
        <span className="t3 push">{kind.freshness}</span>
      </h3>
      {metrics.length === 0 && (
        <p className="s12">
          <StateBadge state="no-data">not measured by {source}</StateBadge>
        </p>
      )}
      {metrics.map((one) => (
        <button
          key={one.name}
          type="button"
          className={styles.option}
          title={`${one.help || one.name}: ${liveExpression(one)}`}
          onClick={() => core.signal.addPanel(liveExpression(one), unitText(one))}
        >
          <span className="clip mono">{one.name}</span>
          <b className="num">{valueText(one, values)}</b>
        </button>
      ))}
    </section>
  );
}

function unitText(metric: MetricFact): string {
  const unit = { seconds: 's', bytes: 'B' }[metric.unit] ?? metric.unit;
  return (metric.kind === 'counter' ? `${unit}/s` : unit).slice(0, 20);
}

function valueText(metric: MetricFact, values: ReadonlyMap<string, number>): string {
  const value = values.get(metric.name);
  if (value === undefined || Number.isNaN(value)) return 'no data';
  return `${axisNumber(value, unitText(metric), 3)} ${unitText(metric)}`.trim();
}

function useMetrics(source: string): readonly MetricFact[] | null {
  const { lookup } = useSignals();
  const [metrics, setMetrics] = useState<readonly MetricFact[] | null>(null);
  useEffect(() => {
    let wanted = true;
    setMetrics(null);
    void lookup.metrics(source).then((found) => {
      if (wanted) setMetrics(foldParts(found));
    });
    return () => {
      wanted = false;
    };
  }, [lookup, source]);
  return metrics;
}

function useLive(source: string, metrics: readonly MetricFact[]): ReadonlyMap<string, number> {
  const { answers } = useSignals();
  const expression = liveQuestion(metrics.slice(0, LIVE_MAX)) ?? '';
  const key = `live ${source} ${expression}`;
  useRefresh(key, REFRESH_MS, () => {
    if (expression !== '') void answers.askInstant(key, { source, expression });
  });
  const loaded = useLoaded(answers.instants, key);
  return useMemo(() => liveValues(loaded.value?.samples ?? []), [loaded.value]);
}

import { useMemo, useState } from 'react';
import { Dimension, FreshnessClass } from '../../../shared/model/catalogue.ts';
import { axisNumber } from '../../chart/axis-number.ts';
import {
  type CatalogueEntry,
  type CatalogueMetric,
  LIVE_MAX,
  liveQuestion,
  liveValues,
  type SourceCatalogue,
} from '../../state/signal-catalogue.ts';
import { sourceOf } from '../../state/signal-panel.ts';
import { useCollection, useCore, useLoaded, useRefresh } from '../../state/use-core.tsx';
import { StateBadge } from '../../ui/badge.tsx';
import { Skeleton } from '../../ui/state.tsx';
import { PickList } from './pick-list.tsx';
import styles from './signal.module.css';
import { useSignals } from './signals.tsx';
import { useSourceCatalogue } from './use-catalogue.ts';

const REFRESH_MS = 10_000;
const UNKNOWN_MAX = 200;
/** What no convention knows stands beside the dimensions, not in one of them. */
const OTHER = 'other';

/** The catalogue of signals, and of each what this source has, with what it reads now. A press draws it. */
export function Catalogue({ sources }: { sources: readonly string[] }) {
  const core = useCore();
  const source = sourceOf(core.signal.view().panels[0] ?? { source: '' }, sources);
  const [dimension, setDimension] = useState<Dimension | typeof OTHER>('business');
  const [freshness, setFreshness] = useState<readonly string[]>([]);
  const catalogue = useSourceCatalogue(source);
  return (
    <div className={styles.asideBody}>
      <PickList
        label="Dimension"
        names={[
          ...Dimension.options.map((id) => ({ id, text: id })),
          {
            id: OTHER,
            text: 'not in the catalogue',
            about: 'metrics of which nobody has said what they tell',
          },
        ]}
        chosen={[dimension]}
        onPick={(id) => setDimension(id as Dimension | typeof OTHER)}
      />
      {dimension !== OTHER && (
        <PickList
          label="Freshness"
          lead="Fresh within"
          names={FreshnessClass.options.map((id) => ({ id, text: id, about: FRESHNESS[id] }))}
          chosen={freshness}
          onPick={(id) =>
            setFreshness((now) => (now.includes(id) ? now.filter((one) => one !== id) : [...now, id]))
          }
        />
      )}
      <SourceFreshness source={source} />
      {catalogue === null && <Skeleton rows={6} label="Looking for signals" />}
      {catalogue !== null && dimension === OTHER && <Unknown metrics={catalogue.unknown} source={source} />}
      {catalogue !== null && dimension !== OTHER && (
        <Known catalogue={catalogue} dimension={dimension} freshness={freshness} source={source} />
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

interface KnownProps {
  catalogue: SourceCatalogue;
  dimension: Dimension;
  freshness: readonly string[];
  source: string;
}

function Known({ catalogue, dimension, freshness, source }: KnownProps) {
  const groups = useMemo(
    () =>
      catalogue.groups
        .map(({ title, entries }) => ({
          title,
          entries: entries.filter(
            (one) =>
              one.dimension === dimension && (freshness.length === 0 || freshness.includes(one.freshness)),
          ),
        }))
        .filter(({ entries }) => entries.length > 0),
    [catalogue, dimension, freshness],
  );
  const values = useLive(
    source,
    groups.flatMap(({ entries }) => entries.flatMap(({ metrics }) => metrics)),
  );
  return (
    <>
      {groups.map(({ title, entries }) => (
        <section key={title} className={styles.signal} aria-label={title}>
          <h3 className="t2 s12">{title}</h3>
          {entries.map((entry) => (
            <Entry key={entry.id} entry={entry} values={values} source={source} />
          ))}
        </section>
      ))}
      {groups.length === 0 && (
        <p className="t2 s12">
          {source} has no {dimension} signal that the catalogue knows
          {freshness.length > 0 && ' of that freshness'}. Other metrics stand under “not in the catalogue”.
        </p>
      )}
      {catalogue.absent.length > 0 && (
        <p className="t3 s12">Nothing was found of {catalogue.absent.join(', ')}.</p>
      )}
    </>
  );
}

type Values = ReadonlyMap<string, number> | null;

function Entry({ entry, values, source }: { entry: CatalogueEntry; values: Values; source: string }) {
  const { means, freshness, metrics, without } = entry;
  return (
    <div>
      <p className="line s12">
        <b className="t1">{means}</b>
        <span className="t3 push">{freshness}</span>
      </p>
      {metrics.length === 0 && (
        <p className="s12">
          <StateBadge state="no-data">not measured by {source}</StateBadge>
          {without && (
            <span className="t3">
              {' '}
              {without.name} is there without a label {without.labels.join(' or ')}, so it cannot say this.
            </span>
          )}
        </p>
      )}
      {metrics.map((one) => (
        <Metric key={one.name} metric={one} values={values} />
      ))}
    </div>
  );
}

function Unknown({ metrics, source }: { metrics: readonly CatalogueMetric[]; source: string }) {
  const shown = metrics.slice(0, UNKNOWN_MAX);
  const values = useLive(source, shown);
  return (
    <section className={styles.signal} aria-label="Not in the catalogue">
      <p className="t2 s12">
        {metrics.length === 0
          ? `The catalogue knows every metric of ${source}.`
          : `${metrics.length.toLocaleString('en-US')} metrics of ${source} are in no convention that the catalogue knows${metrics.length > UNKNOWN_MAX ? `; the first ${UNKNOWN_MAX} are shown` : ''}.`}
      </p>
      {shown.map((one) => (
        <Metric key={one.name} metric={one} values={values} />
      ))}
    </section>
  );
}

function Metric({ metric, values }: { metric: CatalogueMetric; values: Values }) {
  const core = useCore();
  const { name, about, expression, unit } = metric;
  return (
    <button
      type="button"
      className={styles.option}
      title={`${about || name}: ${expression}`}
      onClick={() => core.signal.addPanel(expression, unit)}
    >
      <span className="clip mono">{name}</span>
      <b className="num">{valueText(metric, values)}</b>
    </button>
  );
}

function valueText({ name, unit }: CatalogueMetric, values: Values): string {
  if (values === null) return '…';
  const value = values.get(name);
  if (value === undefined || Number.isNaN(value)) return 'no data';
  return `${axisNumber(value, unit, 3)} ${unit}`.trim();
}

/** What each reads now; null until the first answer, since not known yet is not no data. */
function useLive(source: string, metrics: readonly CatalogueMetric[]): Values {
  const { answers } = useSignals();
  const expression = liveQuestion(metrics.slice(0, LIVE_MAX)) ?? '';
  const key = `live ${source} ${expression}`;
  useRefresh(key, REFRESH_MS, () => {
    if (expression !== '') void answers.askInstant(key, { source, expression });
  });
  const loaded = useLoaded(answers.instants, key);
  return useMemo(() => (loaded.value ? liveValues(loaded.value.samples) : null), [loaded.value]);
}

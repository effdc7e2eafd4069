import { useEffect, useState } from 'react';
import { foldParts, type MetricFact } from '../../state/signal-lookup.ts';
import styles from './signal.module.css';
import { useSignals } from './signals.tsx';

/** More rows than these are not looked through; typing narrows them. */
const ROWS_MAX = 200;

/** The metrics of a source by a part of their name. */
export function MetricPicker({
  source,
  chosen,
  onChoose,
}: {
  source: string;
  chosen: string | null;
  onChoose: (metric: MetricFact) => void;
}) {
  const { lookup } = useSignals();
  const [search, setSearch] = useState('');
  const [found, setFound] = useState<readonly MetricFact[] | null>(null);
  useEffect(() => {
    let wanted = true;
    void lookup.metrics(source, search.trim()).then((metrics) => {
      if (wanted) setFound(foldParts(metrics));
    });
    return () => {
      wanted = false;
    };
  }, [lookup, source, search]);
  const shown = (found ?? []).slice(0, ROWS_MAX);
  return (
    <>
      <label>
        Metric of {source}
        <input
          type="search"
          className="field"
          placeholder="A part of its name"
          value={search}
          maxLength={200}
          onChange={(event) => setSearch(event.target.value)}
        />
      </label>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard. */}
      <section className={styles.options} aria-label="Metrics" tabIndex={0}>
        {found === null && <p className="t3 s12">Looking…</p>}
        {found?.length === 0 && (
          <p className="t2 s12">
            No metric of {source} has “{search}” in its name.
          </p>
        )}
        {shown.map((one) => (
          <button
            key={one.name}
            type="button"
            className={styles.option}
            aria-pressed={one.name === chosen}
            title={one.help}
            onClick={() => onChoose(one)}
          >
            <span className="clip mono">{one.name}</span>
            <span className="t3">{one.kind}</span>
          </button>
        ))}
        {found !== null && found.length > ROWS_MAX && (
          <p className="t2 s12">{found.length - ROWS_MAX} more: type a part of the name.</p>
        )}
      </section>
    </>
  );
}

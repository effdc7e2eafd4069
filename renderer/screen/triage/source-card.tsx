import type { SourceStatus } from '../../../shared/model/source.ts';
import { useBusy, useCore, useNow } from '../../state/use-core.tsx';
import { StateBadge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { coarse, shortUtc } from '../../ui/format.ts';
import styles from './triage.module.css';

/** A source that does not answer: what happened, what is blind now, what to do. */
export function SourceCard({ source }: { source: SourceStatus }) {
  const core = useCore();
  const now = useNow();
  const busy = useBusy(`try:${source.id}`);
  const again = () =>
    void core.requests.say(`try:${source.id}`, (api) => api.source.tryNow({ sourceId: source.id }));
  return (
    <section className={`pane ${styles.card}`} aria-label="Selected source">
      <header className="stack">
        <div className="line wrap">
          <StateBadge state="unwatched">{source.condition.replace('-', ' ')}</StateBadge>
          <span className="t3">{source.kind}</span>
          <span className="t3 push num">
            since {shortUtc(source.sinceAt, now)} UTC, {coarse(Math.max(0, now - source.sinceAt))}
          </span>
        </div>
        <h2 className={styles.headline}>{source.id} does not answer</h2>
        <p className="t2">{source.problem ?? 'It is being asked again.'}</p>
        <div className="line">
          <Button kind="primary" busy={busy} onPress={again}>
            Try now
          </Button>
          <Button onPress={() => core.ui.go({ screen: 'settings' })}>Sources</Button>
        </div>
      </header>
      <section className="box" aria-labelledby="blinded">
        <div className="box-head">
          <h2 id="blinded">Blind until it answers</h2>
          <span className="t3 s12 push num">{source.blinds.length}</span>
        </div>
        <div className="box-body">
          {source.blinds.length === 0 ? (
            <p className="t2 s12">No objective or rule reads from it.</p>
          ) : (
            <ul className="stack">
              {source.blinds.map((one) => (
                <li key={one}>
                  <StateBadge state="unwatched">{one}</StateBadge>
                </li>
              ))}
            </ul>
          )}
        </div>
      </section>
    </section>
  );
}

import { useMemo } from 'react';
import { silenceState } from '../../../shared/model/silence.ts';
import { sortSilences } from '../../state/silence.ts';
import { useCollection, useCore, useNowEvery } from '../../state/use-core.tsx';
import { Button } from '../../ui/button.tsx';
import { Empty, Skeleton } from '../../ui/state.tsx';
import { MaintenanceList } from './maintenance-list.tsx';
import styles from './silence.module.css';
import { SilenceRow } from './silence-row.tsx';

const SECOND_MS = 1_000;

/** What keeps alerts quiet on purpose: people's silences and planned work, each with what it holds and until when. */
export function SilenceScreen() {
  const core = useCore();
  const now = useNowEvery(SECOND_MS);
  const { ready, byId } = useCollection('silences');
  const silences = useMemo(() => sortSilences(byId.values(), now), [byId, now]);
  const running = silences.filter((one) => silenceState(one, now) === 'active').length;
  return (
    <main className={styles.main} tabIndex={-1}>
      <div className="pane">
        <div className="pane-head">
          <h1 className="pane-title">Silences and maintenance</h1>
          <span className="t3 s12 num">{ready ? `${running} in force` : ''}</span>
          <span className="push">
            <Button
              kind="primary"
              caps={['z']}
              onPress={() => core.ui.open({ kind: 'new-silence', matchers: '' })}
            >
              Silence alerts
            </Button>
          </span>
        </div>
        <div className={styles.body}>
          <section className="box" aria-labelledby="silences">
            <div className="box-head">
              <h2 id="silences">Silences</h2>
              <span className="t3 s12">what they hold stays visible; those that ended stay for a day</span>
            </div>
            {!ready && <Skeleton rows={3} label="Loading the silences" />}
            {ready && silences.length === 0 && (
              <Empty glyph="ok" title="Nothing is silenced">
                <p>
                  Every alert that fires tells somebody. Silence what you are working on with <kbd>z</kbd>,
                  for as long as you need and no longer.
                </p>
              </Empty>
            )}
            {silences.map((one) => (
              <SilenceRow key={one.id} silence={one} now={now} />
            ))}
          </section>
          <MaintenanceList now={now} />
        </div>
      </div>
    </main>
  );
}

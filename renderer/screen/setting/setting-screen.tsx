import { useMemo, useState } from 'react';
import { useCollection, useCore, useUi } from '../../state/use-core.tsx';
import { Button } from '../../ui/button.tsx';
import { Empty, Skeleton } from '../../ui/state.tsx';
import { AddSource, type Watched } from './add-source.tsx';
import { OnCall } from './on-call.tsx';
import { Receivers } from './receivers.tsx';
import { Secrets } from './secrets.tsx';
import styles from './setting.module.css';
import { SourceRow } from './source-row.tsx';
import { TestPages } from './test-pages.tsx';

/** Where the metrics come from and where the messages go, each with how it fares now. */
export function SettingScreen() {
  const { ready, byId } = useCollection('sources');
  const health = useCollection('health').byId.get('core');
  const [adding, setAdding] = useState(false);
  const [watched, setWatched] = useState<Watched | null>(null);
  const sources = useMemo(() => [...byId.values()].sort((a, b) => a.id.localeCompare(b.id)), [byId]);
  return (
    <main className={styles.main} tabIndex={-1}>
      <div className="pane">
        <div className="pane-head">
          <h1 className="pane-title">Settings</h1>
          <span className="t3 s12 clip">{health ? health.workspace.path : ''}</span>
          <span className="push">
            <ThemeChoice />
          </span>
        </div>
        <div className={styles.body}>
          <section className="box" aria-labelledby="sources">
            <div className="box-head">
              <h2 id="sources">Sources</h2>
              <span className="t3 s12">
                from midwatch.yaml; a change on disk is taken over without a restart
              </span>
              <span className="push">
                <Button kind="primary" onPress={() => setAdding(true)}>
                  Add a source
                </Button>
              </span>
            </div>
            {!ready && <Skeleton rows={4} label="Loading the sources" />}
            {ready && sources.length === 0 && (
              <Empty glyph="wait" title="No source yet">
                <p>
                  Paste the address of a Prometheus, or name it under “sources” in midwatch.yaml. Without one,
                  Midwatch watches nothing.
                </p>
              </Empty>
            )}
            {sources.map((source) => (
              <SourceRow key={source.id} source={source} onLook={() => setWatched(source)} />
            ))}
          </section>
          <div className={styles.column}>
            <OnCall />
            <Receivers />
            <TestPages />
            <Secrets />
          </div>
        </div>
      </div>
      {adding && <AddSource onClose={() => setAdding(false)} />}
      {watched && <AddSource watched={watched} onClose={() => setWatched(null)} />}
    </main>
  );
}

const THEMES = [
  { theme: 'system', label: 'System' },
  { theme: 'dark', label: 'Dark' },
  { theme: 'light', label: 'Light' },
] as const;

function ThemeChoice() {
  const core = useCore();
  const chosen = useUi((state) => state.theme);
  return (
    <fieldset className={styles.themes}>
      <legend className="vh">Theme</legend>
      {THEMES.map(({ theme, label }) => (
        <label key={theme}>
          <input
            type="radio"
            name="theme"
            value={theme}
            checked={chosen === theme}
            onChange={() => core.uiStore.setState({ theme })}
          />
          {label}
        </label>
      ))}
    </fieldset>
  );
}

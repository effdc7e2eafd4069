import { useStore } from 'zustand';
import type { SignalView } from '../../state/signal-view.ts';
import { useCore } from '../../state/use-core.tsx';
import { Button } from '../../ui/button.tsx';
import { BuildForm } from './build-form.tsx';
import { Catalogue } from './catalogue.tsx';
import { SaveAs } from './save-as.tsx';
import { SaveBoard } from './save-board.tsx';
import styles from './signal.module.css';

const TITLES = {
  catalogue: 'Catalogue of signals',
  build: 'Build an expression',
  'save-board': 'Save as a board',
  'save-as': 'Save as a rule, detector or objective',
} as const;

/** What stands beside the panels: the catalogue, and the forms that make something of a metric or a panel. */
export function Aside({ view, sources }: { view: SignalView; sources: readonly string[] }) {
  const core = useCore();
  const aside = useStore(core.signal.store, (state) => state.aside);
  const at = useStore(core.signal.store, (state) => state.panel);
  const panel = view.panels[at];
  if (aside === null) return null;
  return (
    <aside className={`pane ${styles.aside}`} aria-label={TITLES[aside]}>
      <div className="pane-head">
        <h2>{TITLES[aside]}</h2>
        <span className="push">
          <Button kind="quiet" onPress={() => core.signal.open(null)}>
            Close
          </Button>
        </span>
      </div>
      {aside === 'catalogue' && <Catalogue sources={sources} />}
      {aside === 'build' && <BuildForm sources={sources} />}
      {aside === 'save-board' && <SaveBoard key={view.board} view={view} />}
      {aside === 'save-as' && panel && <SaveAs key={panel.expression} panel={panel} sources={sources} />}
    </aside>
  );
}

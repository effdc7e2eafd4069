import type { BoardPanel } from '../../../shared/model/board.ts';
import { useCore } from '../../state/use-core.tsx';
import { Button } from '../../ui/button.tsx';
import styles from './signal.module.css';

export interface PanelHeadProps {
  panel: BoardPanel;
  index: number;
  source: string;
  sources: readonly string[];
  tab: 'chart' | 'table';
  onTab: (tab: 'chart' | 'table') => void;
  onChange: (part: Partial<BoardPanel>) => void;
}

/** Of whom is asked, how it is drawn, and what else can be made of the expression. */
export function PanelHead({ panel, index, source, sources, tab, onTab, onChange }: PanelHeadProps) {
  const core = useCore();
  const offered = sources.includes(source) ? sources : [source, ...sources];
  return (
    <div className={styles.panelHead}>
      <input
        className={`field ${styles.title}`}
        aria-label={`Title of panel ${index + 1}`}
        placeholder={`Panel ${index + 1}`}
        maxLength={300}
        defaultValue={panel.title}
        key={`title ${panel.title}`}
        onBlur={(event) => event.target.value !== panel.title && onChange({ title: event.target.value })}
      />
      <label className={styles.labelled}>
        Source
        <select
          className="field"
          value={source}
          onChange={(event) => onChange({ source: event.target.value })}
        >
          {offered.map((one) => (
            <option key={one} value={one}>
              {SOURCE_NAMES[one] ?? one}
            </option>
          ))}
        </select>
      </label>
      <label className={styles.labelled}>
        Unit
        <input
          className={`field ${styles.unit}`}
          maxLength={20}
          defaultValue={panel.unit}
          key={`unit ${panel.unit}`}
          onBlur={(event) => event.target.value !== panel.unit && onChange({ unit: event.target.value })}
        />
      </label>
      <fieldset className={styles.choice} aria-label="How it is shown">
        {(['lines', 'heatmap', 'table'] as const).map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={one === 'table' ? tab === 'table' : tab === 'chart' && panel.draw === one}
            onClick={() => {
              onTab(one === 'table' ? 'table' : 'chart');
              if (one !== 'table' && one !== panel.draw) onChange({ draw: one });
            }}
          >
            {{ lines: 'Lines', heatmap: 'Heatmap', table: 'Table' }[one]}
          </button>
        ))}
      </fieldset>
      <label className={styles.tick}>
        <input
          type="checkbox"
          checked={panel.compare}
          onChange={(event) => onChange({ compare: event.target.checked })}
        />
        Last week
      </label>
      <span className="push line">
        <Button onPress={() => core.signal.open('save-as', index)} disabled={panel.expression === ''}>
          Save as…
        </Button>
        <Button kind="quiet" title="Remove this panel" onPress={() => core.signal.removePanel(index)}>
          Remove
        </Button>
      </span>
    </div>
  );
}

const SOURCE_NAMES: Readonly<Record<string, string>> = {
  local: 'local (stored here)',
  joined: 'joined (several)',
};

import { useStore } from 'zustand';
import type { MarkWish } from '../../state/signal-marks.ts';
import { differs, type SignalView, viewOfBoard } from '../../state/signal-view.ts';
import { useCollection, useCore } from '../../state/use-core.tsx';
import { Button } from '../../ui/button.tsx';
import { RangePicker } from './range-picker.tsx';
import styles from './signal.module.css';

export interface ToolbarProps {
  view: SignalView;
  marks: MarkWish;
  onMarks: (marks: MarkWish) => void;
}

const MARKS = [
  { kind: 'incidents', label: 'Incidents' },
  { kind: 'deployments', label: 'Deployments' },
  { kind: 'changePoints', label: 'Change points' },
  { kind: 'bounds', label: 'Bounds' },
] as const;

/** What holds for all panels: the board, the time, the marks; and what can be done with them. */
export function Toolbar({ view, marks, onMarks }: ToolbarProps) {
  const core = useCore();
  const aside = useStore(core.signal.store, (state) => state.aside);
  return (
    <div className={styles.toolbar}>
      <h1 className="pane-title">Signals</h1>
      <BoardPicker view={view} />
      <RangePicker view={view} />
      <fieldset className={styles.marks} aria-label="Drawn beside the lines">
        {MARKS.map(({ kind, label }) => (
          <label key={kind} className={styles.tick}>
            <input
              type="checkbox"
              checked={marks[kind]}
              onChange={(event) => onMarks({ ...marks, [kind]: event.target.checked })}
            />
            {label}
          </label>
        ))}
      </fieldset>
      <span className={styles.actions}>
        <Button title="Run all panels: Ctrl+Enter" kind="primary" caps={['Ctrl ↵']} onPress={core.signal.run}>
          Run
        </Button>
        <Button onPress={() => core.signal.addPanel()}>Add panel</Button>
        <Pressed on={aside === 'build'} press={() => core.signal.open('build')}>
          Build
        </Pressed>
        <Pressed on={aside === 'catalogue'} press={() => core.signal.open('catalogue')}>
          Catalogue
        </Pressed>
        <Button onPress={() => void core.signal.copyLink()}>Copy link</Button>
        <Pressed on={aside === 'save-board'} press={() => core.signal.open('save-board')}>
          Save board
        </Pressed>
      </span>
    </div>
  );
}

function Pressed({ on, press, children }: { on: boolean; press: () => void; children: string }) {
  return (
    <span data-pressed={on || undefined} className={styles.pressed}>
      <Button onPress={press}>{children}</Button>
    </span>
  );
}

function BoardPicker({ view }: { view: SignalView }) {
  const core = useCore();
  const { byId } = useCollection('boards');
  const boards = [...byId.values()].sort((a, b) => a.title.localeCompare(b.title));
  const board = view.board === null ? undefined : byId.get(view.board);
  return (
    <label className={styles.labelled}>
      Board
      <select
        className="field"
        value={board?.id ?? ''}
        onChange={(event) => {
          const chosen = byId.get(event.target.value);
          core.signal.show(chosen ? viewOfBoard(chosen, view.zone) : { ...view, board: null });
        }}
      >
        <option value="">{boards.length === 0 ? 'none saved yet' : 'not a saved board'}</option>
        {boards.map((one) => (
          <option key={one.id} value={one.id}>
            {one.title}
          </option>
        ))}
      </select>
      {board && differs(view, board) && <span className="tag">changed</span>}
    </label>
  );
}

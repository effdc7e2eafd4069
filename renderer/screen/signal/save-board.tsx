import { useState } from 'react';
import { boardEdits, fileOf } from '../../state/signal-save.ts';
import type { SignalView } from '../../state/signal-view.ts';
import { useCollection, useCore } from '../../state/use-core.tsx';
import { SavePreview } from './save-preview.tsx';
import styles from './signal.module.css';

type Way = 'over' | 'new' | 'delete';

/** Saves what is shown as a board: a new one, or over the one it came from, under another title if wanted. */
export function SaveBoard({ view }: { view: SignalView }) {
  const core = useCore();
  const { byId } = useCollection('boards');
  const board = view.board === null ? null : (byId.get(view.board) ?? null);
  const [way, setWay] = useState<Way>(board ? 'over' : 'new');
  const [title, setTitle] = useState(board?.title ?? '');
  const over = way === 'new' ? null : board;
  const isEmpty = view.panels.every((panel) => panel.expression === '');
  const edits =
    way === 'delete' && board
      ? [{ kind: 'delete' as const, file: fileOf(board) }]
      : title.trim() === '' || isEmpty
        ? null
        : boardEdits(title.trim(), view, over);
  return (
    <div className={styles.asideBody}>
      {board && (
        <fieldset className={styles.choice} aria-label="How to save">
          {(['over', 'new', 'delete'] as const).map((one) => (
            <button key={one} type="button" aria-pressed={way === one} onClick={() => setWay(one)}>
              {{ over: `Over “${board.title}”`, new: 'As a new board', delete: 'Delete it' }[one]}
            </button>
          ))}
        </fieldset>
      )}
      {way !== 'delete' && (
        <label>
          Title
          <input
            className="field"
            value={title}
            maxLength={300}
            onChange={(event) => setTitle(event.target.value)}
          />
        </label>
      )}
      <SavePreview
        edits={edits}
        missing={
          isEmpty ? 'There is nothing to save yet: run an expression first.' : 'Give the board a title.'
        }
        verb={way === 'delete' ? `Delete ${board ? fileOf(board) : ''}` : 'Save board'}
        said={(files) => `${way === 'delete' ? 'Deleted' : 'Saved in'} ${files}.`}
        onDone={(files) => {
          const file = files[0]?.file ?? '';
          const id = way === 'delete' ? null : file.replace(/^dashboards\//, '').replace(/\.ya?ml$/i, '');
          core.signal.open(null);
          core.signal.show({ ...core.signal.view(), board: id });
        }}
      />
    </div>
  );
}
